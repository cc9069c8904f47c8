"""Terms: authorities change from an index of the log on, and what was said in a term stays good."""

from dataclasses import replace

import pytest

from ledger.core.entry import Entry
from ledger.core.errors import Refused
from ledger.core.registry import Registry
from ledger.core.registry_acts import AdmitParty
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.terms import Term
from tests.ledger.core.test_registry import after, two_parties
from tests.vectors.world import MAKER, WHOLESALER, World, a_key

SECOND = a_key("second authority")


def changed(world: World) -> Registry:
    """The registry of a world whose authority gave way to a second one at index 4."""
    first = Term((world.authority.public,))
    registry = Registry([first, Term((SECOND.public,), since=4)])
    for index, text in enumerate(world.texts):
        registry = registry.apply(Entry.parse(text), index, OPENSSL)
    return registry


def test_a_term_is_read_as_it_is_written() -> None:
    term = Term((World().authority.public, SECOND.public), 2, 7)
    assert Term.read(term.as_members()) == term


def test_an_authority_has_the_last_word_in_its_term() -> None:
    world = two_parties()
    suspended = world.suspend(WHOLESALER, by=SECOND)
    assert changed(world).parties[WHOLESALER].suspended_at(5)
    assert suspended.envelope.kid == SECOND.kid


def test_what_an_authority_signs_after_its_term_is_nobodys_word() -> None:
    world = two_parties()
    world.suspend(WHOLESALER)
    with pytest.raises(Refused) as caught:
        changed(world)
    assert caught.value.code == "AUTHORITY_NOT_IN_OFFICE"


def test_what_an_authority_signs_before_its_term_is_nobodys_word() -> None:
    world = World()
    world.register(AdmitParty.TYPE, AdmitParty(MAKER, {}).as_body(), by=SECOND)
    with pytest.raises(Refused) as caught:
        changed(world)
    assert caught.value.code == "AUTHORITY_NOT_IN_OFFICE"


@pytest.mark.parametrize("authority", [World().authority, SECOND])
def test_a_key_of_any_term_is_no_partys(authority: PrivateKey) -> None:
    world = two_parties()
    world.suspend(WHOLESALER, by=SECOND)
    world.add_key(MAKER, authority, by=SECOND)
    with pytest.raises(Refused) as caught:
        changed(world)
    assert caught.value.code == "KEY_OF_AUTHORITY"
    lot = world.say(authority, "lot.register")
    world.texts = world.texts[:4]
    with pytest.raises(Refused) as caught:
        changed(world).authenticate(lot, 9, OPENSSL)
    assert caught.value.code == "KEY_OF_AUTHORITY"


def test_how_many_must_agree_changes_with_the_term() -> None:
    world = two_parties()
    both = Term((world.authority.public, SECOND.public), 2, since=4)
    registry = replace(after(world), terms=(Term((world.authority.public,)), both))
    alone = world.suspend(WHOLESALER)
    with pytest.raises(Refused) as caught:
        registry.apply(alone, 4, OPENSSL)
    assert caught.value.code == "AUTHORITY_QUORUM_NOT_MET"
