"""Stolen keys, and who stands by what they signed: step 16."""

from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from tests.vectors.stories import MAKERS, PHARMACYS, SECOND, WHOLESALERS, story
from tests.vectors.world import (
    WHOLESALER,
    World,
    output,
)


def _stolen(since: int = 10) -> World:
    """The wholesaler's key, which signed the entry at index 10, was stolen since `since`."""
    world = story()
    world.revoke(WHOLESALERS, since=since)
    return world


def suspect() -> Evidence:
    return _stolen().evidence()


def suspect_in_both_hands() -> Evidence:
    """One thief, two keys: the receipt of a suspect vouches for nothing."""
    world = _stolen(since=9)
    world.revoke(MAKERS, since=8)
    return world.evidence()


def received_too_late() -> Evidence:
    """The receipt came when all could know that the dispatch is suspect."""
    world = _stolen()
    passed_on = Entry.parse(world.texts[10])
    world.say(PHARMACYS, "custody.receive", consumes=(output(passed_on),), creates=1)
    return world.evidence()


def received_in_time() -> Evidence:
    """The dispatch was received before anybody said that its key was stolen."""
    world = story()
    passed_on = Entry.parse(world.texts[10])
    world.say(PHARMACYS, "custody.receive", consumes=(output(passed_on),), creates=1)
    world.revoke(WHOLESALERS, since=10)
    return world.evidence()


def used_by_its_own_party() -> Evidence:
    """The party's other key went on from it, before the theft was told: it vouches for nothing."""
    world = story()
    world.add_key(WHOLESALER, SECOND)
    passed_on = Entry.parse(world.texts[10])
    world.say(SECOND, "custody.void", consumes=(output(passed_on),), creates=1)
    world.revoke(WHOLESALERS, since=10)
    return world.evidence()


def affirmed() -> Evidence:
    world = _stolen()
    world.add_key(WHOLESALER, SECOND)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    return world.evidence()


def affirmed_by_the_thief() -> Evidence:
    """The thief had the party's second key too, and stood by what he had signed."""
    world = story()
    world.add_key(WHOLESALER, SECOND)
    world.revoke(WHOLESALERS, since=10)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    world.revoke(SECOND, since=13)
    return world.evidence()


def signed_by_a_fallen_key() -> Evidence:
    """A key that a suspect rotation brought in is revoked together with the one it came from."""
    world = story()
    world.rotate(WHOLESALER, WHOLESALERS, SECOND)
    world.revoke(WHOLESALERS, since=11)
    world.say(SECOND, "custody.note")
    return world.evidence()


def suspect_by_a_fallen_key() -> Evidence:
    world = story()
    world.rotate(WHOLESALER, WHOLESALERS, SECOND)
    world.say(SECOND, "custody.note")
    world.revoke(WHOLESALERS, since=11)
    return world.evidence()


def affirmed_without_need() -> Evidence:
    world = story()
    world.revoke(WHOLESALERS)
    world.add_key(WHOLESALER, SECOND)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    return world.evidence()


def affirmed_by_another_party() -> Evidence:
    world = _stolen()
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=MAKERS)
    return world.evidence()
