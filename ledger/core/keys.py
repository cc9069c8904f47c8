"""Public keys on P-256, their names, and what the core asks of a cryptographic library."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from ledger.core import canonical
from ledger.core.encoding import b64u, unb64u
from ledger.core.errors import Malformed

# P-256 (FIPS 186-5, SEC 2 section 2.4.2): the field, the curve's b, the order of the base point.
FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
CURVE_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SCALAR_BYTES = 32
SIGNATURE_BYTES = 2 * SCALAR_BYTES
DIGEST_BYTES = 32

# Ed25519 (RFC 8032 section 5.1): 32 bytes, y little-endian, the top bit is the sign of x. The y of
# the eight points of small order are 0, 1, -1 and those of order 8.
ED25519_POINT_BYTES = 32
_ED25519_FIELD = 2**255 - 19
_SIGN_OF_X = 1 << 255
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset({0, 1, _ED25519_FIELD - 1, _Y_OF_ORDER_8, _ED25519_FIELD - _Y_OF_ORDER_8})

_JWK_MEMBERS = frozenset({"kty", "crv", "x", "y"})


@dataclass(frozen=True)
class PublicKey:
    """A point on P-256; `x` and `y` are 32 bytes each, big-endian. Never the point at infinity."""

    x: bytes
    y: bytes

    def __post_init__(self) -> None:
        if not (len(self.x) == len(self.y) == SCALAR_BYTES):
            raise Malformed("JWK_MALFORMED", "x and y of a P-256 key are 32 bytes each.")
        if not _on_curve(int.from_bytes(self.x), int.from_bytes(self.y)):
            raise Malformed("JWK_NOT_ON_CURVE", "The public key is no point on the curve P-256.")

    @classmethod
    def parse_jwk(cls, jwk: object) -> "PublicKey":
        """Read a JWK (RFC 7517) with exactly the members kty, crv, x and y."""
        if not isinstance(jwk, Mapping) or jwk.keys() != _JWK_MEMBERS:
            raise Malformed("JWK_MALFORMED", "A key has exactly the members kty, crv, x and y.")
        if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
            raise Malformed("JWK_MALFORMED", "A key has kty EC and crv P-256.")
        x, y = jwk["x"], jwk["y"]
        if not (isinstance(x, str) and isinstance(y, str)):
            raise Malformed("JWK_MALFORMED", "x and y of a key are base64url strings.")
        return cls(unb64u(x), unb64u(y))

    def as_jwk(self) -> dict[str, canonical.Json]:
        """Return the JWK with the four required members."""
        return {"crv": "P-256", "kty": "EC", "x": b64u(self.x), "y": b64u(self.y)}

    @cached_property
    def kid(self) -> str:
        """Return the key's name: its RFC 7638 thumbprint, SHA-256, base64url (43 characters)."""
        return _thumbprint(self)


@lru_cache(maxsize=4096)  # a registry is read again and again
def _thumbprint(key: PublicKey) -> str:
    return b64u(hashlib.sha256(canonical.dumps(key.as_jwk())).digest())


def _on_curve(x: int, y: int) -> bool:
    return x < FIELD and y < FIELD and (y * y - (x * x - 3) * x - CURVE_B) % FIELD == 0


def scalars(signature: bytes) -> tuple[int, int] | None:
    """Return r and s of a raw ES256 signature; None unless 64 bytes and 1 <= r, s < n.

    A high s is as good as a low one: browsers make one in two of them.
    """
    if len(signature) != SIGNATURE_BYTES:
        return None
    r, s = (int.from_bytes(part) for part in (signature[:SCALAR_BYTES], signature[SCALAR_BYTES:]))
    return (r, s) if 1 <= r < ORDER and 1 <= s < ORDER else None


def is_plain_point(encoded: bytes) -> bool:
    """Say whether 32 bytes are a point of Ed25519 spelt in its one way, and not of small order.

    Libraries differ over all others, which no honest signer makes: in them a crafted signature is
    good for one verifier and bad for the next. Whether the point is on the curve, this leaves open.
    """
    y = int.from_bytes(encoded, "little") & ~_SIGN_OF_X
    return len(encoded) == ED25519_POINT_BYTES and y < _ED25519_FIELD and y not in _SMALL_ORDER


class Signatures(Protocol):
    """A verifier of signatures. Both methods answer False for anything bad and never raise."""

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` (r and s, 64 bytes) is ECDSA P-256 SHA-256 by `key`."""

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` (64 bytes) is Ed25519 (RFC 8032) by `key` (32 bytes).

        Only where the key and the signature's R are plain points (`is_plain_point`).
        """


class DigestSignatures(Protocol):
    """A verifier of what others hashed in a way of their own, as devices do. It never raises."""

    def es256_digest(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Say whether `signature` (r and s, 64 bytes) is ECDSA P-256 over `digest` (32 bytes)."""


class Signer(Protocol):
    """Something that signs entries: a key in a file, in a browser, in a safe."""

    @property
    def kid(self) -> str:
        """The name of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Return r and s, 64 bytes."""


class LogSigner(Protocol):
    """Something that signs checkpoints with Ed25519."""

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
