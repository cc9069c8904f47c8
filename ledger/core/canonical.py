"""One JSON value, one byte string: the subset of RFC 8785 (JCS) that the ledger signs.

The subset: objects with ASCII member names, arrays, strings, booleans, and integers within
±(2**53 - 1). No floats, no null, at most `MAX_DEPTH` levels of arrays and objects. A string is in
Unicode normalisation form C and holds no control, bidirectional, invisible, private-use or
unassigned character. Members are sorted by name, without white space, in UTF-8.

The reader trusts no parser: it reads, writes the value again and compares the bytes.
"""

import json
import re
import unicodedata
from typing import Never, TypeAlias

from ledger.core.errors import Malformed

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json]"

MAX_BYTES = 16_384
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1

_MAX_DIGITS = 16  # of 2**53 - 1; keeps int() away from text that is long for the sake of it

# Line and paragraph separators, bidirectional controls, and all of Default_Ignorable_Code_Point
# (Unicode): characters that a reader cannot see, or that move the ones he sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BRACKET = re.compile(rb"[\[{\]}]")
# A string, or what is left of one that does not end: possessive, so that no text is read twice.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
# Control, surrogate, private use, unassigned. Unassigned ones are out because a later Unicode may
# normalise them otherwise: what is canonical today stays so for ever.
_MEANINGLESS = frozenset({"Cc", "Cs", "Co", "Cn"})

_ENCODER = json.JSONEncoder(
    sort_keys=True,
    ensure_ascii=False,
    allow_nan=False,
    separators=(",", ":"),
    check_circular=False,  # the depth check comes first and ends on a circle
)


def dumps(value: Json) -> bytes:
    """Return the one byte string of `value`; Malformed when it is outside the subset."""
    _check(value, 0)
    return _ENCODER.encode(value).encode()


def loads(data: bytes, *, max_bytes: int = MAX_BYTES) -> Json:
    """Return the value of canonical bytes; Malformed for any other spelling of any value.

    >>> loads(b'{"a":[1,true,"x"]}')
    {'a': [1, True, 'x']}
    """
    if len(data) > max_bytes:
        raise Malformed("TOO_LARGE", f"The JSON is {len(data)} bytes; at most {max_bytes} allowed.")
    _check_nesting(data)
    value = _parse(data)
    if not _is_plain(data):
        _check(value, 0)
    if _ENCODER.encode(value).encode() != data:
        raise _why_not_canonical(data)
    return value


def _check_nesting(data: bytes) -> None:
    """Raise when brackets stand too deep; before a parser meets them, as each has its own limit."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise _too_deep()


def _parse(data: bytes) -> Json:
    try:
        value: Json = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        raise Malformed("MALFORMED_JSON", f"Not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        message = f"Not JSON at character {error.pos}: {error.msg}."
        raise Malformed("MALFORMED_JSON", message) from None
    return value


def _is_plain(data: bytes) -> bool:
    """Say whether no string in these bytes can need a closer look (most statements are so)."""
    return data.isascii() and not (b"\\" in data or b"\x7f" in data or b"null" in data)


def _check(value: object, depth: int) -> None:
    """Raise unless `value` is of the subset, standing below `depth` containers."""
    match value:
        case str():
            check_text(value)
        case bool():
            pass
        case int():
            _check_integer(value)
        case list():
            _check_below(depth)
            for item in value:
                _check(item, depth + 1)
        case dict():
            _check_below(depth)
            for name, item in value.items():
                check_name(name)
                _check(item, depth + 1)
        case _:
            message = f"JSON here has no {type(value).__name__}: only objects, arrays, strings, "
            raise Malformed("UNSUPPORTED_VALUE", message + "booleans and integers.")


def check_text(text: str) -> None:
    """Raise Malformed unless `text` is in NFC and shows everything that it holds."""
    if text.isascii():
        bad = _CONTROL.search(text)
    else:
        bad = _INVISIBLE.search(text)
        if any(unicodedata.category(character) in _MEANINGLESS for character in text):
            raise Malformed("BAD_CHARACTER", "A string has a control or unassigned character.")
    if bad:
        message = f"A string has the invisible character U+{ord(bad[0]):04X}."
        raise Malformed("BAD_CHARACTER", message)
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("NOT_NFC", "A string is not in Unicode normalisation form C.")


def check_name(name: object) -> None:
    """Raise Malformed unless `name` may name a member: ASCII without control characters."""
    if not isinstance(name, str) or not name.isascii():
        raise Malformed("BAD_NAME", f"Member names are ASCII; found {name!a:.60}.")
    check_text(name)


def _check_integer(value: int) -> None:
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise Malformed("INTEGER_RANGE", "An integer is outside ±(2^53 - 1).")


def _check_below(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise _too_deep()


def _too_deep() -> Malformed:
    return Malformed("TOO_DEEP", f"Arrays and objects stand more than {MAX_DEPTH} deep.")


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS + 1:
        raise Malformed("INTEGER_RANGE", "An integer is outside ±(2^53 - 1).")
    value = int(text)
    _check_integer(value)
    return value


def _no_float(text: str) -> Never:
    raise Malformed("UNSUPPORTED_VALUE", f"JSON here has no floats; found {text:.30}.")


def _no_constant(text: str) -> Never:
    raise Malformed("UNSUPPORTED_VALUE", f"{text} is not JSON.")


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("DUPLICATE_KEY", "An object has two members of one name.")
    return members


def _why_not_canonical(data: bytes) -> Malformed:
    """Tell a duplicate member, which readers differ on, from a mere other spelling."""
    try:
        _DUPLICATES.decode(data.decode())
    except Malformed as error:
        return error
    return Malformed("NOT_CANONICAL", "The JSON is not spelt canonically (RFC 8785).")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_no_float, parse_constant=_no_constant)
_DUPLICATES = json.JSONDecoder(object_pairs_hook=_no_duplicates)
