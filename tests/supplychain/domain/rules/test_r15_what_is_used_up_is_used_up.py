"""R15 and C6: goods that used more of their stability budget than they had wait for a decision.

Each leg is in order by itself; what all of them used together is not.
"""

from dataclasses import replace

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.excursions import as_conditions, judge
from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import Output, State
from supplychain.domain.parties import Party
from supplychain.domain.profiles import profile
from supplychain.domain.spent import NOTHING_SPENT
from supplychain.domain.standing import scope
from supplychain.domain.statements import (
    ConditionsRecord,
    Dispense,
    Export,
    QualityRelease,
    Quarantine,
    Transform,
    TransformKind,
)
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.transform_statements import Into
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at, steady
from tests.supplychain.domain.lot_story import KEY, LotStory, birth, entry_id
from tests.supplychain.domain.rules.breaking import broken, ship_of

VACCINE = profile("ultra-cold-thawed-once/2")
UNDECIDED = ("R15", "TEMPERATURE_UNDECIDED")
DAY = 24 * 60


def lot(storage: StorageProfile | None = VACCINE) -> LotStory:
    """100 units of a vaccine that bears a month at 2 to 8 °C."""
    story = LotStory(profile=storage)
    story.tell(MAKER, birth(100))
    story.clock = at(60 * DAY)
    return story


def days(first: int, last: int, value: float = 5, device: str = "") -> ConditionsClaim:
    """Every six hours the same temperature, from one day to another."""
    step = 6 * 60
    logger = device or f"L{first}"
    start, count = first * DAY, (last - first) * DAY // step + 1
    said = read(steady(*[value] * count, step=step, start=start, device=logger), VACCINE)
    assert said.readings is not None
    assert said.readings.state == "IN_RANGE"
    return said


def read(series: Series, storage: StorageProfile) -> ConditionsClaim:
    judgement = judge((series,), storage)
    return ConditionsClaim.decode(as_conditions((series,), storage, judgement))


def keep(story: LotStory, party: Party, said: ConditionsClaim) -> str:
    ref = story.stock(party)
    statement = ConditionsRecord.of(
        holder=party.gln,
        quantity=story.state.outputs[ref].quantity,
        state=State.HELD,
        conditions=said,
    )
    return story.tell(party, statement, ref)


def carry(story: LotStory, giver: Party, receiver: Party, said: ConditionsClaim) -> str:
    story.ship(giver, receiver, story.state.outputs[story.stock(giver)].quantity)
    return story.receive(
        receiver,
        story.state.outputs[story.stock(receiver, State.IN_TRANSIT)].quantity,
        conditions=said,
    )


def release(story: LotStory, party: Party, *entries: str) -> str:
    ref = story.stock(party)
    statement = QualityRelease.of(
        holder=party.gln,
        quantity=story.state.outputs[ref].quantity,
        state=State.HELD,
        entries=entries,
        reason="Stable for 40 days: study 4711",
    )
    return story.tell(party, statement, ref)


def goods(story: LotStory, party: Party, state: State = State.HELD) -> Output:
    return story.state.outputs[story.stock(party, state)]


def over_at_the_wholesaler() -> LotStory:
    """Twenty days with the maker, eleven with the wholesaler: a day too many."""
    story = lot()
    keep(story, MAKER, days(0, 20))
    carry(story, MAKER, WHOLESALER, days(20, 31))
    return story


def test_the_leg_that_takes_what_is_not_left_asks_for_a_decision() -> None:
    story = lot()
    keep(story, MAKER, days(0, 20))
    assert goods(story, MAKER).questions == frozenset()
    last = carry(story, MAKER, WHOLESALER, days(20, 30))
    assert goods(story, WHOLESALER).questions == frozenset()
    last = keep(story, WHOLESALER, days(30, 31))
    assert goods(story, WHOLESALER).questions == {last}


def test_two_loggers_of_the_same_days_take_them_once() -> None:
    story = lot()
    keep(story, MAKER, days(0, 20, device="A"))
    keep(story, MAKER, days(0, 20, device="B"))
    assert goods(story, MAKER).spent.tally.used["thawed"].seconds == 20 * DAY * 60
    assert goods(story, MAKER).questions == frozenset()


def test_what_is_used_up_goes_on_to_nobody() -> None:
    story = over_at_the_wholesaler()
    ref = story.stock(WHOLESALER)
    assert broken(story, WHOLESALER, ship_of(WHOLESALER, PHARMACY, 100, 0), ref) == UNDECIDED
    export = Export.of(holder=WHOLESALER.gln, quantity=100, rest=0, reason="To Norway")
    assert broken(story, WHOLESALER, export, ref) == UNDECIDED
    at_the_pharmacy = lot()
    keep(at_the_pharmacy, MAKER, days(0, 20))
    carry(at_the_pharmacy, MAKER, PHARMACY, days(20, 31))
    dispense = Dispense.of(holder=PHARMACY.gln, quantity=1, rest=99)
    ref = at_the_pharmacy.stock(PHARMACY)
    assert broken(at_the_pharmacy, PHARMACY, dispense, ref) == UNDECIDED


def test_what_is_used_up_is_made_into_no_other_lot() -> None:
    story = lot()
    keep(story, MAKER, days(0, 20))
    keep(story, MAKER, days(20, 31))
    into = Into(replace(KEY, lot=type(KEY.lot)("NEW")), 100, 100)
    statement = Transform.of(
        holder=MAKER.gln,
        operation="OP",
        kind=TransformKind.RELABEL,
        reason="R",
        into=(into,),
        lost=0,
        rest=0,
    )
    assert broken(story, MAKER, statement, story.stock(MAKER)) == UNDECIDED


def test_a_release_lets_go_and_whoever_uses_more_asks_again() -> None:
    story = over_at_the_wholesaler()
    story.change(Quarantine, WHOLESALER, 40)
    release(story, WHOLESALER, *goods(story, WHOLESALER).questions)
    assert goods(story, WHOLESALER).questions == frozenset()
    assert goods(story, WHOLESALER, State.QUARANTINED).questions
    more = carry(story, WHOLESALER, PHARMACY, days(31, 32))
    assert goods(story, PHARMACY).questions == {more}
    found = scope(replay_all(story.acts), PHARMACY)
    assert found.decided == {entry_id(3)}


def test_a_leg_that_takes_nothing_asks_nothing() -> None:
    story = lot(BUDGET)
    for start in (0, 100):
        asked = keep(story, MAKER, read(steady(*[9.0] * 5, start=start), BUDGET))
        release(story, MAKER, asked)
    assert goods(story, MAKER).spent.tally.used["warm"].seconds == 80 * 60
    keep(story, MAKER, read(steady(5, 5, start=200), BUDGET))
    assert not goods(story, MAKER).questions


def test_each_part_of_a_split_has_all_of_it_behind_it() -> None:
    story = lot()
    keep(story, MAKER, days(0, 20))
    story.ship(MAKER, WHOLESALER, 40)
    story.receive(WHOLESALER, 40, conditions=days(20, 31))
    assert goods(story, WHOLESALER).questions
    assert not goods(story, MAKER).questions
    assert goods(story, MAKER).spent.tally.used["thawed"].seconds == 20 * DAY * 60
    assert keep(story, MAKER, days(20, 31, device="OTHER")) in goods(story, MAKER).questions


def test_of_goods_put_together_the_worst_counts_and_no_sum() -> None:
    story = lot()
    story.ship(MAKER, WHOLESALER, 40)
    story.receive(WHOLESALER, 40, conditions=days(0, 20, -70))
    keep(story, MAKER, days(0, 20))
    story.ship(MAKER, WHOLESALER, 60)
    story.receive(WHOLESALER, 60)
    both = [ref for ref, out in story.state.outputs.items() if out.holder == WHOLESALER.gln]
    story.tell(WHOLESALER, ship_of(WHOLESALER, PHARMACY, 100, 0), *both)
    story.receive(PHARMACY, 100, conditions=days(20, 30))
    used = goods(story, PHARMACY).spent.tally.used
    assert used["thawed"].seconds == 30 * DAY * 60
    assert used["ultra-cold"].seconds == 20 * DAY * 60
    assert not goods(story, PHARMACY).questions
    assert keep(story, PHARMACY, days(30, 31)) in goods(story, PHARMACY).questions


def test_a_verifier_finds_the_same() -> None:
    story = over_at_the_wholesaler()
    skipped = story.act(WHOLESALER, ship_of(WHOLESALER, PHARMACY, 100, 0), story.stock(WHOLESALER))
    found = replay_all([*story.acts, skipped])
    assert [one.code for one in found.broken] == ["TEMPERATURE_UNDECIDED"]
    assert found.state.outputs == story.state.outputs


def test_without_a_budget_nothing_is_carried() -> None:
    for story in (lot(FRIDGE), lot(None)):
        keep(story, MAKER, days(0, 20))
        keep(story, MAKER, days(20, 31))
        assert goods(story, MAKER).spent == NOTHING_SPENT
        assert not goods(story, MAKER).questions


def test_a_file_read_out_twice_is_used_once() -> None:
    story = lot()
    keep(story, MAKER, days(0, 20, device="TRAVELS"))
    carry(story, MAKER, WHOLESALER, days(0, 30, device="TRAVELS"))
    assert goods(story, WHOLESALER).spent.tally.used["thawed"].seconds == 30 * DAY * 60
    assert not goods(story, WHOLESALER).questions
