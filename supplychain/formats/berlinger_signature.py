"""The signature at the end of a Berlinger logger's file, and the certificate it rests on.

1. The file ends in three members: `Cert:` with the device's public key, `Sig Cert:` and `Sig:`.
2. `Sig:` signs every byte before it, line endings included, with the key of the certificate.
3. `Sig Cert:` signs every byte from `Cert:` up to itself, with the key of the issuer.
Both are ECDSA on P-256 over the SHA-256 with its bytes reversed; keys (x, y) and signatures (r, s)
are written in hex, each number with its lowest byte first.

The vendor has not published its key. The one known here was worked out from the certificates of
several devices: whoever else had it could make such devices too, so the words stay careful.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from ledger.core.errors import Malformed
from ledger.core.keys import SCALAR_BYTES, DigestSignatures, PublicKey

KNOWN_ISSUERS: Final = (
    PublicKey(
        bytes.fromhex("0aa2be1b04268b874fc00aac193a889352f57eed2a46d8c7fc98111bdcaf1966"),
        bytes.fromhex("e3be1648b9ae1a7b7e5b9afc7c4b48fd003c505cb6af749fabaac0da180cf668"),
    ),
)
END_BYTES_MAX: Final = 4_000

_CERT: Final = b"\r\nCert:\r\n"
_END: Final = re.compile(
    rb"(?P<cert>Cert:\r\n(?: [^\r\n]*\r\n)*? Public Key: (?P<key>[0-9A-Fa-f]{128})\r\n"
    rb"(?: [^\r\n]*\r\n)*?)"
    rb"Sig Cert: (?P<by_issuer>[0-9A-Fa-f]{128})\r\n"
    rb"Sig: (?P<by_device>[0-9A-Fa-f]{128})(?:\r\n)?",
)
_SIG: Final = b"Sig: "


class Standing(StrEnum):
    """What a file's signature says of it."""

    KNOWN_ISSUER = "KNOWN_ISSUER"
    TRUSTED_ISSUER = "TRUSTED_ISSUER"
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"
    UNSIGNED = "UNSIGNED"
    LINE_ENDINGS = "LINE_ENDINGS"
    EDITED = "EDITED"

    @property
    def is_evidence(self) -> bool:
        """Whether every byte is as the device wrote it."""
        return self in _EVIDENCE

    @property
    def words(self) -> str:
        """The same for a person, with what to do."""
        return _WORDS[self]


_EVIDENCE: Final = (Standing.KNOWN_ISSUER, Standing.TRUSTED_ISSUER, Standing.UNKNOWN_ISSUER)
_WORDS: Final = {
    Standing.KNOWN_ISSUER: "Signature valid, same issuer as known samples.",
    Standing.TRUSTED_ISSUER: (
        "Signature valid, by an issuer whose key was entered by who runs this installation."
    ),
    Standing.UNKNOWN_ISSUER: (
        "Signature valid, but the device's certificate is by an issuer that is not known:"
        " anybody may have made it."
    ),
    Standing.UNSIGNED: (
        "Refused as evidence: there is no signature at the end of the file, so lines may be"
        " missing. Bring the file as the device wrote it."
    ),
    Standing.LINE_ENDINGS: (
        "Refused as evidence: line endings were changed on the way, so the signature no longer"
        " fits. Copy the file from the device again, and not through an editor or a mail's text."
    ),
    Standing.EDITED: (
        "Refused as evidence: the content was changed after the device signed it, so the"
        " signature does not fit. Copy the file from the device again."
    ),
}


@dataclass(frozen=True, slots=True)
class Issuers:
    """Whose certificates are known: from samples, and as who runs the installation entered them."""

    known: Collection[PublicKey] = KNOWN_ISSUERS
    trusted: Collection[PublicKey] = ()


SAMPLES_ONLY: Final = Issuers()


def standing(
    data: bytes, signatures: DigestSignatures, issuers: Issuers = SAMPLES_ONLY
) -> Standing:
    """Say what the signature of a file is worth; whatever the bytes are, there is an answer."""
    found = _standing(data, signatures, issuers)
    if found.is_evidence:
        return found
    as_written = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if as_written != data and _standing(as_written, signatures, issuers).is_evidence:
        return Standing.LINE_ENDINGS
    return found


@dataclass(frozen=True, slots=True)
class _End:
    """The last three members, and the bytes that they are about."""

    signed: bytes
    cert: bytes
    key: bytes
    by_issuer: bytes
    by_device: bytes


def _standing(data: bytes, signatures: DigestSignatures, issuers: Issuers) -> Standing:
    end = _end(data)  # 1.
    if end is None:
        return Standing.UNSIGNED
    try:
        device = PublicKey(*_big_endian(end.key))
    except Malformed:  # no point on the curve: no device has such a key
        return Standing.EDITED
    if not _is_by(device, end.signed, end.by_device, signatures):  # 2.
        return Standing.EDITED
    listed = ((issuers.known, Standing.KNOWN_ISSUER), (issuers.trusted, Standing.TRUSTED_ISSUER))
    for keys, worth in listed:  # 3.
        if any(_is_by(issuer, end.cert, end.by_issuer, signatures) for issuer in keys):
            return worth
    return Standing.UNKNOWN_ISSUER


def _end(data: bytes) -> _End | None:
    break_before = data.rfind(_CERT, max(len(data) - END_BYTES_MAX, 0))
    match = _END.fullmatch(data, break_before + len(b"\r\n")) if break_before >= 0 else None
    if match is None:
        return None
    key, by_issuer, by_device = (
        bytes.fromhex(match[name].decode()) for name in ("key", "by_issuer", "by_device")
    )
    signed = data[: match.start("by_device") - len(_SIG)]
    return _End(signed, match["cert"], key, by_issuer, by_device)


def _is_by(key: PublicKey, signed: bytes, signature: bytes, signatures: DigestSignatures) -> bool:
    digest = sha256(signed).digest()[::-1]
    return signatures.es256_digest(key, digest, b"".join(_big_endian(signature)))


def _big_endian(pair: bytes) -> tuple[bytes, bytes]:
    """Two numbers with their lowest bytes first, turned round."""
    return pair[:SCALAR_BYTES][::-1], pair[SCALAR_BYTES:][::-1]
