"""Hostile JSON, strictly read: no member twice, no NaN, no lone surrogates, all bounded.

Numbers are int or Decimal, so that 0.1 stays what it was.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from supplychain.formats.epcis_values import decimal
from supplychain.formats.errors import FormatError
from supplychain.formats.xml_tree import BYTES_MAX, DEPTH_MAX, ELEMENTS_MAX

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"

# What neither a database nor an XML file could hold.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(data: bytes) -> Json:
    """Return the value in a file of at most 20 MB; raises FormatError for anything else."""
    if len(data) > BYTES_MAX:
        raise FormatError("TOO_LARGE", f"The file has {len(data)} bytes, at most {BYTES_MAX}.")
    try:
        value: Json = _DECODER.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is not UTF-8; send the file in UTF-8."
        raise FormatError("NOT_JSON", message) from None
    except json.JSONDecodeError as error:
        message = f"This is not JSON ({error.msg}, column {error.colno}); send the file again."
        raise FormatError("NOT_JSON", message, place=f"Line {error.lineno}") from None
    except RecursionError:
        raise _too_deep() from None
    _prove(value)
    return value


def pointer(place: str, *steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of something below a place."""
    return place + "".join(f"/{str(s).replace('~', '~0').replace('/', '~1')}" for s in steps)


def _prove(value: Json) -> None:
    """Raise unless depth, count and values are in bounds; level by level, so never deep."""
    count, level = 1, [value]
    for _ in range(DEPTH_MAX + 1):
        for one in level:
            if (fault := _fault(one)) is not None:
                raise fault.at(_place_of(one, value))
        level = [inside for one in level for inside in _inside(one)]
        count += len(level)
        if count > ELEMENTS_MAX:
            raise FormatError("TOO_LARGE", f"More than {ELEMENTS_MAX} values; split the file.")
        if not level:
            return
    raise _too_deep()


def _fault(value: object) -> FormatError | None:
    """What is wrong with a value itself, whatever is inside it."""
    if isinstance(value, _Wrong):
        return value.fault
    texts = value if isinstance(value, dict) else (value,) if isinstance(value, str) else ()
    return next((_unprintable(text) for text in texts if _UNPRINTABLE.search(text)), None)


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _place_of(wanted: Json, whole: Json) -> str:
    """The pointer to the value that this very object is; levels down to it are in bounds."""
    level = [("", whole)]
    while True:
        for place, value in level:
            if value is wanted:
                return place
        level = [
            (pointer(place, step), inside)
            for place, value in level
            for step, inside in (
                value.items() if isinstance(value, dict) else enumerate(_inside(value))
            )
        ]


def _unprintable(text: str) -> FormatError:
    message = f"A character that no file can hold, in '{ascii(text)[1:40]}'; leave it out."
    return FormatError("BAD_CHARACTER", message)


def _too_deep() -> FormatError:
    return FormatError(
        "TOO_DEEP", f"Arrays and objects lie deeper than {DEPTH_MAX}; leave them out."
    )


class _Wrong:
    """Stands for a value that cannot be read, until its place is known."""

    def __init__(self, fault: FormatError) -> None:
        self.fault = fault


def _object(pairs: list[tuple[str, Json]]) -> Any:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = next(name for name, count in Counter(n for n, _ in pairs).items() if count > 1)
    message = f"'{twice[:40]}' stands twice in one object; write a list, or say it once."
    return _Wrong(FormatError("MEMBER_TWICE", message))


def _number(text: str) -> Any:
    try:
        return decimal(text)
    except FormatError as fault:
        return _Wrong(fault)


def _integer(text: str) -> Any:
    found = _number(text)
    return int(found) if isinstance(found, Decimal) else found


def _no_constant(text: str) -> Any:
    return _Wrong(FormatError("NOT_JSON", f"{text} is not JSON; write a number, or leave it out."))


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_number,
    parse_int=_integer,
    parse_constant=_no_constant,
)
