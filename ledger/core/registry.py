"""The registry: who may sign, told by the log itself and by nothing else.

A `Registry` is a value. Trust begins at the authority keys that the verifier's own policy
names; each registry entry, applied in the order of indices, gives the next registry. Validity
is decided by index, never by a clock. Rules: ``docs/spec/registry.md``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ledger.core.canonical import Json
from ledger.core.entry import Entry
from ledger.core.errors import Conflict, Refused
from ledger.core.keys import PublicKey, Signatures
from ledger.core.registry_acts import (
    AUTHORITY,
    AddKey,
    AdmitParty,
    RevokeKey,
    check_place,
    possession_message,
    read_act,
)


@dataclass(frozen=True)
class Party:
    """An admitted party: its profile, opaque to the ledger, and the index of its admission."""

    profile: Mapping[str, Json]
    admitted: int


@dataclass(frozen=True)
class Key:
    """A party's key: valid for every index above ``added`` and, once revoked, below ``revoked``."""

    public: PublicKey
    party: str
    custody: str
    added: int
    revoked: int | None = None


@dataclass(frozen=True)
class KeyHolder:
    """Who stands behind a signature, and where the key lives.

    An authority appears as party ``authority`` with custody ``policy`` and no profile.
    """

    key: PublicKey
    party: str
    custody: str
    profile: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Registry:
    """Authorities (kid → key), parties (name → `Party`) and keys (kid → `Key`).

    Build one from stored state with the three mappings, or from nothing with `start`.
    """

    authorities: Mapping[str, PublicKey]
    parties: Mapping[str, Party] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)

    @classmethod
    def start(cls, authorities: Iterable[PublicKey]) -> "Registry":
        """Give the registry of an empty log."""
        return cls({key.kid: key for key in authorities})

    def signer(self, kid: str, index: int) -> KeyHolder:
        """Give the party whose key is valid for an entry at this index.

        Raises `Refused`: KEY_UNKNOWN, KEY_NOT_YET_VALID, KEY_REVOKED, or KEY_OF_AUTHORITY,
        because an authority signs the registry and nothing else.
        """
        if kid in self.authorities:
            message = f"Key {kid} is an authority's; it signs registry entries only."
            raise Refused("KEY_OF_AUTHORITY", message)
        key = self._key(kid)
        if index <= key.added:
            message = f"Key {kid} was added at index {key.added}, not before index {index}."
            raise Refused("KEY_NOT_YET_VALID", message)
        if key.revoked is not None and index >= key.revoked:
            message = f"Key {kid} is revoked from index {key.revoked}; the entry is at {index}."
            raise Refused("KEY_REVOKED", message)
        return KeyHolder(key.public, key.party, key.custody, self.parties[key.party].profile)

    def author(self, kid: str, index: int) -> KeyHolder:
        """Give the authority or the party that signs a registry entry; `Refused` as `signer`."""
        authority = self.authorities.get(kid)
        if authority is None:
            return self.signer(kid, index)
        return KeyHolder(authority, AUTHORITY, "policy")

    def authenticate(self, entry: Entry, index: int, signatures: Signatures) -> KeyHolder:
        """Give the signer of an entry at this index, its signature checked.

        Raises `Refused` as `signer`, and STREAM_WRONG and SIGNATURE_BAD.
        """
        check_place(entry.statement)
        registers = entry.statement.type.startswith("registry.")
        find = self.author if registers else self.signer
        holder = find(entry.envelope.kid, index)
        envelope = entry.envelope
        if not signatures.es256(holder.key, envelope.signing_input, envelope.signature):
            message = f"The signature is not one of key {envelope.kid} over this text."
            raise Refused("SIGNATURE_BAD", message)
        return holder

    def apply(self, entry: Entry, index: int, signatures: Signatures) -> "Registry":
        """Give the registry after a registry entry at this index, its signature checked.

        Raises `Refused` as `authenticate` and `read_act` do, and NOT_PERMITTED, PARTY_UNKNOWN,
        KEY_OF_AUTHORITY, POSSESSION_NOT_PROVEN, REVOCATION_AHEAD; `Conflict`: PARTY_KNOWN,
        KEY_KNOWN, KEY_ALREADY_REVOKED.
        """
        act = read_act(entry.statement)
        holder = self.authenticate(entry, index, signatures)
        if isinstance(act, RevokeKey):
            return self._revoke(act, index, holder.party)
        if holder.party != AUTHORITY:
            message = f"Only an authority signs '{act.TYPE}', and '{holder.party}' is none."
            raise Refused("NOT_PERMITTED", message)
        if isinstance(act, AdmitParty):
            return self._admit(act, index)
        self._check_possession(act, entry.statement.log, signatures)
        return self._add(act, index)

    def _admit(self, act: AdmitParty, index: int) -> "Registry":
        if act.party in self.parties:
            raise Conflict("PARTY_KNOWN", f"Party '{act.party}' is admitted already.")
        party = Party(act.profile, index)
        return replace(self, parties={**self.parties, act.party: party})

    def _add(self, act: AddKey, index: int) -> "Registry":
        kid = act.key.kid
        if act.party not in self.parties:
            raise Refused("PARTY_UNKNOWN", f"No party '{act.party}' has been admitted.")
        if kid in self.authorities:
            raise Refused("KEY_OF_AUTHORITY", f"Key {kid} is an authority's and no party's.")
        if kid in self.keys:
            raise Conflict("KEY_KNOWN", f"Key {kid} has been added before; a key is added once.")
        key = Key(act.key, act.party, act.custody, index)
        return replace(self, keys={**self.keys, kid: key})

    def _revoke(self, act: RevokeKey, index: int, by: str) -> "Registry":
        key = self._key(act.kid)
        if by != AUTHORITY and (by != key.party or act.from_index is not None):
            message = "A party revokes its own keys only, and from the revocation's own index."
            raise Refused("NOT_PERMITTED", message)
        start = index if act.from_index is None else act.from_index
        if start > index:
            message = f"A revocation at index {index} can not begin later, at {start}."
            raise Refused("REVOCATION_AHEAD", message)
        if key.revoked is not None and key.revoked <= start:
            message = f"Key {act.kid} is revoked from index {key.revoked} already."
            raise Conflict("KEY_ALREADY_REVOKED", message)
        return replace(self, keys={**self.keys, act.kid: replace(key, revoked=start)})

    def _key(self, kid: str) -> Key:
        key = self.keys.get(kid)
        if key is None:
            raise Refused("KEY_UNKNOWN", f"No registry entry shown here adds key {kid}.")
        return key

    @staticmethod
    def _check_possession(act: AddKey, log: str, signatures: Signatures) -> None:
        message = possession_message(log, act.party, act.key.kid)
        if not signatures.es256(act.key, message, act.proof):
            text = f"Key {act.key.kid} has not signed that it acts for '{act.party}' in this log."
            raise Refused("POSSESSION_NOT_PROVEN", text)
