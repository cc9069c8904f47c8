"""Parties and their roles."""

import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin
from supplychain.domain.parties import Party, Role
from tests.people import AUDITOR, EVERYONE, MAKER, PHARMACY, REGULATOR, REPACKAGER

PROFILE: dict[str, object] = {
    "name": "Marlow Medicines",
    "roles": ["manufacturer"],
    "prefixes": ["0614141"],
    "country": "DE",
}


@pytest.mark.parametrize("party", EVERYONE, ids=lambda party: party.name)
def test_a_profile_is_written_and_read_back(party: Party) -> None:
    assert Party.from_profile(str(party.gln), party.as_profile()) == party


def test_a_maker_owns_the_gtins_under_its_prefix() -> None:
    assert MAKER.owns(Gtin("00614141123452"))
    assert not REPACKAGER.owns(Gtin("00614141123452"))
    assert not PHARMACY.owns(Gtin("00614141123452"))


def test_roles_say_what_a_party_may_do() -> None:
    makers = {party for party in EVERYONE if party.may_make}
    assert makers == {MAKER, REPACKAGER}
    assert {party for party in EVERYONE if not party.may_hold} == {REGULATOR, AUDITOR}
    assert {party for party in EVERYONE if party.is_authority} == {REGULATOR}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "TEXT_EMPTY"),
        ({"name": "x" * 201}, "TEXT_TOO_LONG"),
        ({"roles": []}, "OUT_OF_BOUNDS"),
        ({"roles": ["king"]}, "NOT_A_CHOICE"),
        ({"roles": ["manufacturer", "manufacturer"]}, "LISTED_TWICE"),
        ({"roles": "manufacturer"}, "WRONG_SHAPE"),
        ({"prefixes": ["061"]}, "INVALID_PREFIX"),
        ({"prefixes": [""]}, "TEXT_EMPTY"),
        ({"prefixes": ["0614141123452"]}, "INVALID_PREFIX"),
        ({"prefixes": ["06141a1"]}, "INVALID_PREFIX"),
        ({"prefixes": ["0614141"] * 51}, "OUT_OF_BOUNDS"),
        ({"prefixes": None}, "WRONG_SHAPE"),
        ({"country": "de"}, "INVALID_COUNTRY"),
        ({"country": "DEU"}, "INVALID_COUNTRY"),
        ({"extra": "x"}, "MEMBER_UNKNOWN"),
    ],
)
def test_a_wrong_profile_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        Party.from_profile(str(MAKER.gln), PROFILE | changed)
    assert invalid.value.code == code


def test_a_party_goes_by_its_gln() -> None:
    with pytest.raises(Invalid) as invalid:
        Party.from_profile("0614141000013", PROFILE)
    assert invalid.value.code == "INVALID_GLN"


def test_a_party_may_have_no_prefix_and_several_roles() -> None:
    profile = PROFILE | {"prefixes": [], "roles": ["carrier", "wholesaler"]}
    party = Party.from_profile(str(MAKER.gln), profile)
    assert party.prefixes == ()
    assert party.roles == {Role.CARRIER, Role.WHOLESALER}
