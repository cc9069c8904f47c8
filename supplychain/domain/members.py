"""Strict readers for the JSON members of statements and profiles.

Every reader takes a value of unknown shape and gives back a proven one, or raises Invalid.
Nothing is trimmed, converted or guessed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from supplychain.domain.errors import Invalid

TEXT_MAX = 500
QUANTITY_MAX = 10**9
Choice = TypeVar("Choice", bound=StrEnum)
_HEX_32 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # C0, DEL and C1
_INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def members(
    value: object, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Mapping[str, object]:
    """The object's members, when it has every required one and none that is unknown."""
    if not isinstance(value, Mapping):
        raise Invalid("WRONG_SHAPE", f"{name}: expected an object, got {_kind(value)}.")
    missing = [key for key in required if key not in value]
    if missing:
        raise Invalid("MEMBER_MISSING", f"{name}: member {missing[0]!r} is missing.")
    unknown = sorted(str(key) for key in value if key not in (*required, *optional))
    if unknown:
        raise Invalid("MEMBER_UNKNOWN", f"{name}: member {unknown[0][:40]!r} is not known here.")
    return value


def text(value: object, name: str, longest: int = TEXT_MAX, *, empty: bool = False) -> str:
    """Text of 1 to `longest` characters, no control characters; `empty` allows none."""
    if not isinstance(value, str):
        raise Invalid("WRONG_SHAPE", f"{name}: expected text, got {_kind(value)}.")
    if len(value) > longest:
        raise Invalid("TEXT_TOO_LONG", f"{name}: {len(value)} characters, at most {longest}.")
    if _CONTROL.search(value):
        raise Invalid("TEXT_CONTROL", f"{name}: control characters are not allowed.")
    if not empty and not value.strip():
        raise Invalid("TEXT_EMPTY", f"{name}: must not be empty.")
    return value


def whole(value: object, name: str, lowest: int, highest: int) -> int:
    """An integer within the bounds (a boolean is none)."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("WRONG_SHAPE", f"{name}: expected a whole number, got {_kind(value)}.")
    if not lowest <= value <= highest:
        raise Invalid("OUT_OF_BOUNDS", f"{name}: {value} is not within {lowest} to {highest}.")
    return value


def yes_or_no(value: object, name: str) -> bool:
    """True or false, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise Invalid("WRONG_SHAPE", f"{name}: expected true or false, got {_kind(value)}.")
    return value


def quantity(value: object, name: str) -> int:
    """A number of smallest saleable units, 1 to 10^9."""
    return whole(value, name, 1, QUANTITY_MAX)


def hex_32(value: object, name: str) -> str:
    """32 bytes as 64 lower-case hexadecimal digits: an entry id, a root, a file's hash."""
    if not isinstance(value, str) or not _HEX_32.fullmatch(value):
        raise Invalid("WRONG_SHAPE", f"{name}: expected 64 lower-case hexadecimal digits.")
    return value


def day(value: object, name: str) -> date:
    """A calendar day, `YYYY-MM-DD`."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Invalid("WRONG_SHAPE", f"{name}: expected a date as YYYY-MM-DD.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid("NO_SUCH_DAY", f"{name}: there is no day {value!r}.") from None


def instant(value: object, name: str) -> datetime:
    """A moment in UTC to the second, `YYYY-MM-DDTHH:MM:SSZ`."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise Invalid("WRONG_SHAPE", f"{name}: expected a time as YYYY-MM-DDTHH:MM:SSZ.")
    try:
        return datetime.strptime(value, _INSTANT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("NO_SUCH_TIME", f"{name}: there is no time {value!r}.") from None


def instant_text(at: datetime) -> str:
    """The moment as statements write it; the reverse of `instant`."""
    moment = at.astimezone(UTC)
    if moment.microsecond:
        raise Invalid("NOT_WHOLE_SECONDS", f"Time {moment.isoformat()}: statements know seconds.")
    return f"{moment.year:04d}{moment.strftime(_INSTANT_FORMAT[2:])}"


def sequence(value: object, name: str, longest: int) -> list[object]:
    """A list of 1 to `longest` things."""
    if not isinstance(value, list | tuple):
        raise Invalid("WRONG_SHAPE", f"{name}: expected a list, got {_kind(value)}.")
    if not 1 <= len(value) <= longest:
        raise Invalid("OUT_OF_BOUNDS", f"{name}: {len(value)} members, expected 1 to {longest}.")
    return list(value)


def choice(value: object, name: str, choices: type[Choice]) -> Choice:
    """One of the closed list `choices`."""
    wanted = text(value, name)
    found = next((one for one in choices if one.value == wanted), None)
    if found is None:
        known = ", ".join(one.value for one in choices)
        raise Invalid("NOT_A_CHOICE", f"{name}: {wanted[:40]!r} is none of {known}.")
    return found


def _kind(value: object) -> str:
    return "nothing" if value is None else type(value).__name__
