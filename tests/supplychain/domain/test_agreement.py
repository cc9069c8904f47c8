from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supplychain.domain.agreement import disagreement
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import (
    ClaimedState,
    ConditionsClaim,
    Interval,
    ReadingsClaim,
)
from supplychain.domain.excursions import as_conditions, judge
from supplychain.domain.profiles import profile

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
