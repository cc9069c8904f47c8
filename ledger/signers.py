"""Keys that this installation holds: the operator's files and the parties' custodial keys.

Custodial keys are P-256, PKCS#8, sealed with AES-256-GCM under a key-encryption key (KEK) of
`settings.CUSTODIAL_KEKS` (`id:base64` each; the first seals, all of them open, so that a KEK can
be rotated). The key's name and its party are bound as associated data: a ciphertext put into
another party's row does not open. A key is in the clear only while it signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from ledger.core.encoding import unb64
from ledger.core.errors import LedgerError, Refused
from ledger.core.keys import PublicKey
from ledger.core.policy import Policy
from ledger.core.registered import KeyHolder
from ledger.core.registry_acts import possession_message
from ledger.core.signatures import LogKey, PrivateKey
from ledger.models import CustodialKey, Key

AUTHORITY_FILE = "authority.pem"
LOG_FILE = "log.pem"
OPERATOR_FILE = "operator.pem"
POLICY_FILE = "policy.json"
KEK_BYTES = 32
NONCE_BYTES = 12


class KeysMissing(LedgerError):  # noqa: N818  named as its kin in the core are
    """This installation has no such key; the sentence says what makes it."""


def authority_file(number: int) -> str:
    """The name of the file with the key of an authority: the first is 1."""
    return AUTHORITY_FILE if number == 1 else f"authority-{number}.pem"


def policy() -> Policy:
    """What this installation trusts: the public file that `manage.py make_keys` writes."""
    return _policy(_key_file(POLICY_FILE))


_policy = lru_cache(maxsize=4)(Policy.parse)  # by the bytes of the file, which is read each time


def log_key() -> LogKey:
    """The key that signs checkpoints."""
    return LogKey.from_pem(_key_file(LOG_FILE))


def authority_signer() -> PrivateKey:
    """The authority's key, where this installation holds it."""
    return PrivateKey.from_pem(_key_file(AUTHORITY_FILE))


def operator_signer() -> PrivateKey:
    """The operator's key, which signs the completeness index, and what was opened to whom."""
    return PrivateKey.from_pem(_key_file(OPERATOR_FILE))


def _key_file(name: str) -> bytes:
    path = Path(settings.KEYS_DIR) / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = f"There is no {path}. `manage.py make_keys` makes it."
        raise KeysMissing("KEYS_MISSING", message) from None


@dataclass(frozen=True)
class CustodialSigner:
    """A party's key in our keeping: a `Signer` that opens it for each signature anew."""

    kid: str
    party: str
    kek: str
    nonce: bytes
    ciphertext: bytes

    def sign(self, message: bytes) -> bytes:
        """Return r and s, 64 bytes; `Refused` KEY_NOT_OPENED when no KEK opens the key."""
        return self._open().sign(message)

    def _open(self) -> PrivateKey:
        kek = _keks().get(self.kek)
        if kek is None:
            message = f"Key {self.kid} is sealed with the KEK {self.kek!r}, which is not set here."
            raise KeysMissing("KEK_MISSING", message)
        bound = _bound(self.kid, self.party)
        try:
            return PrivateKey.from_pem(AESGCM(kek).decrypt(self.nonce, self.ciphertext, bound))
        except InvalidTag:
            message = f"Key {self.kid} does not open: it or its party was changed."
            raise Refused("KEY_NOT_OPENED", message) from None


@dataclass(frozen=True)
class NewCustodialKey:
    """A key just made: what a `registry.key.add` says about it."""

    public: PublicKey
    proof: bytes
    """The new key's signature over `possession_message`, 64 bytes."""


def make_custodial_key(*, party: str, log: str, nonce: bytes, at: datetime) -> NewCustodialKey:
    """Make a key for a party, seal it, store it, and prove that it is ours to use.

    `nonce` is 12 random bytes, never used before. The key signs nothing for anybody until the
    registry has it (`registry.key.add`).
    """
    kek_id, kek = next(iter(_keks().items()), (None, b""))
    if kek_id is None:
        raise KeysMissing("KEK_MISSING", "No key-encryption key is set: CUSTODIAL_KEKS.")
    key = PrivateKey.generate()
    CustodialKey.objects.create(
        kid=key.kid,
        party=party,
        kek=kek_id,
        nonce=nonce,
        ciphertext=AESGCM(kek).encrypt(nonce, key.as_pem(), _bound(key.kid, party)),
        made_at=at,
    )
    return NewCustodialKey(key.public, key.sign(possession_message(log, party, key.kid)))


def custodial_signer(party: str) -> CustodialSigner:
    """The party's newest custodial key that the registry has and has not revoked.

    Raises `Refused` NO_CUSTODIAL_KEY.
    """
    held = {key.kid: key for key in CustodialKey.objects.filter(party=party)}
    valid = Key.objects.filter(kid__in=held, party_id=party, revoked_by=[])
    usable = [held[kid] for kid in valid.values_list("kid", flat=True)]
    if not usable:
        raise Refused("NO_CUSTODIAL_KEY", f"No key is held here that signs for party '{party}'.")
    key = max(usable, key=lambda one: (one.made_at, one.kid))
    return CustodialSigner(
        kid=key.kid,
        party=key.party,
        kek=key.kek,
        nonce=bytes(key.nonce),
        ciphertext=bytes(key.ciphertext),
    )


def standing_key(kid: str) -> KeyHolder:
    """Whose key it is by what the registry has accepted, where it is valid now.

    Raises `Refused`: KEY_UNKNOWN, KEY_REVOKED, PARTY_SUSPENDED.
    """
    key = Key.objects.select_related("party").filter(kid=kid).first()
    if key is None:
        raise Refused("KEY_UNKNOWN", f"No party here has a key {kid[:43]}.")
    if key.revoked_by:
        raise Refused("KEY_REVOKED", f"Key {kid} is revoked.")
    party = key.party
    if len(party.suspended_by) > len(party.reinstated_by):
        raise Refused("PARTY_SUSPENDED", f"Party '{party.pk}' is suspended.")
    return KeyHolder(PublicKey(bytes(key.x), bytes(key.y)), party.pk, key.custody)


def signs_itself(party: str) -> bool:
    """Whether the party has any key that is not revoked."""
    return Key.objects.filter(party_id=party, revoked_by=[]).exists()


@dataclass(frozen=True)
class SealedSecret:
    """A secret that is not a key to sign with, encrypted in the same way; `kek` opens it."""

    kek: str
    nonce: bytes
    ciphertext: bytes

    def open(self, bound: bytes) -> bytes:
        """The secret. Raises KeysMissing KEK_MISSING, `Refused` SECRET_NOT_OPENED."""
        kek = _keks().get(self.kek)
        if kek is None:
            message = f"A secret is sealed with the KEK {self.kek!r}, which is not set here."
            raise KeysMissing("KEK_MISSING", message)
        try:
            return AESGCM(kek).decrypt(self.nonce, self.ciphertext, bound)
        except InvalidTag:
            message = "A secret does not open: it or what it belongs to was changed."
            raise Refused("SECRET_NOT_OPENED", message) from None


def seal_secret(secret: bytes, *, bound: bytes, nonce: bytes) -> SealedSecret:
    """Encrypt a secret for what `bound` names. `nonce` is 12 random bytes, never used before."""
    kek_id, kek = next(iter(_keks().items()), (None, b""))
    if kek_id is None:
        raise KeysMissing("KEK_MISSING", "No key-encryption key is set: CUSTODIAL_KEKS.")
    return SealedSecret(kek_id, nonce, AESGCM(kek).encrypt(nonce, secret, bound))


def _bound(kid: str, party: str) -> bytes:
    return b"unbroken-custodial-key/v1\n" + f"{kid}\n{party}".encode()


def _keks() -> Mapping[str, bytes]:
    """The key-encryption keys by their ids, in the order of the setting."""
    return dict(_kek(text) for text in settings.CUSTODIAL_KEKS)


def _kek(text: str) -> tuple[str, bytes]:
    name, colon, encoded = text.partition(":")
    key = unb64(encoded)
    if not (name and colon) or len(key) != KEK_BYTES:
        raise KeysMissing("KEK_MALFORMED", "A KEK is <id>:<base64 of 32 bytes>.")
    return name, key
