from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supplychain.domain.agreement import disagreement, judged_again
from supplychain.domain.conditions import Reading, ReadingsFault, Series
from supplychain.domain.conditions_claim import (
    ClaimedState,
    ConditionsClaim,
    Interval,
    ReadingsClaim,
)
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import METHOD_1, State, as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.packed_readings import digest
from supplychain.domain.profiles import profile
from supplychain.domain.storage_profile import Activity, FreezeRule

FRIDGE = profile("refrigerated-2-8/1")
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def series(device: str, *centi_c: int) -> Series:
    first = int(START.timestamp())
    return Series.of(device, [Reading(first + 600 * n, c) for n, c in enumerate(centi_c)])


def claim(*several: Series) -> ReadingsClaim:
    conditions = as_conditions(several, FRIDGE, judge(several, FRIDGE, None))
    found = ConditionsClaim.decode(conditions).readings
    assert found is not None
    return found


TWO = (series("A", 500, 600, 700), series("B", 400, 500, 600))


def test_readings_bear_out_what_was_worked_out_from_them() -> None:
    assert disagreement(claim(*TWO), TWO, FRIDGE, None) is None


def test_the_order_of_series_says_nothing() -> None:
    said = claim(*TWO)
    turned = replace(said, series=said.series[::-1])
    assert disagreement(turned, TWO[::-1], FRIDGE, None) is None


def first_method(*several: Series, state: ClaimedState) -> ReadingsClaim:
    judgement = judge(several, NEVER_FROZEN, None, method=METHOD_1)
    written = as_conditions(several, NEVER_FROZEN, judgement, METHOD_1)
    found = ConditionsClaim.decode(written).readings
    assert found is not None
    assert (found.state, found.judged) == (state, None)
    return found


FROZEN = series("A", 500, *[-100] * 9)
NEVER_FROZEN = replace(FRIDGE, freeze=FreezeRule(-50, 60), do_not_freeze=True)


def test_a_claim_of_the_first_method_is_held_to_what_that_method_says() -> None:
    said = first_method(FROZEN, state=ClaimedState.EXCURSION)
    assert disagreement(said, (FROZEN,), NEVER_FROZEN, None) is None
    assert judged_again(said, (FROZEN,), NEVER_FROZEN, None).state is State.EXCURSION
    newer = judge((FROZEN,), NEVER_FROZEN, None)
    assert newer.state is State.FREEZE
    written = ConditionsClaim.decode(as_conditions((FROZEN,), NEVER_FROZEN, newer)).readings
    assert written is not None
    assert disagreement(written, (FROZEN,), NEVER_FROZEN, None) is None
    tamer = replace(written, state=ClaimedState.EXCURSION)
    assert disagreement(tamer, (FROZEN,), NEVER_FROZEN, None) == "state"


def test_what_only_the_signer_knows_is_taken_as_it_says_it() -> None:
    stated = Stated(findings=frozenset({Finding.CLOCK_FAULT}), activity=Activity.TRANSPORT)
    conditions = as_conditions(TWO, FRIDGE, judge(TWO, FRIDGE, stated=stated))
    said = ConditionsClaim.decode(conditions).readings
    assert said is not None
    assert said.state is ClaimedState.REVIEW
    assert disagreement(said, TWO, FRIDGE, None) is None
    assert judged_again(said, TWO, FRIDGE, None).findings == (Finding.CLOCK_FAULT,)


def test_nobody_leaves_a_finding_out_that_readings_show() -> None:
    conditions = as_conditions((FROZEN,), NEVER_FROZEN, judge((FROZEN,), NEVER_FROZEN))
    said = ConditionsClaim.decode(conditions).readings
    assert said is not None
    assert said.judged is not None
    silent = replace(said, judged=replace(said.judged, findings=()))
    assert disagreement(silent, (FROZEN,), NEVER_FROZEN, None) == "findings"


def test_stored_bytes_are_signed_beside_the_root() -> None:
    said = claim(*TWO)
    stored = {one.packed for one in said.series}
    assert stored == {digest(one.chunks) for one in TWO}
    other = replace(said, series=(replace(said.series[0], packed="00" * 32), said.series[1]))
    assert disagreement(other, TWO, FRIDGE, None) == "series"


def test_an_interval_turned_round_is_no_disagreement() -> None:
    with pytest.raises(ReadingsFault) as caught:
        disagreement(claim(*TWO), TWO, FRIDGE, (LATER, START))
    assert caught.value.code == "COVERS_REVERSED"


LATER = START + timedelta(hours=9)


@pytest.mark.parametrize(
    ("member", "lie"),
    [
        ("state", {"state": ClaimedState.EXCURSION}),
        ("covers", {"covers": Interval(START, LATER)}),
        ("profile", {"profile": "below-25/1"}),
        ("series", {"series": claim(*TWO).series[:1]}),
    ],
)
def test_the_member_that_the_readings_contradict_is_named(
    member: str, lie: dict[str, object]
) -> None:
    said = replace(claim(*TWO), **lie)  # type: ignore[arg-type]  # one member of four, by name
    assert disagreement(said, TWO, FRIDGE, None) == member


def test_a_journey_has_to_be_covered_from_dispatch_to_receipt() -> None:
    assert disagreement(claim(*TWO), TWO, FRIDGE, (START, LATER)) == "covers"
