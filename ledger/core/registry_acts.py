"""What a registry entry says: of parties, that they may sign or may not; of keys, whose they are.

These are the bodies of the ``registry.*`` statement types, read strictly and written. Whether an
act is allowed is for `ledger.core.registry`. Format: ``docs/spec/registry.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core import registry_bodies as read
from ledger.core.approvals import MEMBER as APPROVALS
from ledger.core.canonical import Json
from ledger.core.encoding import b64u
from ledger.core.errors import Refused
from ledger.core.keys import PublicKey
from ledger.core.statement import Statement

STREAM = "registry"
_OF_THE_LEDGER = frozenset({STREAM, "index"})
AUTHORITY = read.AUTHORITY
CUSTODIES = ("browser", "custodial", "file", "hsm")
REASONS = ("lost", "rotated", "compromised", "left")


def possession_message(log: str, party: str, kid: str) -> bytes:
    """What a new key signs to show that its holder wants to act for this party in this log."""
    return f"unbroken-key-possession/v1\n{log}\n{party}\n{kid}".encode()


@dataclass(frozen=True)
class AdmitParty:
    """``registry.party.admit``: a party may take part; the profile is opaque to the ledger."""

    party: str
    profile: Mapping[str, Json]

    TYPE = "registry.party.admit"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "AdmitParty":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"party", "profile"}, optional={APPROVALS})
        profile = members["profile"]
        if not isinstance(profile, dict):
            raise read.bad("The profile of a party is an object.")
        return cls(read.party(members["party"]), profile)

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"party": self.party, "profile": dict(self.profile)}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"party:{self.party}",)


@dataclass(frozen=True)
class SuspendParty:
    """``registry.party.suspend``: none of the party's keys is valid until it is reinstated."""

    party: str
    reason: str

    TYPE = "registry.party.suspend"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "SuspendParty":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"party", "reason"}, optional={APPROVALS})
        return cls(read.party(members["party"]), read.sentence(members["reason"]))

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"party": self.party, "reason": self.reason}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"party:{self.party}",)


@dataclass(frozen=True)
class ReinstateParty:
    """``registry.party.reinstate``: the party's keys are valid again, above this entry's index."""

    party: str

    TYPE = "registry.party.reinstate"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "ReinstateParty":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"party"}, optional={APPROVALS})
        return cls(read.party(members["party"]))

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"party": self.party}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"party:{self.party}",)


@dataclass(frozen=True)
class AddKey:
    """``registry.key.add``: a key acts for a party; ``proof`` is made with that key itself."""

    party: str
    key: PublicKey
    custody: str
    proof: bytes

    TYPE = "registry.key.add"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "AddKey":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        names = {"party", "jwk", "custody", "proof"}
        members = read.exactly(body, names, optional={APPROVALS})
        return cls(read.party(members["party"]), *_new_key(members))

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"party": self.party, **_key_members(self.key, self.custody, self.proof)}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"kid:{self.key.kid}", f"party:{self.party}")


@dataclass(frozen=True)
class RotateKey:
    """``registry.key.rotate``: the key ``kid``, which signs this, gives way to another one.

    ``proof`` is made with the new key, as for `AddKey`.
    """

    kid: str
    key: PublicKey
    custody: str
    proof: bytes

    TYPE = "registry.key.rotate"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "RotateKey":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"kid", "jwk", "custody", "proof"})
        return cls(read.kid(members["kid"]), *_new_key(members))

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"kid": self.kid, **_key_members(self.key, self.custody, self.proof)}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"kid:{self.kid}", f"kid:{self.key.kid}")


@dataclass(frozen=True)
class RevokeKey:
    """``registry.key.revoke``: a key is not valid any more, above this entry's index.

    ``from_index``: what it signed at this index or above is suspect; None says that nothing is.
    """

    kid: str
    reason: str
    from_index: int | None = None

    TYPE = "registry.key.revoke"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "RevokeKey":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"kid", "reason"}, optional={"from", APPROVALS})
        reason = read.one_of(REASONS, members["reason"], "reason")
        since = read.from_index(members["from"]) if "from" in members else None
        return cls(read.kid(members["kid"]), reason, since)

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        body: dict[str, Json] = {"kid": self.kid, "reason": self.reason}
        return body if self.from_index is None else {**body, "from": self.from_index}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"kid:{self.kid}",)


@dataclass(frozen=True)
class AffirmEntries:
    """``registry.entry.affirm``: a party stands by entries that its revoked key ``kid`` signed."""

    kid: str
    entries: tuple[str, ...]

    TYPE = "registry.entry.affirm"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "AffirmEntries":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = read.exactly(body, {"kid", "entries"})
        return cls(read.kid(members["kid"]), read.entry_ids(members["entries"]))

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"kid": self.kid, "entries": list(self.entries)}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under: none, for to hide it makes nothing look better."""
        return ()


Act = AdmitParty | SuspendParty | ReinstateParty | AddKey | RotateKey | RevokeKey | AffirmEntries
_ACTS: tuple[type[Act], ...] = (
    AdmitParty,
    SuspendParty,
    ReinstateParty,
    AddKey,
    RotateKey,
    RevokeKey,
    AffirmEntries,
)
TYPES: Mapping[str, type[Act]] = {act.TYPE: act for act in _ACTS}


def read_act(statement: Statement) -> Act:
    """Give the act that a registry entry states.

    Raises `Refused`: STREAM_WRONG, REGISTRY_TYPE_UNKNOWN, REGISTRY_LINKS or REGISTRY_BODY.
    """
    check_place(statement)
    kind = TYPES.get(statement.type)
    if kind is None:
        raise Refused("REGISTRY_TYPE_UNKNOWN", f"The registry knows no '{statement.type}'.")
    if statement.consumes or statement.creates:
        raise Refused("REGISTRY_LINKS", "A registry entry uses up no output and makes none.")
    if statement.sealed:
        raise read.bad("A registry entry seals nothing: all may read it.")
    return kind.parse(statement.body)


def named(act: Act) -> tuple[frozenset[str], frozenset[str]]:
    """Give the keys (by kid) and the parties that an act names."""
    match act:
        case AdmitParty() | SuspendParty() | ReinstateParty():
            return frozenset(), frozenset({act.party})
        case AddKey():
            return frozenset({act.key.kid}), frozenset({act.party})
        case RotateKey():
            return frozenset({act.kid, act.key.kid}), frozenset()
        case _:  # a revocation, an affirmation
            return frozenset({act.kid}), frozenset()


def check_place(statement: Statement) -> None:
    """Raise `Refused` (STREAM_WRONG) unless the ledger's types keep to streams of their names."""
    kind = statement.type.partition(".")[0]
    if kind != statement.stream and not _OF_THE_LEDGER.isdisjoint((kind, statement.stream)):
        message = f"A statement '{statement.type}' does not belong to stream '{statement.stream}'."
        raise Refused("STREAM_WRONG", message)


def _new_key(members: Mapping[str, Json]) -> tuple[PublicKey, str, bytes]:
    return (
        read.key(members["jwk"]),
        read.one_of(CUSTODIES, members["custody"], "custody"),
        read.proof(members["proof"]),
    )


def _key_members(key: PublicKey, custody: str, proof: bytes) -> dict[str, Json]:
    jwk: dict[str, Json] = dict(key.as_jwk())
    return {"jwk": jwk, "custody": custody, "proof": b64u(proof)}
