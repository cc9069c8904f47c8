"""Bytes as text, strictly: every byte string has one spelling, and only that one is read.

The decoders of the standard library skip foreign characters and ignore trailing bits. So these
decode, encode again and compare.
"""

import base64
import binascii
import re

from ledger.core.errors import Malformed

_HEX32 = re.compile("[0-9a-f]{64}")
_PADDING = ("", "===", "==", "=")  # a length of 4n + 1 gets too many, and fails on comparison


def b64u(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64u(text: str) -> bytes:
    """Return the bytes of base64url without padding; Malformed for any other spelling."""
    try:
        data = base64.urlsafe_b64decode(text + _PADDING[len(text) % 4])
    except ValueError:  # binascii.Error is one
        raise Malformed("MALFORMED_BASE64", "Not base64url.") from None
    if b64u(data) != text:
        raise Malformed("MALFORMED_BASE64", "Not the canonical spelling of base64url.")
    return data


def b64(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode()


def unb64(text: str) -> bytes:
    """Return the bytes of standard, padded base64; Malformed for any other spelling."""
    try:
        data = binascii.a2b_base64(text)
    except ValueError:  # binascii.Error is one
        raise Malformed("MALFORMED_BASE64", "Not base64.") from None
    if b64(data) != text:
        raise Malformed("MALFORMED_BASE64", "Not the canonical spelling of base64.")
    return data


def hex32(text: str) -> bytes:
    """Return the 32 bytes of 64 lower-case hexadecimal digits; Malformed for anything else."""
    if not _HEX32.fullmatch(text):
        raise Malformed("MALFORMED_HEX", f"Expected 64 lower-case hex digits; got {text!a:.80}.")
    return bytes.fromhex(text)
