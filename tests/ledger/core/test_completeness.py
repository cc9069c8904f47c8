"""The last step: what the index counts is held against what is shown."""

from dataclasses import replace

import pytest

from ledger.core.evidence import Evidence
from ledger.core.findings import Findings
from ledger.core.index import OPERATOR, IndexLeaf, key_hash
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from tests.vectors.trade_of_trackers import DEVICE, KEY_OF_DEVICE, tracked
from tests.vectors.world import AT, LOT, MAKER, World, a_key, without_item


def two_words(version: int) -> World:
    """A maker says two words about the lot, at index 4 and 5."""
    world = World(version=version)
    world.join(OPERATOR)
    maker = world.join(MAKER)
    for _ in range(2):
        world.say(maker, "thing.said")
    return world


def judge(evidence: Evidence) -> Findings:
    return verify(evidence, World().policy, AT, OPENSSL)


def said_by(findings: Findings, code: str) -> set[str]:
    return {one.message for one in findings.findings if one.code == code}


def test_all_that_the_index_counts_is_there() -> None:
    for version in (1, 2):
        world = two_words(version)
        world.index()
        assert (judge(world.evidence()).valid, judge(world.evidence()).complete_to) == (True, 6)


def test_what_is_left_out_is_counted_and_nothing_is_complete() -> None:
    world = two_words(1)
    world.index()
    evidence = world.evidence()
    (last,) = (n for n, item in enumerate(evidence.items) if item.index == 5)
    found = judge(without_item(evidence, last))
    lot = f"The index has 2 entries about '{LOT}' below index 6; 1 are shown."
    assert lot in said_by(found, "ENTRIES_LEFT_OUT")
    assert found.complete_to is None


def test_of_a_key_with_nothing_shown_all_is_left_out() -> None:
    world = two_words(1)
    world.index()
    evidence = world.evidence()
    others = tuple(item for item in evidence.items if item.index not in {4, 5})
    found = judge(replace(evidence, items=others))
    lot = f"The index has 2 entries about '{LOT}' below index 6; 0 are shown."
    assert lot in said_by(found, "ENTRIES_LEFT_OUT")


def test_as_many_others_contradict_the_index_and_nothing_is_complete() -> None:
    world = two_words(1)
    world.lies[LOT] = IndexLeaf(key_hash(LOT), 2, 5, bytes(32))
    world.index()
    found = judge(world.evidence())
    lot = f"The index has 2 entries about '{LOT}' below index 6, and others than the 2 shown."
    assert said_by(found, "INDEX_CONTRADICTED") == {lot}
    assert found.complete_to is None


def test_in_a_file_of_version_2_an_index_of_version_1_proves_nothing() -> None:
    world = two_words(2)
    world.index()
    older, indexed = world.size - 1, world.indexed
    world.version = 1
    world.index()
    world.version, world.indexed = 2, indexed
    evidence = world.evidence()
    assert (judge(evidence).valid, judge(evidence).complete_to) == (True, None)
    items = sorted((*evidence.items, world.item(older)), key=lambda item: item.index)
    found = judge(replace(evidence, items=tuple(items)))
    assert (found.valid, found.complete_to) == (True, indexed)


def test_of_a_stream_that_the_index_does_not_count_nothing_is_complete() -> None:
    name = f"party:{MAKER}"
    world = two_words(1)
    world.say(a_key(MAKER), "thing.said", stream=name)
    world.index()
    assert (judge(world.evidence(name)).valid, judge(world.evidence(name)).complete_to) == (
        True,
        None,
    )


@pytest.mark.parametrize("key", [f"kid:{KEY_OF_DEVICE.kid}", f"party:{DEVICE.party}"])
def test_whoever_countersigned_may_have_been_revoked_where_the_index_is_not_asked(key: str) -> None:
    evidence = tracked()
    assert judge(evidence).complete_to is not None
    others = tuple(one for one in evidence.index if one.key != key)
    assert len(others) < len(evidence.index)
    assert judge(replace(evidence, index=others)).complete_to is None
