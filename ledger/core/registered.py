"""What the registry holds: parties and keys, and from which index to which each may be relied on.

Everything is told by index: no clock has a say. Rules: ``docs/spec/registry.md``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ledger.core.canonical import Json
from ledger.core.keys import PublicKey


def keeper(party: str) -> str:
    """Whose this party is, by its name: what stands before the last colon, empty where none does.

    So devices are named, whose keys their owner may end.
    """
    return party.rpartition(":")[0]


@dataclass(frozen=True)
class Suspension:
    """A party may not sign above the index ``since`` and, once reinstated, below ``until``."""

    since: int
    until: int | None = None


@dataclass(frozen=True)
class Party:
    """An admitted party: its profile, opaque to the ledger, and the index of its admission."""

    profile: Mapping[str, Json]
    admitted: int
    suspensions: tuple[Suspension, ...] = ()

    @property
    def suspended(self) -> bool:
        """Whether the last suspension has not ended."""
        return bool(self.suspensions) and self.suspensions[-1].until is None

    def suspended_at(self, index: int) -> bool:
        """Whether none of its keys is valid for an entry at this index."""
        return any(
            one.since < index and (one.until is None or index < one.until)
            for one in self.suspensions
        )

    def suspend(self, index: int) -> "Party":
        """Give the party after a suspension at this index."""
        return replace(self, suspensions=(*self.suspensions, Suspension(index)))

    def reinstate(self, index: int) -> "Party":
        """Give the party after the end of its last suspension at this index."""
        *others, last = self.suspensions
        return replace(self, suspensions=(*others, replace(last, until=index)))


@dataclass(frozen=True)
class Suspicion:
    """Somebody else may have signed at ``since`` and above; an authority said so at ``told``."""

    since: int
    told: int


@dataclass(frozen=True)
class Key:
    """A party's key: valid for every index above ``added`` and, once revoked, below ``revoked``.

    ``successor`` is the kid that it brought in when it was rotated. What it signed at an index from
    ``suspect_from`` on is suspect.
    """

    public: PublicKey
    party: str
    custody: str
    added: int
    revoked: int | None = None
    successor: str | None = None
    suspicions: tuple[Suspicion, ...] = ()

    @property
    def suspect_from(self) -> int | None:
        """The first index at which somebody else may have signed, None while no one says so."""
        return min((one.since for one in self.suspicions), default=None)

    def suspected(self, index: int) -> int | None:
        """Give the index at which what it signed at ``index`` became suspect; None: it did not."""
        return next((one.told for one in self.suspicions if one.since <= index), None)

    def may_end(self, since: int | None) -> bool:
        """Whether a revocation changes anything: the first, or one that reaches further back."""
        if self.revoked is None:
            return True
        if since is None or since > self.revoked:
            return False
        return self.suspect_from is None or since < self.suspect_from

    def end(self, index: int, since: int | None = None) -> "Key":
        """Give the key after a revocation at this index; it stays revoked from the first one on."""
        told = () if since is None else (Suspicion(since, index),)
        revoked = index if self.revoked is None else self.revoked
        return replace(self, revoked=revoked, suspicions=(*self.suspicions, *told))


@dataclass(frozen=True)
class Affirmation:
    """That a party stands by entries signed with its key ``kid``; signed with ``by`` at ``at``."""

    kid: str
    entries: Collection[str]
    by: str
    at: int


@dataclass(frozen=True)
class KeyHolder:
    """Who stands behind a signature, and where the key lives.

    An authority appears as party ``authority`` with custody ``policy`` and no profile.
    """

    key: PublicKey
    party: str
    custody: str
    profile: Mapping[str, Json] = field(default_factory=dict)
