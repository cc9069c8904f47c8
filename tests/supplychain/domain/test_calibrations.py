from datetime import date, timedelta

import pytest

from supplychain.domain.calibrations import Calibration, Due
from supplychain.domain.errors import Invalid

DONE = Calibration(date(2026, 1, 1), 100)
LAST = date(2026, 4, 11)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (LAST - timedelta(days=31), Due.GOOD),
        (LAST - timedelta(days=30), Due.GOOD),
        (LAST - timedelta(days=29), Due.SOON),
        (LAST, Due.SOON),
        (LAST + timedelta(days=1), Due.OVERDUE),
    ],
)
def test_a_calibration_runs_out_and_is_told_before(today: date, due: Due) -> None:
    assert DONE.until == LAST
    assert DONE.due(today) is due


def test_what_nobody_wrote_down_is_not_known() -> None:
    nothing = Calibration(None)
    assert (nothing.until, nothing.due(LAST)) == (None, Due.UNKNOWN)


@pytest.mark.parametrize("days", [1, 3650])
def test_a_device_is_calibrated_every_day_or_every_ten_years(days: int) -> None:
    assert Calibration(LAST, days).until == LAST + timedelta(days=days)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_number_of_days_that_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises(Invalid) as invalid:
        Calibration(LAST, days)
    assert invalid.value.code == "OUT_OF_BOUNDS"
