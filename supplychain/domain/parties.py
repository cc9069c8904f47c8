"""Parties: licensed companies and sites, by GLN, with the roles the authority admitted them for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, is_digits
from supplychain.domain.members import choice, members, sequence, text

PREFIX_LENGTHS = range(4, 13)
_NAME_MAX = 200
_PREFIXES_MAX = 50
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class Role(StrEnum):
    """What a party is licensed to be."""

    MANUFACTURER = "manufacturer"
    REPACKAGER = "repackager"
    WHOLESALER = "wholesaler"
    CARRIER = "carrier"
    DISPENSER = "dispenser"
    AUTHORITY = "authority"
    AUDITOR = "auditor"


MAKING = frozenset({Role.MANUFACTURER, Role.REPACKAGER})
HOLDING = MAKING | {Role.WHOLESALER, Role.CARRIER, Role.DISPENSER}


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the registry admitted it."""

    gln: Gln
    name: str
    roles: frozenset[Role]
    prefixes: tuple[str, ...] = ()
    country: str = ""

    @classmethod
    def from_profile(cls, party_id: str, profile: Mapping[str, object]) -> Self:
        """Read the profile of a `registry.party.admit`. Raises Invalid."""
        found = members(profile, "profile", ("name", "roles", "prefixes", "country"))
        return cls(
            gln=Gln.parse(party_id),
            name=text(found["name"], "profile.name", _NAME_MAX),
            roles=_roles(found["roles"]),
            prefixes=_prefixes(found["prefixes"]),
            country=_country(found["country"]),
        )

    def as_profile(self) -> dict[str, Json]:
        """The profile that `from_profile` reads, in its one spelling."""
        return {
            "name": self.name,
            "roles": [*sorted(role.value for role in self.roles)],
            "prefixes": list(self.prefixes),
            "country": self.country,
        }

    @property
    def may_make(self) -> bool:
        """Whether the party may register lots at all."""
        return bool(self.roles & MAKING)

    @property
    def may_hold(self) -> bool:
        """Whether goods may be handed to the party."""
        return bool(self.roles & HOLDING)

    @property
    def is_authority(self) -> bool:
        """Whether the party is an authority."""
        return Role.AUTHORITY in self.roles

    def owns(self, gtin: Gtin) -> bool:
        """Whether the GTIN was given out under one of the party's GS1 company prefixes."""
        return any(gtin.owned_by(prefix) for prefix in self.prefixes)


def _roles(value: object) -> frozenset[Role]:
    listed = sequence(value, "profile.roles", len(Role))
    roles = frozenset(choice(role, "profile.roles", Role) for role in listed)
    if len(roles) != len(listed):
        raise Invalid("LISTED_TWICE", "profile.roles: a role is listed twice.")
    return roles


def _prefixes(value: object) -> tuple[str, ...]:
    if value in ([], ()):
        return ()
    prefixes = sequence(value, "profile.prefixes", _PREFIXES_MAX)
    return tuple(_prefix(prefix) for prefix in prefixes)


def _prefix(value: object) -> str:
    prefix = text(value, "profile.prefixes")
    if len(prefix) not in PREFIX_LENGTHS or not is_digits(prefix):
        raise Invalid(
            "INVALID_PREFIX", f"GS1 company prefix {prefix[:40]!r}: expected 4 to 12 digits."
        )
    return prefix


def _country(value: object) -> str:
    country = text(value, "profile.country")
    if not _COUNTRY.fullmatch(country):
        raise Invalid("INVALID_COUNTRY", f"Country {country[:40]!r}: expected two capital letters.")
    return country
