"""The registry: who may sign, told by the log itself and by nothing else.

A `Registry` is a value. Trust begins at the authority keys that the verifier's own policy
names; each registry entry, applied in the order of indices, gives the next registry. Validity
is decided by index, never by a clock. Rules: ``docs/spec/registry.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from ledger.core.approvals import check_approvals, refuse_approvals
from ledger.core.countersignatures import check_countersignatures
from ledger.core.entry import Entry
from ledger.core.errors import Conflict, Refused
from ledger.core.keys import PublicKey, Signatures
from ledger.core.registered import Affirmation, Key, KeyHolder, Party, keeper
from ledger.core.registry_acts import (
    AUTHORITY,
    Act,
    AddKey,
    AdmitParty,
    AffirmEntries,
    ReinstateParty,
    RevokeKey,
    RotateKey,
    SuspendParty,
    check_place,
    possession_message,
    read_act,
)
from ledger.core.terms import Term, term_at

__all__ = ["Affirmation", "Key", "KeyHolder", "Party", "Registry"]


@dataclass(frozen=True)
class Registry:
    """Terms of authorities, parties (name → `Party`) and keys (kid → `Key`).

    Build one of nothing with the terms of a policy; of stored state with the mappings.
    """

    terms: Sequence[Term]
    parties: Mapping[str, Party] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    affirmations: tuple[Affirmation, ...] = ()

    def signer(self, kid: str, index: int) -> KeyHolder:
        """Give the party whose key is valid for an entry at this index.

        Raises `Refused`: KEY_UNKNOWN, KEY_NOT_YET_VALID, KEY_REVOKED, PARTY_SUSPENDED, or
        KEY_OF_AUTHORITY, because an authority signs the registry and nothing else.
        """
        if kid in self._authorities:
            message = f"Key {kid} is an authority's; it signs registry entries only."
            raise Refused("KEY_OF_AUTHORITY", message)
        key = self._key(kid)
        if index <= key.added:
            message = f"Key {kid} was added at index {key.added}, not before index {index}."
            raise Refused("KEY_NOT_YET_VALID", message)
        if key.revoked is not None and index >= key.revoked:
            message = f"Key {kid} is revoked from index {key.revoked}; the entry is at {index}."
            raise Refused("KEY_REVOKED", message)
        party = self.parties[key.party]
        if party.suspended_at(index):
            message = f"Party '{key.party}' is suspended at index {index}."
            raise Refused("PARTY_SUSPENDED", message)
        return KeyHolder(key.public, key.party, key.custody, party.profile)

    def author(self, kid: str, index: int) -> KeyHolder:
        """Give the authority or the party that signs a registry entry.

        Raises `Refused` as `signer`, and AUTHORITY_NOT_IN_OFFICE.
        """
        if kid not in self._authorities:
            return self.signer(kid, index)
        authority = term_at(self.terms, index).keys.get(kid)
        if authority is None:
            message = f"Key {kid} is an authority's, but not in the term of index {index}."
            raise Refused("AUTHORITY_NOT_IN_OFFICE", message)
        return KeyHolder(authority, AUTHORITY, "policy")

    @cached_property
    def _authorities(self) -> frozenset[str]:
        """The keys of all terms: none of them is ever a party's."""
        return frozenset(kid for term in self.terms for kid in term.keys)

    def authenticate(self, entry: Entry, index: int, signatures: Signatures) -> KeyHolder:
        """Give the signer of an entry at this index, its signature checked.

        Raises `Refused` as `signer`, also for whoever countersigned it, and STREAM_WRONG,
        SIGNATURE_BAD and COUNTERSIGNATURE_BAD.
        """
        check_place(entry.statement)
        registers = entry.statement.type.startswith("registry.")
        find = self.author if registers else self.signer
        holder = find(entry.envelope.kid, index)
        envelope = entry.envelope
        if not signatures.es256(holder.key, envelope.signing_input, envelope.signature):
            message = f"The signature is not one of key {envelope.kid} over this text."
            raise Refused("SIGNATURE_BAD", message)
        check_countersignatures(entry, partial(self.signer, index=index), signatures)
        return holder

    def apply(self, entry: Entry, index: int, signatures: Signatures) -> "Registry":
        """Give the registry after a registry entry at this index, its signature checked.

        Raises `Refused` as `authenticate` and `read_act` do, and NOT_PERMITTED, APPROVAL_BAD,
        AUTHORITY_QUORUM_NOT_MET, PARTY_UNKNOWN, KEY_OF_AUTHORITY, POSSESSION_NOT_PROVEN,
        REVOCATION_AHEAD, KEY_NOT_SUSPECT; `Conflict`: PARTY_KNOWN, PARTY_ALREADY_SUSPENDED,
        PARTY_NOT_SUSPENDED, KEY_KNOWN, KEY_ALREADY_REVOKED.
        """
        act = read_act(entry.statement)
        by = self.authenticate(entry, index, signatures).party
        if by == AUTHORITY:
            term = term_at(self.terms, index)
            check_approvals(entry, term.keys, term.quorum, signatures)
            return self._apply_of_authority(act, entry, index, signatures)
        refuse_approvals(entry.statement.body)
        return self._apply_of_party(act, entry, index, signatures, by)

    def _apply_of_authority(
        self, act: Act, entry: Entry, index: int, signatures: Signatures
    ) -> "Registry":
        match act:
            case AdmitParty():
                return self._admit(act, index)
            case SuspendParty():
                return self._suspend(act, index)
            case ReinstateParty():
                return self._reinstate(act, index)
            case AddKey():
                return self._add(act, entry.statement.log, index, signatures)
            case RevokeKey():
                return self._revoke(act, index)
            case _:
                message = f"A party signs '{act.TYPE}', for itself; an authority does not."
                raise Refused("NOT_PERMITTED", message)

    def _apply_of_party(
        self, act: Act, entry: Entry, index: int, signatures: Signatures, by: str
    ) -> "Registry":
        match act:
            case RotateKey():
                return self._rotate(act, entry, index, signatures)
            case RevokeKey():
                self._check_own(act, by)
                return self._revoke(act, index)
            case AffirmEntries():
                return self._affirm(act, entry.envelope.kid, index, by)
            case _:
                message = f"Only an authority signs '{act.TYPE}', and '{by}' is none."
                raise Refused("NOT_PERMITTED", message)

    def suspected(self, kid: str, index: int) -> int | None:
        """Give the index at which an entry of this key at ``index`` became suspect, or None."""
        key = self.keys.get(kid)
        return key.suspected(index) if key else None

    def affirmed(self) -> set[tuple[str, str]]:
        """Give what parties stand by: pairs of a kid and the id of an entry signed with it.

        An affirmation that is suspect itself counts for nothing.
        """
        return {
            (one.kid, entry_id)
            for one in self.affirmations
            if self.suspected(one.by, one.at) is None
            for entry_id in one.entries
        }

    # --- parties ----------------------------------------------------------------------------------

    def _admit(self, act: AdmitParty, index: int) -> "Registry":
        if act.party in self.parties:
            raise Conflict("PARTY_KNOWN", f"Party '{act.party}' is admitted already.")
        return self._with_party(act.party, Party(act.profile, index))

    def _suspend(self, act: SuspendParty, index: int) -> "Registry":
        party = self._party(act.party)
        if party.suspended:
            message = f"Party '{act.party}' is suspended already."
            raise Conflict("PARTY_ALREADY_SUSPENDED", message)
        return self._with_party(act.party, party.suspend(index))

    def _reinstate(self, act: ReinstateParty, index: int) -> "Registry":
        party = self._party(act.party)
        if not party.suspended:
            raise Conflict("PARTY_NOT_SUSPENDED", f"Party '{act.party}' is not suspended.")
        return self._with_party(act.party, party.reinstate(index))

    def _with_party(self, name: str, party: Party) -> "Registry":
        return replace(self, parties={**self.parties, name: party})

    def _party(self, name: str) -> Party:
        party = self.parties.get(name)
        if party is None:
            raise Refused("PARTY_UNKNOWN", f"No party '{name}' has been admitted.")
        return party

    # --- keys -------------------------------------------------------------------------------------

    def _add(self, act: AddKey, log: str, index: int, signatures: Signatures) -> "Registry":
        _check_possession(act.key, act.party, log, act.proof, signatures)
        self._party(act.party)
        self._check_new(act.key.kid)
        return self._with_keys({act.key.kid: Key(act.key, act.party, act.custody, index)})

    def _rotate(
        self, act: RotateKey, entry: Entry, index: int, signatures: Signatures
    ) -> "Registry":
        """The old key brings in the new one and ends: no authority is needed."""
        old, kid = self._key(act.kid), act.key.kid
        if entry.envelope.kid != act.kid:
            raise Refused("NOT_PERMITTED", f"Key {act.kid} is rotated by itself and no other.")
        _check_possession(act.key, old.party, entry.statement.log, act.proof, signatures)
        self._check_new(kid)
        ended = replace(old.end(index), successor=kid)
        return self._with_keys({act.kid: ended, kid: Key(act.key, old.party, act.custody, index)})

    def _check_own(self, act: RevokeKey, by: str) -> None:
        party = self._key(act.kid).party
        if by not in (party, keeper(party)) or act.from_index is not None:
            message = (
                "A party revokes its own and its devices' keys, from the revocation's index on."
            )
            raise Refused("NOT_PERMITTED", message)

    def _revoke(self, act: RevokeKey, index: int) -> "Registry":
        key, since = self._key(act.kid), act.from_index
        if since is not None and since > index:
            message = f"A revocation at index {index} can not begin later, at {since}."
            raise Refused("REVOCATION_AHEAD", message)
        if not key.may_end(since):
            message = f"Key {act.kid} is revoked from index {key.revoked} already."
            raise Conflict("KEY_ALREADY_REVOKED", message)
        ended = {act.kid: key} if since is None else dict(self._line(act.kid))
        return self._with_keys({kid: one.end(index, since) for kid, one in ended.items()})

    def _line(self, kid: str) -> Iterator[tuple[str, Key]]:
        """Give a key and, one after the other, those that rotations brought in from it.

        A thief may have rotated the key to one of his own: they fall with it.
        """
        following: str | None = kid
        while following is not None:
            key = self.keys[following]
            yield following, key
            following = key.successor

    def _affirm(self, act: AffirmEntries, signer: str, index: int, by: str) -> "Registry":
        key = self._key(act.kid)
        if by != key.party:
            message = f"Only party '{key.party}' affirms what its key {act.kid} signed."
            raise Refused("NOT_PERMITTED", message)
        if not key.suspicions:
            message = f"Nothing that key {act.kid} signed is suspect."
            raise Refused("KEY_NOT_SUSPECT", message)
        affirmation = Affirmation(act.kid, act.entries, signer, index)
        return replace(self, affirmations=(*self.affirmations, affirmation))

    def _with_keys(self, keys: Mapping[str, Key]) -> "Registry":
        return replace(self, keys={**self.keys, **keys})

    def _check_new(self, kid: str) -> None:
        if kid in self._authorities:
            raise Refused("KEY_OF_AUTHORITY", f"Key {kid} is an authority's and no party's.")
        if kid in self.keys:
            raise Conflict("KEY_KNOWN", f"Key {kid} has been added before; a key is added once.")

    def _key(self, kid: str) -> Key:
        key = self.keys.get(kid)
        if key is None:
            raise Refused("KEY_UNKNOWN", f"No registry entry shown here adds key {kid}.")
        return key


def _check_possession(
    key: PublicKey, party: str, log: str, proof: bytes, signatures: Signatures
) -> None:
    if not signatures.es256(key, possession_message(log, party, key.kid), proof):
        text = f"Key {key.kid} has not signed that it acts for '{party}' in this log."
        raise Refused("POSSESSION_NOT_PROVEN", text)
