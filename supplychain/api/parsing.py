"""The body of a request: JSON, strictly, and never more than 4 MiB of it.

Strict means: UTF-8, no member twice, no NaN, no number longer than it can mean, not too deep, no
half a surrogate pair and no NUL in any text. Numbers with a fraction come as `Decimal`.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import IO, Any, Never

from rest_framework.parsers import BaseParser

from ledger.core.errors import Malformed
from supplychain.api.errors import Refusal

BYTES_MAX = 4 * 1024 * 1024
DEPTH_MAX = 16
_INTEGER_MAX = 2**53 - 1
_NUMBER_LENGTH_MAX = 40
_UNFIT = re.compile("[\x00\ud800-\udfff]")


class StrictJson(BaseParser):
    """Reads `application/json`; Malformed or a Refusal for anything that is not that."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002  the base's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read no more than is allowed, then judge it."""
        message = f"A request has at most {BYTES_MAX} bytes."
        return loads(bounded_body(stream, parser_context, BYTES_MAX, message))


def bounded_body(
    stream: IO[bytes], parser_context: Mapping[str, Any] | None, most: int, message: str
) -> bytes:
    """The body of a request, of at most so many bytes and as it is.

    Raises Refusal: UNSUPPORTED_MEDIA_TYPE for a packed one, TOO_LARGE, with this message, beyond.
    """
    headers = (parser_context or {})["request"].headers
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        unpacked = "Send the body as it is, without Content-Encoding."
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", unpacked)
    length = headers.get("Content-Length", "")
    announced = int(length[:20]) if length.isdecimal() else 0
    data = stream.read(most + 1) if announced <= most else b""
    if announced > most or len(data) > most:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE", message)
    return data


def loads(data: bytes) -> Any:
    """The value of a JSON text.

    Raises Malformed: MALFORMED_JSON, DUPLICATE_KEY, NUMBER_RANGE, TOO_DEEP or BAD_CHARACTER.
    """
    try:
        value = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        raise Malformed("MALFORMED_JSON", f"Not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        message = f"Not JSON at character {error.pos}: {error.msg}."
        raise Malformed("MALFORMED_JSON", message) from None
    except RecursionError:
        raise _too_deep() from None
    _check_depth(value, DEPTH_MAX)
    if b"\\u" in data:  # only an escape can spell what UTF-8 and JSON do not let through
        _check_texts(value)
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("DUPLICATE_KEY", "An object has two members of one name.")
    return members


def _integer(text: str) -> int:
    if len(text) > _NUMBER_LENGTH_MAX or abs(int(text)) > _INTEGER_MAX:
        raise Malformed("NUMBER_RANGE", "An integer is outside ±(2^53 - 1).")
    return int(text)


def _fraction(text: str) -> Decimal:
    if len(text) > _NUMBER_LENGTH_MAX:
        message = f"A number is longer than {_NUMBER_LENGTH_MAX} characters."
        raise Malformed("NUMBER_RANGE", message)
    return Decimal(text)


def _no_constant(text: str) -> Never:
    raise Malformed("MALFORMED_JSON", f"{text} is not JSON.")


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not left:
        raise _too_deep()
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            _check_depth(item, left - 1)


def _check_texts(value: Any) -> None:
    match value:
        case str():
            if _UNFIT.search(value):
                message = "A text has a NUL or half a surrogate pair."
                raise Malformed("BAD_CHARACTER", message)
        case dict():
            for name, item in value.items():
                _check_texts(name)
                _check_texts(item)
        case list():
            for item in value:
                _check_texts(item)
        case _:
            pass


def _too_deep() -> Malformed:
    return Malformed("TOO_DEEP", f"Arrays and objects stand more than {DEPTH_MAX} deep.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_no_constant,
)
