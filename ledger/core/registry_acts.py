"""What a registry entry says: a party admitted, a key added, a key revoked.

These are the bodies of the three ``registry.*`` statement types, read strictly and written.
Whether an act is allowed is for `ledger.core.registry`. Format: ``docs/spec/registry.md``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.core.canonical import Json
from ledger.core.encoding import b64u, unb64u
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import PublicKey
from ledger.core.statement import Statement

STREAM = "registry"
_OF_THE_LEDGER = frozenset({STREAM, "index"})
AUTHORITY = "authority"
"""The party name under which an authority acts; no party is admitted by this name."""
CUSTODIES = ("browser", "custodial", "file", "hsm")
REASONS = ("lost", "rotated", "compromised", "left")
PARTY_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
KID_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


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
        members = _exactly(body, {"party", "profile"})
        profile = members["profile"]
        if not isinstance(profile, dict):
            raise _bad("The profile of a party is an object.")
        return cls(_party(members["party"]), profile)

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        return {"party": self.party, "profile": dict(self.profile)}

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
        members = _exactly(body, {"party", "jwk", "custody", "proof"})
        return cls(
            party=_party(members["party"]),
            key=_key(members["jwk"]),
            custody=_one_of(CUSTODIES, members["custody"], "custody"),
            proof=_proof(members["proof"]),
        )

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        jwk: dict[str, Json] = dict(self.key.as_jwk())
        return {"party": self.party, "jwk": jwk, "custody": self.custody, "proof": b64u(self.proof)}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"kid:{self.key.kid}", f"party:{self.party}")


@dataclass(frozen=True)
class RevokeKey:
    """``registry.key.revoke``: a key is no longer valid, from an index on.

    ``from_index`` is None when the revocation holds from its own index.
    """

    kid: str
    reason: str
    from_index: int | None = None

    TYPE = "registry.key.revoke"

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> "RevokeKey":
        """Read the body; `Refused` (REGISTRY_BODY) when it is of another shape."""
        members = _exactly(body, {"kid", "reason"}, optional={"from"})
        kid = members["kid"]
        if not isinstance(kid, str) or not KID_PATTERN.fullmatch(kid):
            raise _bad("A kid is a thumbprint of 43 base64url characters.")
        reason = _one_of(REASONS, members["reason"], "reason")
        return cls(kid, reason, _from_index(members["from"]) if "from" in members else None)

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        body: dict[str, Json] = {"kid": self.kid, "reason": self.reason}
        return body if self.from_index is None else {**body, "from": self.from_index}

    @property
    def about(self) -> tuple[str, ...]:
        """The index keys that this counts under."""
        return (f"kid:{self.kid}",)


Act = AdmitParty | AddKey | RevokeKey
TYPES: Mapping[str, type[AdmitParty | AddKey | RevokeKey]] = {
    AdmitParty.TYPE: AdmitParty,
    AddKey.TYPE: AddKey,
    RevokeKey.TYPE: RevokeKey,
}


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
        raise _bad("A registry entry seals nothing: all may read it.")
    return kind.parse(statement.body)


def check_place(statement: Statement) -> None:
    """Raise `Refused` (STREAM_WRONG) unless the ledger's types keep to streams of their names."""
    kind = statement.type.partition(".")[0]
    if kind != statement.stream and not _OF_THE_LEDGER.isdisjoint((kind, statement.stream)):
        message = f"A statement '{statement.type}' does not belong to stream '{statement.stream}'."
        raise Refused("STREAM_WRONG", message)


def _bad(message: str) -> Refused:
    return Refused("REGISTRY_BODY", message)


def _exactly(
    body: Mapping[str, Json], names: set[str], *, optional: set[str] | None = None
) -> Mapping[str, Json]:
    if body.keys() - (optional or set()) != names:
        raise _bad(f"The body has exactly the members {sorted(names)}.")
    return body


def _party(value: Json) -> str:
    if not isinstance(value, str) or not PARTY_PATTERN.fullmatch(value) or value == AUTHORITY:
        raise _bad(f"A party is named by 1 to 64 letters, digits and . _ : -, not '{AUTHORITY}'.")
    return value


def _key(value: Json) -> PublicKey:
    if not isinstance(value, dict):
        raise _bad("A key is a JWK object.")
    try:
        return PublicKey.parse_jwk(value)
    except Malformed as fault:
        raise _bad(f"The key is not usable: {fault.message}") from fault


def _one_of(known: tuple[str, ...], value: Json, what: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise _bad(f"The {what} is one of {', '.join(known)}.")
    return value


def _proof(value: Json) -> bytes:
    if not isinstance(value, str):
        raise _bad("The proof of possession is a signature in base64url.")
    try:
        return unb64u(value)
    except Malformed as fault:
        raise _bad(f"The proof of possession is not base64url: {fault.message}") from fault


def _from_index(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad("A revocation holds from an index, a whole number from 0 on.")
    return value
