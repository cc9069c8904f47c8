"""What is signed beside readings: from the logger's file, and from a person."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.core.signatures import OPENSSL
from supplychain.domain.conditions import Reading, ReadingsFault, Series
from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.formats import berlinger
from supplychain.formats.logger_file import LoggerFile
from supplychain.recording.stating import Said, stated_of
from tests.supplychain.formats.berlinger_files import (
    BEGAN,
    CONFIGURED,
    DAYS,
    ISSUERS,
    data_of,
    signed,
    steady,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
READ_OUT = datetime(2026, 11, 2, 10, 14, tzinfo=UTC)  # as the device's clock showed it
RUN = """Device: Q-tag CLm
Conf:
 Serial: R1
Res:
 TS Start: 2026-11-01 08:00
 TS Stop: 2026-11-01 10:00
 Min T: 5.0, TS Min T: 2026-11-01 08:30
 Max T: 5.0, TS Max T: 2026-11-01 09:00
 MKT: 5.0
 Avrg T: 5.0
"""


def series(*tenths: int, device: str = "A", start: int = 0) -> Series:
    at = int(NOW.timestamp()) - 86_400 + start
    return Series.of(device, [Reading(at + 600 * n, 10 * t) for n, t in enumerate(tenths)])


def logger(text: str) -> LoggerFile:
    return berlinger.read(signed(text), zone=UTC, at=NOW, signatures=OPENSSL, issuers=ISSUERS)


def found(text: str, said: Said = Said()) -> frozenset[Finding]:  # noqa: B008 - frozen
    file = logger(text)
    return stated_of(file.series, [file], said).findings


def test_that_nobody_knows_who_issued_the_certificate_is_stated() -> None:
    raw = signed(CONFIGURED + data_of(steady(3)))
    file = berlinger.read(raw, zone=UTC, at=NOW, signatures=OPENSSL)
    assert stated_of(file.series, [file], Said()).findings == {Finding.LOGGER_ISSUER_UNKNOWN}
    assert found(CONFIGURED + data_of(steady(3))) == frozenset()


def test_nothing_is_stated_that_nobody_said() -> None:
    assert stated_of([series(50, 51)], [], Said()) == NOTHING_STATED


def test_windows_lie_at_the_start_and_the_end_of_all_readings() -> None:
    a, b = series(50, 51, 52), series(50, 50, 50, 50, device="B", start=300)
    said = Said(ignore_start_min=5, ignore_end_min=10, market="US")
    assert stated_of([a, b], [], said) == Stated(
        ignored=(
            Interval(a.first, a.first + timedelta(minutes=5)),
            Interval(b.last - timedelta(minutes=10), b.last),
        ),
        market="US",
    )


def test_what_a_logger_says_of_itself_is_stated_where_it_is_about_these_readings() -> None:
    assert found(CONFIGURED + data_of(steady(3))) == frozenset()
    lost = {Finding.LOGGER_SENSOR_LOST}
    assert found(CONFIGURED + DAYS + data_of(steady(3))) == lost, "the alarm was a day later"
    both = found(CONFIGURED + DAYS + data_of(steady(3, minutes=24 * 60 - 100)))
    assert both >= lost | {Finding.LOGGER_ALARM}
    before = steady(3, start=BEGAN - timedelta(days=9))
    assert found(CONFIGURED + DAYS + data_of(before)) == frozenset()
    expired = CONFIGURED.replace(" Zone: 0.00", " Expired: 1")
    assert found(expired + data_of(before)) == {Finding.LOGGER_EXPIRED}


@pytest.mark.parametrize(("value", "differs"), [("5.0", False), ("5.1", False), ("5.2", True)])
def test_a_summary_that_the_readings_do_not_bear_out_is_stated(value: str, differs: bool) -> None:  # noqa: FBT001
    said = found(RUN + data_of(steady(12, minutes=10, value=value)))
    assert (Finding.SUMMARY_DIFFERS in said) is differs


def test_a_summary_is_compared_only_where_readings_go_through_all_of_its_time() -> None:
    whole = steady(13, minutes=10, value="5.2")
    assert Finding.SUMMARY_DIFFERS in found(RUN + data_of(whole))
    for part in (whole[2:], whole[:-2], whole[:4] + whole[6:]):
        assert Finding.SUMMARY_DIFFERS not in found(RUN + data_of(part))


@pytest.mark.parametrize(
    ("minutes", "finding"),
    [(0, None), (10, None), (11, Finding.CLOCK_DRIFT), (-61, Finding.CLOCK_FAULT)],
)
def test_a_clock_that_was_off_is_stated_once_somebody_said_the_time(
    minutes: int, finding: Finding | None
) -> None:
    said = Said(read_out_at=READ_OUT + timedelta(minutes=minutes))
    clocks = found(CONFIGURED + DAYS + data_of(steady(3)), said) & {
        Finding.CLOCK_DRIFT,
        Finding.CLOCK_FAULT,
    }
    assert clocks == ({finding} if finding else frozenset())
    assert not clocks & found(CONFIGURED + DAYS + data_of(steady(3)))
    assert found(CONFIGURED + data_of(steady(3)), said) == frozenset(), "this file shows no clock"


def test_files_of_one_device_that_contradict_each_other_are_refused() -> None:
    stated_of([series(50, 51), series(51, 52, start=600), series(99, device="B")], [], Said())
    with pytest.raises(ReadingsFault) as caught:
        stated_of([series(50, 51), series(99, start=-600), series(52, start=600)], [], Said())
    assert caught.value.code == "DUPLICATE_DIFFERS"
