"""Entries: what a party says, signed."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.core.canonical import Json
from ledger.core.envelope import Disclosure, Envelope, sign_payload
from ledger.core.errors import Malformed
from ledger.core.keys import Signer
from ledger.core.statement import Attachment, Seen, Statement

# Who reads entries reads statements: both are to be had here.
__all__ = ["Attachment", "Entry", "Seen", "Statement", "entry_id", "sign", "stream_id"]

_ID_PREFIX = b"unbroken-entry/v1\n"
_REMEMBERED_CHARACTERS = 4_096
"""Longer texts are rare, and would take much memory: some 50 MB at most are remembered."""
_STREAMS = uuid.uuid5(uuid.NAMESPACE_URL, "unbroken-stream/v1")


@dataclass(frozen=True)
class Entry:
    """A statement as its signer signed it. Whether the signature is good, this does not say."""

    envelope: Envelope
    statement: Statement
    entry_id: str

    @classmethod
    def parse(cls, text: str) -> "Entry":
        """Read an SD-JWT (or the JWS alone); every disclosure must open a sealed member.

        What a text says follows from the text: read again, it is the same value. So nobody changes
        what stands in its body.
        """
        return _remembered(text) if len(text) <= _REMEMBERED_CHARACTERS else _read(text)

    @property
    def opened(self) -> dict[str, Json]:
        """Return the body with the disclosed members; those still sealed are not in it."""
        disclosures = [Disclosure.parse(one) for one in self.envelope.disclosures]
        return _open(self.statement, disclosures)


def _read(text: str) -> Entry:
    envelope = Envelope.parse(text)
    statement = Statement.parse(envelope.payload)
    if envelope.disclosures:
        _open(statement, [Disclosure.parse(one) for one in envelope.disclosures])
    return Entry(envelope, statement, entry_id(envelope.signing_input))


_remembered = lru_cache(maxsize=2048)(_read)


def entry_id(signing_input: bytes) -> str:
    """Return the name of an entry, 64 hex digits, from `<header>.<payload>`.

    The signature is left out: for every ECDSA signature (r, s) there is a second, (r, n - s), and
    it must not make a second entry.
    """
    return hashlib.sha256(_ID_PREFIX + signing_input).hexdigest()


def sign(statement: Statement, signer: Signer, disclosures: Sequence[Disclosure] = ()) -> str:
    """Return the SD-JWT text of a statement; each disclosure must be of a sealed member."""
    _open(statement, disclosures)
    return sign_payload(statement.as_payload(), signer, disclosures)


@lru_cache(maxsize=4096)
def stream_id(stream: str) -> uuid.UUID:
    """Return the UUIDv5 that stands for a stream in the database."""
    return uuid.uuid5(_STREAMS, stream)


def _open(statement: Statement, disclosures: Sequence[Disclosure]) -> dict[str, Json]:
    """Return the body with what is disclosed; RFC 9901 section 7.1 says what is refused."""
    body = dict(statement.body)
    for one in disclosures:
        if one.digest not in statement.sealed:
            raise Malformed("DISCLOSURE_UNMATCHED", "A disclosure is not of this entry.")
        if one.name in body:
            raise Malformed("DISCLOSURE_CLASHES", f"Two members have the name {one.name!a:.60}.")
        body[one.name] = one.value
    return body
