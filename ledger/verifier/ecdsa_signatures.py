"""The second, independent opinion on signatures, with the `ecdsa` package. It never signs.

That package is plain Python, so an inspector can install it anywhere, and it shares no line
with OpenSSL. It is not safe against timing attacks (CVE-2024-23342); verifying has no secrets.
"""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from ecdsa import Ed25519, NIST256p, VerifyingKey
from ecdsa.eddsa import PublicKey as EdwardsKey
from ecdsa.ellipticcurve import PointEdwards, PointJacobi
from ecdsa.util import sigdecode_string

from ledger.core.keys import DIGEST_BYTES, ED25519_POINT_BYTES, PublicKey, is_plain_point

K = TypeVar("K", PublicKey, bytes)

KEYS_MAX = 1_024
PRECOMPUTE_AFTER = 6
"""Uses of one key after which a table of its multiples (3 verifications' worth) pays."""


class EcdsaSignatures:
    """`Signatures` and `DigestSignatures`. Keeps the keys it has loaded; one for a run is best."""

    def __init__(self) -> None:
        self._keys: dict[PublicKey | bytes, Any] = {}
        self._uses: Counter[PublicKey | bytes] = Counter()

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Check an ECDSA P-256 SHA-256 signature, r and s of 32 bytes each; False when bad."""
        try:
            # `sigdecode_string` refuses any length but 64.
            verifier = self._loaded(key, _load_p256)
            return bool(verifier.verify(signature, message, sha256, sigdecode_string))
        except Exception:  # noqa: BLE001  crafted signatures raise TypeError and more in there
            return False

    def es256_digest(self, key: PublicKey, digest: bytes, signature: bytes) -> bool:
        """Check an ECDSA P-256 signature over a SHA-256 digest of 32 bytes; False when bad."""
        if len(digest) != DIGEST_BYTES:
            return False
        try:
            verifier = self._loaded(key, _load_p256)
            return bool(verifier.verify_digest(signature, digest, sigdecode_string))
        except Exception:  # noqa: BLE001  as above
            return False

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Check an Ed25519 signature of 64 bytes by a key of 32 bytes; False when bad."""
        if not (is_plain_point(key) and is_plain_point(signature[:ED25519_POINT_BYTES])):
            return False
        try:
            return bool(self._loaded(key, _load_ed25519).verify(message, signature))
        except Exception:  # noqa: BLE001  as above
            return False

    def _loaded(self, key: K, load: Callable[[K, bool], Any]) -> Any:
        if len(self._uses) >= KEYS_MAX and key not in self._uses:
            self._keys.clear()
            self._uses.clear()
        self._uses[key] += 1
        if self._uses[key] in (1, PRECOMPUTE_AFTER):
            self._keys[key] = load(key, self._uses[key] == PRECOMPUTE_AFTER)
        return self._keys[key]


# `generator=True` is how the package is told to make the table of a point's multiples, at the first
# use. Its own `precompute()` fails on keys that were loaded.


def _load_p256(key: PublicKey, often: bool) -> VerifyingKey:  # noqa: FBT001  one of two loaders
    x, y = int.from_bytes(key.x), int.from_bytes(key.y)
    point = PointJacobi(NIST256p.curve, x, y, 1, NIST256p.order, generator=often)
    return VerifyingKey.from_public_point(point, NIST256p, sha256)


def _load_ed25519(key: bytes, often: bool) -> EdwardsKey:  # noqa: FBT001  as above
    point = PointEdwards.from_bytes(Ed25519.curve, key, order=Ed25519.order, generator=often)
    return EdwardsKey(Ed25519.generator, key, point)
