"""Hostile JSON, strictly read: no member twice, no NaN, no lone surrogates, all bounded.

Numbers are int or Decimal, so that 0.1 stays what it was.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Never, TypeAlias

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
        message = f"This is not JSON ({error.msg}); send the file again."
        raise FormatError("NOT_JSON", message, place=f"Line {error.lineno}") from None
    except RecursionError:
        raise _too_deep() from None
    _prove(value)
    return value


def pointer(place: str, *steps: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of something below a place."""
    return place + "".join(f"/{str(s).replace('~', '~0').replace('/', '~1')}" for s in steps)


def _prove(value: Json) -> None:
    """Raise unless depth, count and characters are in bounds; level by level, so never deep."""
    count, level = 1, [value]
    for _ in range(DEPTH_MAX + 1):
        level = [inside for one in level for inside in _inside(one)]
        count += len(level)
        if count > ELEMENTS_MAX:
            raise FormatError("TOO_LARGE", f"More than {ELEMENTS_MAX} values; split the file.")
        if not level:
            return
    raise _too_deep()


def _inside(value: Json) -> Iterable[Json]:
    """Return what is in a value, its text proven."""
    if isinstance(value, str):
        _prove_text(value)
    elif isinstance(value, dict):
        for name in value:
            _prove_text(name)
        return value.values()
    return value if isinstance(value, list) else ()


def _prove_text(text: str) -> None:
    if _UNPRINTABLE.search(text):
        message = f"A character that no file can hold, in '{ascii(text)[1:40]}'."
        raise FormatError("BAD_CHARACTER", message)


def _too_deep() -> FormatError:
    return FormatError("TOO_DEEP", f"Arrays and objects lie deeper than {DEPTH_MAX}.")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, count in Counter(n for n, _ in pairs).items() if count > 1)
        message = f"'{twice[:40]}' stands twice in one object; write a list, or say it once."
        raise FormatError("MEMBER_TWICE", message)
    return members


def _integer(text: str) -> int:
    return int(decimal(text))


def _no_constant(text: str) -> Never:
    raise FormatError("NOT_JSON", f"{text} is not JSON.")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=decimal,
    parse_int=_integer,
    parse_constant=_no_constant,
)
