"""C15: what the device says of its readings is compared with them and not corrected."""

from dataclasses import replace

import pytest

from supplychain.domain.device_summaries import DeviceSummary, LoggerFlag
from supplychain.domain.findings import STATED, Finding
from supplychain.domain.logger_evidence import Tolerances, differences, of_flags, of_summaries
from tests.supplychain.domain.cold_chain.loggers import at, logged, steady

SERIES = steady(5, 4, 6, 9, 5, 5)
SAID = DeviceSummary(
    start=at(0),
    end=at(50),
    min_centi_c=400,
    min_at=at(10),
    max_centi_c=900,
    max_at=at(30),
    mean_centi_c=567,
    mkt_centi_c=587,
)


def test_a_summary_that_the_readings_bear_out_differs_in_nothing() -> None:
    assert differences(SERIES, SAID) == ()
    assert of_summaries(SERIES, [SAID]) == frozenset()


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"min_centi_c": 390, "max_centi_c": 910}, ()),
        ({"mean_centi_c": 577, "mkt_centi_c": 577}, ()),
        ({"min_at": at(20), "max_at": at(20)}, ()),  # one interval
        ({"min_centi_c": 389}, ("min",)),
        ({"max_centi_c": 911}, ("max",)),
        ({"mean_centi_c": 578}, ("mean",)),
        ({"mkt_centi_c": 598}, ("mkt",)),
        ({"min_at": at(21)}, ("min_at",)),
        ({"max_at": at(19)}, ("max_at",)),
        ({"min_centi_c": None, "min_at": None, "mean_centi_c": None, "mkt_centi_c": None}, ()),
        ({"start": at(40), "max_centi_c": 500, "max_at": at(40)}, ("min", "mean", "mkt", "min_at")),
        ({"start": at(100), "end": at(200), "max_centi_c": 0}, ()),  # no readings to hold it to
        ({"start": at(-10), "end": at(60), "max_centi_c": 0}, ("max",)),
        ({"start": at(-11), "max_centi_c": 0}, ()),  # what was before them, they do not show
        ({"end": at(61), "max_centi_c": 0}, ()),
    ],
)
def test_a_tenth_of_a_degree_and_one_interval_are_borne(
    changed: dict[str, object], names: tuple[str, ...]
) -> None:
    said = replace(SAID, **changed)  # type: ignore[arg-type]  # members by name
    assert differences(SERIES, said) == names
    assert of_summaries(SERIES, [SAID, said]) == ({Finding.SUMMARY_DIFFERS} if names else set())


def test_over_a_gap_the_device_knows_more_than_its_readings() -> None:
    gappy = logged([0, 10, 20, 60, 70], [5, 5, 5, 5, 5])
    said = replace(SAID, end=at(70), max_centi_c=900)
    assert differences(gappy, said) == ()
    assert "max" in differences(logged([0, 10, 20, 50, 60, 70], [5] * 6), said)


def test_the_tolerance_is_a_setting() -> None:
    loose = Tolerances(centi_c=50)
    assert differences(SERIES, replace(SAID, max_centi_c=950), loose) == ()


def test_a_loggers_flags_are_findings_that_a_signer_states() -> None:
    found = of_flags(LoggerFlag)
    assert len(found) == len(LoggerFlag)
    assert found <= STATED
