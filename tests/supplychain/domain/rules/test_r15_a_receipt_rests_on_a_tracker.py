"""R15: a receipt may rest on the giver's tracker, and says just what that leaves untold."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ClaimedState, ConditionsClaim, Interval
from supplychain.domain.errors import Invalid
from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import State
from supplychain.domain.rides import RIDES_MAX, Ride
from supplychain.domain.statements import ConditionsRecord, Lose, LossKind, Return, Ship
from supplychain.domain.tracker_claim import STRETCHES_MAX, TrackerClaim
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import DAY_ONE, HOUR, READINGS, LotStory
from tests.supplychain.domain.rules.breaking import broken

SENT = DAY_ONE + HOUR  # the birth is at DAY_ONE
MINUTE = timedelta(minutes=1)
ALONG = ("R15", "TRACKER_NOT_ALONG")
OTHERWISE = ("R15", "TRACKER_TOLD_OTHERWISE")


def chain(numbers: Iterable[int], device: str = "TRK-7") -> list[Batch]:
    """Batches of which each names the one before it."""
    made: list[Batch] = []
    for n in numbers:
        before = made[-1].digest("", str(MAKER.gln)) if made else "00" * 32
        made.append(Batch(device, n, f"{n:064x}", before if n > 1 else ""))
    return made


def minutes(start: float, end: float) -> Interval:
    """So many minutes after the dispatch."""
    return Interval(SENT + start * MINUTE, SENT + end * MINUTE)


def told(
    story: LotStory, batch: Batch, of: Interval, state: str = "IN_RANGE", every_s: int = 300
) -> str:
    """The maker signs a batch for the goods on their way: as a rule a reading every 5 minutes."""
    ref = story.stock(WHOLESALER, State.IN_TRANSIT)
    series = replace(
        READINGS.series[0], device=batch.device, root=batch.root, first=of.start, last=of.end
    )
    other = replace(series, device="FRIDGE-1", root="ef" * 32, interval_s=99_999)
    readings = replace(
        READINGS,
        state=ClaimedState(state),
        covers=of,
        series=(replace(series, interval_s=every_s), other),
    )
    said = ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=story.state.outputs[ref].quantity,
        state=State.IN_TRANSIT,
        conditions=ConditionsClaim(readings=readings),
        to=WHOLESALER.gln,
        batch=batch,
    )
    return story.tell(MAKER, said, ref, at=max(of.end, story.state.outputs[ref].made_at))


def sent() -> LotStory:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100, at=SENT)
    return story


def on_the_way(*of: Interval, numbers: Iterable[int] = range(4, 99)) -> LotStory:
    """A hundred units on the way, and a batch that tells of each of these times."""
    story = sent()
    for batch, interval in zip(chain(numbers), of, strict=False):
        told(story, batch, interval)
    return story


def rests(
    first: int,
    last: int,
    until: float,
    *gaps: tuple[float, float],
    missing: int = 0,
    device: str = "TRK-7",
) -> ConditionsClaim:
    """What a receipt says that comes so many minutes after the dispatch."""
    claim = TrackerClaim(
        device=device,
        first=first,
        last=last,
        missing=missing,
        covers=minutes(0, until),
        gaps=tuple(minutes(*gap) for gap in gaps),
    )
    return ConditionsClaim(tracker=claim)


def received(story: LotStory, conditions: ConditionsClaim, units: int = 100) -> str:
    assert conditions.tracker
    return story.receive(WHOLESALER, units, conditions=conditions, at=conditions.tracker.covers.end)


def refused(story: LotStory, conditions: ConditionsClaim) -> tuple[str, str]:
    assert conditions.tracker
    story.clock = conditions.tracker.covers.end
    said = LotStory.receipt_of(MAKER, WHOLESALER, 100)
    ref = story.stock(WHOLESALER, State.IN_TRANSIT)
    return broken(story, WHOLESALER, replace(said, conditions=conditions), ref)


def test_what_batches_tell_from_dispatch_to_receipt_is_told() -> None:
    story = on_the_way(minutes(-20, 55), minutes(55, 115))
    entry = received(story, rests(4, 5, 118))
    assert story.balance() == {"held": 100}
    history = replay_all(story.acts)
    assert history.broken == ()
    assert history.on_the_way(history.acts[entry]) == tuple(history.acts)[2:4]


@pytest.mark.parametrize(
    ("of", "until", "gaps"),
    [
        ([(0, 60)], 65, []),  # one interval at the end
        ([(0, 60)], 66, [(60, 66)]),
        ([(5, 60)], 60, []),  # one interval at the start
        ([(6, 60)], 60, [(0, 6)]),
        ([(0, 60), (90, 120)], 120, []),  # what is no gap in one logger's readings (C9)
        ([(0, 60), (91, 120)], 120, [(60, 91)]),
        ([(0, 60), (200, 260)], 120, [(60, 120)]),  # of the time after the receipt
        ([(-90, -40), (0, 60)], 60, []),  # of the time before the dispatch
        ([(-90, -40)], 60, [(0, 60)]),
        ([(-90, 0), (40, 60)], 60, [(0, 40)]),
        ([(0, 60), (10, 20)], 60, []),
        ([(6, 20), (60, 70)], 90, [(0, 6), (20, 60), (70, 90)]),
    ],
)
def test_what_is_not_told_is_a_gap_and_the_receipt_says_so(
    of: list[tuple[int, int]], until: int, gaps: list[tuple[int, int]]
) -> None:
    for order in permutations(of):  # what comes late fills the gap that it was
        story = on_the_way(*(minutes(*one) for one in order))
        said = rests(4, 3 + len(of), until, *gaps)
        assert said.tracker
        assert said.tracker.whole is not bool(gaps)
        assert refused(story, rests(4, 3 + len(of), until, (1, 2), *gaps[1:])) == OTHERWISE
        if gaps:
            assert refused(story, rests(4, 3 + len(of), until)) == OTHERWISE
        received(story, said)


def test_a_record_that_itself_has_a_gap_tells_of_no_time() -> None:
    story = sent()
    first, second = chain((4, 5))
    told(story, first, minutes(0, 60))
    told(story, second, minutes(60, 120), "DATA_GAP")
    assert refused(story, rests(4, 5, 120)) == OTHERWISE
    received(story, rests(4, 5, 120, (60, 120)))


def test_between_readings_of_two_intervals_the_longer_one_says_what_a_gap_is() -> None:
    for order in ((900, 300), (300, 900)):
        story = sent()
        for batch, of, every_s in zip(
            chain((4, 5)), (minutes(0, 60), minutes(105, 120)), order, strict=True
        ):
            told(story, batch, of, every_s=every_s)
        received(story, rests(4, 5, 120))


@pytest.mark.parametrize("state", ["REVIEW", "EXCURSION", "FREEZE"])
def test_a_record_of_what_was_outside_tells_of_its_time_and_asks_by_itself(state: str) -> None:
    story = sent()
    entry = told(story, chain((4,))[0], minutes(0, 60), state)
    received(story, rests(4, 4, 60))
    assert {frozenset(one.questions) for one in story.state.outputs.values()} == {
        frozenset({entry})
    }


def test_a_batch_that_nobody_signed_for_these_goods_is_missing() -> None:
    story = sent()
    first, _, _, fourth = chain(range(4, 8))
    told(story, first, minutes(0, 55))
    told(story, fourth, minutes(55, 115))
    assert refused(story, rests(4, 7, 118)) == OTHERWISE
    said = rests(4, 7, 118, missing=2)
    assert said.tracker
    assert not said.tracker.whole
    received(story, said)


def test_a_batch_that_does_not_name_the_one_before_it_tells_nothing() -> None:
    story = sent()
    first, second = chain((4, 5))
    told(story, first, minutes(0, 55))
    told(story, replace(second, previous="77" * 32), minutes(55, 115))
    assert refused(story, rests(4, 5, 118)) == OTHERWISE
    received(story, rests(4, 4, 118, (55, 118)))


def test_a_number_that_came_before_tells_nothing() -> None:
    story = sent()
    first, second = chain((4, 5))
    told(story, first, minutes(0, 20))
    told(story, second, minutes(20, 55))
    newest = second.digest("", str(MAKER.gln))
    told(story, replace(first, root="77" * 32, previous=newest), minutes(55, 115))
    told(story, replace(second, root="77" * 32, previous=newest), minutes(55, 115))
    received(story, rests(4, 5, 118, (55, 118)))


def test_batches_of_another_device_are_not_of_this_one() -> None:
    story = on_the_way(minutes(0, 60))
    told(story, chain((1,), "TRK-8")[0], minutes(0, 20))
    assert refused(story, rests(4, 4, 60, device="TRK-9")) == ALONG
    assert refused(story, rests(1, 1, 60, device="TRK-8")) == OTHERWISE
    received(story, rests(1, 1, 60, (20, 60), device="TRK-8"))


def test_batches_of_an_earlier_journey_are_not_of_this_one() -> None:
    story = on_the_way(minutes(0, 60))
    received(story, rests(4, 4, 60))
    story.ship(WHOLESALER, PHARMACY, 100)
    story.clock = SENT + 10 * HOUR
    said = LotStory.receipt_of(WHOLESALER, PHARMACY, 100)
    ref = story.stock(PHARMACY, State.IN_TRANSIT)
    again = replace(said, conditions=rests(4, 4, 600))
    assert broken(story, PHARMACY, again, ref) == ALONG


def test_batches_of_goods_in_stock_are_not_of_their_journey() -> None:
    story = LotStory.born(100)
    (batch,) = chain((1,))
    ref = story.stock(MAKER)
    series = (replace(READINGS.series[0], device=batch.device, root=batch.root),)
    kept = ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=100,
        state=State.HELD,
        conditions=ConditionsClaim(readings=replace(READINGS, series=series)),
        batch=batch,
    )
    story.tell(MAKER, kept, ref)
    story.ship(MAKER, WHOLESALER, 100)
    assert refused(story, rests(1, 1, 60)) == ALONG


def test_a_record_without_a_batch_is_nothing_to_rest_on() -> None:
    story = sent()
    ref = story.stock(WHOLESALER, State.IN_TRANSIT)
    said = ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=100,
        state=State.IN_TRANSIT,
        conditions=ConditionsClaim(readings=READINGS),
        to=WHOLESALER.gln,
    )
    story.tell(MAKER, said, ref)
    assert refused(story, rests(1, 1, 60, device="LOG-1")) == ALONG


def test_what_is_missing_of_a_receipt_keeps_its_tracker() -> None:
    story = on_the_way(minutes(0, 60))
    received(story, rests(4, 4, 60), units=40)
    ref = story.stock(WHOLESALER, State.IN_TRANSIT)
    lost = Lose.of(
        signer=MAKER.gln,
        holder=MAKER.gln,
        quantity=10,
        rest=50,
        kind=LossKind.LOST,
        reason="Fell off",
        to=WHOLESALER.gln,
    )
    story.tell(MAKER, lost, ref, at=SENT + 61 * MINUTE)
    told(story, chain((4, 5))[1], minutes(60, 120))
    entry = received(story, rests(4, 5, 120), units=50)
    history = replay_all(story.acts)
    assert len(history.on_the_way(history.acts[entry])) == 4


def test_goods_may_have_arrived_before_a_record_of_their_way() -> None:
    story = on_the_way(minutes(0, 60), minutes(60, 120))
    received(story, rests(4, 5, 90))
    assert story.balance() == {"held": 100}


def test_only_the_newest_stretches_and_trackers_are_remembered() -> None:
    times = [minutes(60 * n, 60 * n + 5) for n in range(STRETCHES_MAX + 1)]
    story = on_the_way(*times)
    (journey,) = story.state.outputs.values()
    assert [one.told for one in journey.rides[0].told] == times[1:]
    for n in range(RIDES_MAX):
        told(story, chain((1,), f"T-{n}")[0], minutes(0, 60))
    (journey,) = story.state.outputs.values()
    assert [one.device for one in journey.rides] == [f"T-{n}" for n in range(RIDES_MAX)]
    assert all(isinstance(one, Ride) for one in journey.rides)


def test_a_dispatch_rests_on_no_tracker() -> None:
    sending = LotStory.ship_of(MAKER, WHOLESALER, 100)
    back = Return.back(
        holder=WHOLESALER.gln,
        supplier=MAKER.gln,
        quantity=1,
        rest=0,
        shipment="R-1",
        reason="Not wanted",
        conditions=sending.conditions,
    )
    for said in (sending, back):
        body = said.as_body() | {"conditions": rests(1, 1, 60).as_json()}
        with pytest.raises(Invalid) as invalid:
            type(said).decode(body)
        assert invalid.value.code == "TRACKER_MISPLACED"
    assert isinstance(back, Ship)


def test_a_journey_of_no_time_asks_for_no_readings() -> None:
    story = on_the_way(minutes(-60, -40))
    received(story, rests(4, 4, 0))
