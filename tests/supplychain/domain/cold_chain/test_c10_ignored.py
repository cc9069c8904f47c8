"""C10: what is ignored at the start and the end is said and signed, and is no evidence."""

from dataclasses import replace

import pytest

from supplychain.domain.agreement import disagreement
from supplychain.domain.conditions import ReadingsFault
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.conditions_judged import Outside, Stated
from supplychain.domain.excursions import Gap, State, as_conditions, judge
from supplychain.domain.intervals import Interval
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, at, between, steady

WARM_AT_BOTH_ENDS = [steady(20, 12, 5, 5, 5, 18)]
ENDS = Stated(ignored=(between(-5, 15), between(45, 60)))


def test_nothing_is_ignored_unless_it_is_said() -> None:
    assert judge(WARM_AT_BOTH_ENDS, FRIDGE).state is State.EXCURSION


def test_what_is_ignored_counts_neither_outside_nor_as_lowest_or_highest() -> None:
    judgement = judge(WARM_AT_BOTH_ENDS, FRIDGE, stated=ENDS)
    assert (judgement.state, judgement.outside) == (State.IN_RANGE, Outside())
    assert (judgement.min_centi_c, judgement.max_centi_c) == (500, 500)


@pytest.mark.parametrize(
    "windows",
    [(between(5, 35),), (between(0, 5), between(10, 15), between(45, 60))],
)
def test_only_the_start_and_the_end_can_be_ignored(windows: tuple[Interval, ...]) -> None:
    with pytest.raises(ReadingsFault) as caught:
        judge(WARM_AT_BOTH_ENDS, FRIDGE, stated=Stated(ignored=windows))
    assert caught.value.code == "IGNORED_WITHIN"


def test_more_than_a_gap_of_the_journey_cannot_be_ignored_without_being_one() -> None:
    covers = at(0), at(50)
    assert judge([steady(*[5] * 6)], FRIDGE, covers, stated=ENDS).gaps == ()
    much = Stated(ignored=(between(0, 31),))
    judgement = judge([steady(*[5] * 6)], FRIDGE, covers, stated=much)
    assert (judgement.state, judgement.gaps) == (State.DATA_GAP, (Gap(at(0), at(31)),))


def test_who_ignores_everything_knows_nothing() -> None:
    everything = Stated(ignored=(between(0, 50),))
    judgement = judge(WARM_AT_BOTH_ENDS, FRIDGE, stated=everything)
    assert judgement.state is State.DATA_GAP
    assert (judgement.min_centi_c, judgement.max_centi_c, judgement.mean_centi_c) == (None,) * 3


def signed(stated: Stated) -> ReadingsClaim:
    judgement = judge(WARM_AT_BOTH_ENDS, FRIDGE, stated=stated)
    written = as_conditions(WARM_AT_BOTH_ENDS, FRIDGE, judgement)
    claim = ConditionsClaim.decode(written).readings
    assert claim is not None
    return claim


def test_the_windows_are_signed_and_judged_with_again() -> None:
    claim = signed(ENDS)
    assert claim.as_json()["ignored"] == [one.as_json() for one in ENDS.ignored]
    assert disagreement(claim, WARM_AT_BOTH_ENDS, FRIDGE, None) is None
    assert claim.judged is not None
    silent = replace(claim, judged=replace(claim.judged, ignored=()))
    assert disagreement(silent, WARM_AT_BOTH_ENDS, FRIDGE, None) == "outside"
    within = replace(claim, judged=replace(claim.judged, ignored=(between(20, 30),)))
    assert disagreement(within, WARM_AT_BOTH_ENDS, FRIDGE, None) == "ignored"
