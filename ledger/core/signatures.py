"""Signing and verifying with OpenSSL: the one door from the core to the `cryptography` package."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ledger.core.errors import Malformed
from ledger.core.keys import (
    DIGEST_BYTES,
    ED25519_POINT_BYTES,
    PublicKey,
    is_plain_point,
    scalars,
)

_VERIFY = ec.ECDSA(hashes.SHA256())
_VERIFY_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))
_SIGN = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979: no nonce to get wrong


class OpenSslSignatures:
    """`Signatures` and `DigestSignatures` by OpenSSL."""

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` is by `key`; False for anything bad."""
        return _es256(key, message, signature, _VERIFY)

    def es256_digest(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Say whether `signature` is by `key` over a SHA-256 digest; False for anything bad."""
        return len(digest) == DIGEST_BYTES and _es256(key, digest, signature, _VERIFY_DIGEST)

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` is by `key`; False for anything bad."""
        if not (is_plain_point(key) and is_plain_point(signature[:ED25519_POINT_BYTES])):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):  # ValueError: the key is not 32 bytes
            return False
        return True


OPENSSL = OpenSslSignatures()


def _es256(key: PublicKey, signed: bytes, signature: bytes, way: ec.ECDSA) -> bool:
    numbers = scalars(signature)
    if numbers is None:
        return False
    try:
        _loaded(key).verify(encode_dss_signature(*numbers), signed, way)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4096)
def _loaded(key: PublicKey) -> ec.EllipticCurvePublicKey:
    """Return the key as OpenSSL has it; loading costs a tenth of a verification."""
    x, y = int.from_bytes(key.x), int.from_bytes(key.y)
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def public_from_pem(pem: bytes) -> PublicKey:
    """Read a public key, as `openssl pkey -pubout` writes it; Malformed unless it is on P-256."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Malformed("KEY_MALFORMED", "This is no PEM of a public key.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise Malformed("KEY_MALFORMED", "The PEM holds no public key on P-256.")
    return _public(key)


def _public(key: ec.EllipticCurvePublicKey) -> PublicKey:
    numbers = key.public_numbers()
    return PublicKey(numbers.x.to_bytes(32), numbers.y.to_bytes(32))


class PrivateKey:
    """A P-256 key that signs entries."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public = _public(key.public_key())

    @classmethod
    def generate(cls) -> "PrivateKey":
        """Make a new key from the randomness of OpenSSL."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> "PrivateKey":
        """Read an unencrypted PEM; Malformed KEY_MALFORMED unless it is a P-256 private key."""
        key = _load_pem(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise Malformed("KEY_MALFORMED", "The PEM holds no private key on P-256.")
        return cls(key)

    def as_pem(self) -> bytes:
        """Return PKCS#8 PEM, unencrypted: whoever stores it keeps it secret."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def kid(self) -> str:
        """The name of the public key."""
        return self.public.kid

    def sign(self, message: bytes) -> bytes:
        """Return the ES256 signature: r and s, 32 bytes each."""
        r, s = decode_dss_signature(self._key.sign(message, _SIGN))
        return r.to_bytes(32) + s.to_bytes(32)


class LogKey:
    """An Ed25519 key that signs checkpoints."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "LogKey":
        """Make a new key from the randomness of OpenSSL."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "LogKey":
        """Read an unencrypted PEM; Malformed KEY_MALFORMED unless it is an Ed25519 private key."""
        key = _load_pem(pem)
        if not isinstance(key, Ed25519PrivateKey):
            raise Malformed("KEY_MALFORMED", "The PEM holds no Ed25519 private key.")
        return cls(key)

    def as_pem(self) -> bytes:
        """Return PKCS#8 PEM, unencrypted: whoever stores it keeps it secret."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return the signature (RFC 8032), 64 bytes."""
        return self._key.sign(message)


def _load_pem(pem: bytes) -> object:
    try:
        return load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: the PEM is encrypted
        raise Malformed("KEY_MALFORMED", "Not an unencrypted PEM private key.") from None
