"""R13: one identifier in two places makes both suspect; one site's own scans change nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.histories import replay_all
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import State
from supplychain.domain.pack_traces import PackTrace
from supplychain.domain.two_places import (
    TOGETHER,
    Doubt,
    Raised,
    Seen,
    Stay,
    standing,
    two_places,
    way_of,
)
from tests.people import CARRIER, MAKER, PHARMACY, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import LotStory

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
HERE, THERE, SELLER = PHARMACY.gln, SECOND_PHARMACY.gln, WHOLESALER.gln
YESTERDAY = AT - timedelta(days=1)
WITH_US = Stay(frozenset({HERE}), YESTERDAY)
WITH_THEM = Stay(frozenset({THERE}), YESTERDAY)
DISPENSED_THERE = replace(WITH_THEM, final=True)
ON_THE_WAY = Stay(frozenset({SELLER, HERE}), YESTERDAY)
EXPECTED, UNEXPECTED = Seen(HERE, AT, expected=True), Seen(HERE, AT, expected=False)


def raised(now: Seen, stay: Stay | None, *before: Seen) -> set[tuple[Doubt, Gln]]:
    """Each doubt with the other site; the one that nobody expects the pack at comes first."""
    found = two_places(now, stay, before)
    assert all(one.at == now.at for one in found)
    assert all((one.site == now.site) is not now.expected for one in found)
    return {(one.doubt, one.site if now.expected else one.other) for one in found}


def there(before: timedelta, *, expected: bool) -> Seen:
    return Seen(THERE, AT - before, expected)


def test_r13_a_pack_where_the_records_have_it_raises_nothing() -> None:
    assert raised(EXPECTED, WITH_US) == set()
    assert raised(EXPECTED, ON_THE_WAY) == set()


def test_r13_a_pack_that_was_dispensed_elsewhere_is_in_two_places() -> None:
    assert raised(UNEXPECTED, DISPENSED_THERE) == {(Doubt.ENDED, THERE)}


def test_r13_a_pack_that_is_held_elsewhere_is_in_two_places() -> None:
    assert raised(UNEXPECTED, WITH_THEM) == {(Doubt.HELD, THERE)}


def test_r13_a_carrier_may_have_what_is_on_the_way_and_nothing_else() -> None:
    carrier = CARRIER.gln
    assert ON_THE_WAY.expects(carrier, carries=True)
    assert not WITH_US.expects(carrier, carries=True)
    assert not ON_THE_WAY.expects(carrier)
    assert raised(Seen(carrier, AT, expected=True), ON_THE_WAY) == set()


def test_r13_a_pack_on_the_way_between_others_concerns_both_of_them() -> None:
    stray = Seen(CARRIER.gln, AT, expected=False)
    assert raised(stray, ON_THE_WAY) == {(Doubt.HELD, SELLER), (Doubt.HELD, HERE)}


def test_r13_a_pack_that_nobody_knows_is_in_two_places_when_two_see_it_at_once() -> None:
    assert raised(UNEXPECTED, None) == set()
    assert raised(UNEXPECTED, None, there(TOGETHER, expected=False)) == set()
    soon = there(TOGETHER - timedelta(seconds=1), expected=False)
    assert raised(UNEXPECTED, None, soon) == {(Doubt.SEEN, THERE)}


def test_r13_clocks_that_differ_change_nothing() -> None:
    assert raised(UNEXPECTED, None, there(-timedelta(minutes=5), expected=False))
    assert not raised(UNEXPECTED, None, there(-TOGETHER, expected=False))


def test_r13_a_hand_off_that_is_recorded_explains_two_sites_within_minutes() -> None:
    assert raised(EXPECTED, WITH_US, there(timedelta(minutes=5), expected=True)) == set()


def test_r13_who_has_it_and_who_cannot_have_it_make_a_doubt_however_late() -> None:
    assert raised(EXPECTED, WITH_US, there(timedelta(hours=20), expected=False)) == {
        (Doubt.SEEN, THERE)
    }


def test_r13_records_that_were_late_explain_who_had_it_before() -> None:
    early = there(timedelta(minutes=30), expected=False)
    late = replace(WITH_THEM, since=AT - timedelta(minutes=20))
    ours = replace(WITH_US, since=AT - timedelta(minutes=10))
    assert two_places(EXPECTED, ours, [early], (WITH_US, ours))
    assert not two_places(EXPECTED, ours, [early], (late, ours))
    assert two_places(UNEXPECTED, late, [early], (late,)), "but not who has it now"


def test_r13_what_was_before_it_came_here_is_no_concern_of_ours() -> None:
    assert raised(EXPECTED, WITH_US, there(timedelta(days=2), expected=False)) == set()


def test_r13_two_sightings_say_more_than_records_that_may_be_late() -> None:
    now = raised(UNEXPECTED, WITH_THEM, there(timedelta(minutes=5), expected=True))
    assert now == {(Doubt.SEEN, THERE)}


def test_r13_that_it_was_dispensed_says_more_than_that_it_was_seen_there_just_before() -> None:
    soon = there(timedelta(minutes=5), expected=True)
    assert raised(UNEXPECTED, DISPENSED_THERE, soon) == {(Doubt.ENDED, THERE)}
    other = Seen(SELLER, AT - timedelta(minutes=5), expected=False)
    assert raised(UNEXPECTED, DISPENSED_THERE, soon, other) == {
        (Doubt.ENDED, THERE),
        (Doubt.SEEN, SELLER),
    }


def test_r13_hours_after_it_was_seen_there_the_records_may_just_be_late() -> None:
    later = raised(UNEXPECTED, WITH_THEM, there(timedelta(hours=5), expected=True))
    assert later == {(Doubt.HELD, THERE)}


MOMENTS = st.integers(0, 10_000).map(lambda minutes: AT - timedelta(minutes=minutes))
OURS = st.builds(Seen, st.just(HERE), MOMENTS, st.booleans())


@given(st.lists(OURS, max_size=6), st.sampled_from([None, WITH_US, WITH_THEM, DISPENSED_THERE]))
def test_r13_the_same_site_repeating_a_scan_changes_nothing(
    ours: list[Seen], stay: Stay | None
) -> None:
    for now in (EXPECTED, UNEXPECTED):
        assert two_places(now, stay, ours) == two_places(now, stay, [])


@given(st.lists(st.builds(Seen, st.sampled_from([THERE, SELLER]), MOMENTS, st.booleans())))
def test_r13_nobody_is_in_doubt_against_himself(others: list[Seen]) -> None:
    for now in (EXPECTED, UNEXPECTED):
        assert all(one.site != one.other for one in two_places(now, WITH_THEM, others))


def test_an_hour_is_too_short_for_goods_to_change_hands_unrecorded() -> None:
    assert timedelta(hours=1) == TOGETHER


def test_the_way_of_a_pack_is_where_the_records_have_it_one_stay_after_the_other() -> None:
    story = LotStory.born(1)
    way = [story.stock(MAKER)]
    story.ship(MAKER, WHOLESALER, 1)
    way.append(story.stock(WHOLESALER, State.IN_TRANSIT))
    story.receive(WHOLESALER, 1)
    story.destroy(WHOLESALER, 1)
    history = replay_all(story.acts)
    way += [ref for ref in history.made if ref not in way]
    stays = way_of(history, PackTrace(tuple(way)))
    assert [(stay.sites, stay.final) for stay in stays] == [
        (frozenset({MAKER.gln}), False),
        (frozenset({MAKER.gln, SELLER}), False),
        (frozenset({SELLER}), False),
        (frozenset({SELLER}), True),
    ]
    assert [stay.since for stay in stays] == [act.at for act in story.acts]
    assert way_of(history, None) == ()


def stands(doubt: Doubt, *way: Stay) -> bool:
    return doubt in standing([Raised(doubt, HERE, THERE, AT)], way)


def test_records_that_were_late_settle_a_doubt() -> None:
    late = Stay(frozenset({HERE}), AT + timedelta(hours=1))
    for doubt in (Doubt.HELD, Doubt.SEEN):
        assert stands(doubt, WITH_THEM)
        assert not stands(doubt, WITH_THEM, late)
        assert not stands(doubt, late, replace(WITH_THEM, since=AT + TOGETHER * 9))
        assert stands(doubt, replace(late, since=YESTERDAY)), "it had been there before"
        assert stands(doubt, replace(WITH_THEM, since=late.since)), "it went elsewhere"


def test_no_record_settles_that_it_had_left_the_trade() -> None:
    assert stands(Doubt.ENDED, Stay(frozenset({HERE}), AT + timedelta(hours=1)))


def test_late_records_are_the_least_of_doubts() -> None:
    assert [one for one in Doubt if one.grave] == [Doubt.ENDED, Doubt.SEEN]
