"""Percent-encoding (RFC 3986, section 2.1) of what GS1 keys may hold, which is ASCII."""

import re
from urllib.parse import unquote_to_bytes

from supplychain.domain.errors import Invalid

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


def percent_decoded(text: str) -> str:
    """The text that was escaped, decoded once. Raises Invalid BAD_ESCAPE or BAD_CHARACTER.

    A plus is a plus, as everywhere but in the forms of web pages.

    >>> percent_decoded("A%2F1+2%252F")
    'A/1+2%2F'
    """
    if _BROKEN.search(text):
        raise Invalid("BAD_ESCAPE", f"{text[:20]!r}: a % sign that escapes nothing.")
    try:
        return unquote_to_bytes(text).decode("ascii")
    except UnicodeError:
        raise Invalid("BAD_CHARACTER", f"{text[:20]!r}: not of GS1's characters.") from None
