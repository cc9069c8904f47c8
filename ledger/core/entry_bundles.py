"""Bundles of entries (C2SP tlog-tiles): each entry behind its length, 16 bits, big-endian."""

from collections.abc import Iterable

from ledger.core.errors import Malformed

ENTRY_BYTES_MAX = 0xFFFF
_LENGTH_BYTES = 2


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of these entries; Malformed ENTRY_TOO_LONG beyond 65,535 bytes."""
    return b"".join(_length(entry) + entry for entry in entries)


def decode_bundle(bundle: bytes, count: int) -> list[bytes]:
    """Return the entries of a bundle; Malformed BUNDLE_MALFORMED unless it has exactly `count`."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle) and len(entries) < count:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(bundle[at:start])
        entries.append(bundle[start:at])
    if at != len(bundle) or len(entries) != count:
        raise Malformed("BUNDLE_MALFORMED", f"A bundle does not hold exactly {count} entries.")
    return entries


def _length(entry: bytes) -> bytes:
    if len(entry) > ENTRY_BYTES_MAX:
        message = f"An entry of a bundle has at most {ENTRY_BYTES_MAX} bytes, not {len(entry)}."
        raise Malformed("ENTRY_TOO_LONG", message)
    return len(entry).to_bytes(_LENGTH_BYTES)
