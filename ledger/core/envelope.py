"""The wire form of an entry: a JWS (RFC 7515) and its disclosures, as an SD-JWT (RFC 9901).

    <header>.<payload>.<signature>~<disclosure>~...~

Nothing is negotiated: the protected header is one byte string in which only the key's name varies.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.encoding import b64u, unb64u
from ledger.core.errors import Malformed
from ledger.core.keys import Signer, scalars

MAX_CHARACTERS = 65_536
MAX_DISCLOSURES = 32
MAX_DISCLOSURE_CHARACTERS = 4_096
SALT_BYTES = 16
DIGEST_BYTES = 32  # SHA-256: thumbprints of keys and digests of disclosures

_HEADER_START = b'{"alg":"ES256","kid":"'
_HEADER_END = b'","typ":"unbroken-entry+sd-jwt"}'
_HEADER_CHARACTERS = 130  # base64url of the 97 bytes that every header has
_JWS_PARTS = 3
_PAYLOAD_CHARACTERS = (canonical.MAX_BYTES * 8 + 5) // 6
_RESERVED = frozenset({"_sd", "_sd_alg", "..."})  # RFC 9901 gives these names a meaning


@dataclass(frozen=True)
class Envelope:
    """A signed text that is well-formed. Whether the signature is good, this does not say.

    `kid` names the key; `payload` is at most 16,384 bytes; `signature` is r and s, 64 bytes.
    """

    jws: str
    kid: str
    payload: bytes
    signature: bytes
    disclosures: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Envelope":
        """Read `<jws>`, `<jws>~` or `<jws>~<disclosure>~...~`."""
        if len(text) > MAX_CHARACTERS:
            raise _too_large("The entry", len(text), MAX_CHARACTERS)
        jws, *disclosures = text.split("~")
        if disclosures and disclosures.pop():
            raise Malformed("ENVELOPE_MALFORMED", "An entry with disclosures ends with ~.")
        _check_disclosures(disclosures)
        header, payload, signature = _split_jws(jws)
        kid = _kid_of_header(header)
        return cls(jws, kid, unb64u(payload), _signature(signature), tuple(disclosures))

    @property
    def signing_input(self) -> bytes:
        """Return what is signed: `<header>.<payload>`."""
        return self.jws[: self.jws.rindex(".")].encode()

    @property
    def text(self) -> str:
        """Return the SD-JWT, always with its last `~`."""
        return "~".join((self.jws, *self.disclosures, ""))


@dataclass(frozen=True)
class Disclosure:
    """One sealed member of a body, opened: a salt of 16 bytes, its name and its value."""

    salt: bytes
    name: str
    value: Json

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES:
            raise _bad_disclosure("has a salt of 16 bytes")
        canonical.check_name(self.name)
        if len(self.text) > MAX_DISCLOSURE_CHARACTERS:
            raise _too_large("A disclosure", len(self.text), MAX_DISCLOSURE_CHARACTERS)
        if self.name in _RESERVED or has_reserved_member(self.value):
            raise _bad_disclosure("uses no name that SD-JWT reserves")

    @classmethod
    def parse(cls, text: str) -> "Disclosure":
        """Read base64url of the canonical JSON `["<salt>","<name>",<value>]`."""
        if len(text) > MAX_DISCLOSURE_CHARACTERS:
            raise _too_large("A disclosure", len(text), MAX_DISCLOSURE_CHARACTERS)
        match canonical.loads(unb64u(text)):
            case [str(salt), str(name), value]:
                return cls(unb64u(salt), name, value)
            case _:
                raise _bad_disclosure("is an array of salt, name and value")

    @cached_property
    def text(self) -> str:
        """Return the disclosure as it travels."""
        return b64u(canonical.dumps([b64u(self.salt), self.name, self.value]))

    @cached_property
    def digest(self) -> str:
        """Return the digest that stands for it in `_sd`: SHA-256 of the text, base64url."""
        return b64u(hashlib.sha256(self.text.encode()).digest())


def seal(
    members: Mapping[str, Json], salts: Sequence[bytes]
) -> tuple[tuple[str, ...], tuple[Disclosure, ...]]:
    """Return the sorted digests for `_sd`, and the disclosures of `members` in their order.

    One random salt of 16 bytes for each member, never used again: it is all that keeps a
    guessable value secret.
    """
    if len(set(salts)) != len(members) or len(salts) != len(members):
        raise _bad_disclosure("has a salt of its own")
    pairs = zip(members.items(), salts, strict=True)
    disclosures = tuple(Disclosure(salt, name, value) for (name, value), salt in pairs)
    return tuple(sorted(one.digest for one in disclosures)), disclosures


def signing_input(kid: str, payload: bytes) -> bytes:
    """Return the bytes to be signed by the key `kid`: `<header>.<payload>` in base64url."""
    header = _HEADER_START + kid.encode() + _HEADER_END
    return f"{b64u(header)}.{b64u(payload)}".encode()


def sign_payload(payload: bytes, signer: Signer, disclosures: Sequence[Disclosure] = ()) -> str:
    """Return the SD-JWT text of a payload, well-formed or Malformed."""
    message = signing_input(signer.kid, payload)
    jws = f"{message.decode()}.{b64u(signer.sign(message))}"
    text = "~".join((jws, *(one.text for one in disclosures), ""))
    return Envelope.parse(text).text


def has_reserved_member(value: Json) -> bool:
    """Say whether an object within `value` uses a name that SD-JWT reserves."""
    if isinstance(value, dict):
        return not _RESERVED.isdisjoint(value) or any(map(has_reserved_member, value.values()))
    return isinstance(value, list) and any(map(has_reserved_member, value))


def _split_jws(jws: str) -> list[str]:
    parts = jws.split(".")
    if len(parts) != _JWS_PARTS:
        raise Malformed("ENVELOPE_MALFORMED", "A JWS has three parts with dots between.")
    if len(parts[1]) > _PAYLOAD_CHARACTERS:
        raise _too_large("The payload", len(parts[1]), _PAYLOAD_CHARACTERS)
    return parts


@lru_cache(maxsize=4096)
def _kid_of_header(header: str) -> str:
    """Return the key's name; Malformed unless the header is the one that there is."""
    if len(header) != _HEADER_CHARACTERS:
        raise _bad_header()
    data = unb64u(header)
    if not (data.startswith(_HEADER_START) and data.endswith(_HEADER_END)):
        raise _bad_header()
    kid = data[len(_HEADER_START) : -len(_HEADER_END)].decode("ascii", "replace")
    unb64u(kid)  # the header's length leaves 43 characters for it: 32 bytes, if spelt strictly
    return kid


def _signature(text: str) -> bytes:
    signature = unb64u(text)
    if scalars(signature) is None:
        message = "A signature is r and s, 32 bytes each, from 1 to the order of P-256 less 1."
        raise Malformed("SIGNATURE_MALFORMED", message)
    return signature


def _check_disclosures(disclosures: Sequence[str]) -> None:
    if len(disclosures) > MAX_DISCLOSURES:
        raise _too_large("The list of disclosures", len(disclosures), MAX_DISCLOSURES)
    if len(set(disclosures)) != len(disclosures):
        raise Malformed("DISCLOSURE_REPEATED", "A disclosure stands there twice.")


def _bad_header() -> Malformed:
    start, end = _HEADER_START.decode(), _HEADER_END.decode()
    return Malformed("HEADER_REFUSED", f"The only header is {start}<thumbprint>{end}.")


def _bad_disclosure(rule: str) -> Malformed:
    return Malformed("DISCLOSURE_MALFORMED", f"A disclosure {rule}.")


def _too_large(what: str, found: int, limit: int) -> Malformed:
    return Malformed("TOO_LARGE", f"{what} has {found} characters or items; the limit is {limit}.")
