from datetime import UTC, datetime, timedelta

import pytest

from ledger.core.signatures import OPENSSL
from supplychain.domain.conditions import ReadingsFault
from supplychain.domain.reading_cuts import Cut
from supplychain.formats.errors import FormatError
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.logger_files import Told, prove_evidence, read
from tests.supplychain.formats.berlinger_files import (
    BEGAN,
    CONFIGURED,
    DAYS,
    SMALL,
    data_of,
    signed,
    steady,
)
from tests.supplychain.formats.test_hobo import ROWS
from tests.supplychain.formats.test_hobo import file as hobo_file
from tests.supplychain.formats.test_mapped_csv import TEMPTALE, TEMPTALE_MAPPING

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CSV = b"time,temperature_c\n2026-11-21T08:00:00Z,5\n"


def read_as(data: bytes, told: Told) -> LoggerFile:
    return read(data, told, at=NOW, signatures=OPENSSL)


@pytest.mark.parametrize(
    ("data", "told", "kind", "device"),
    [
        (SMALL, Told(zone=UTC), "berlinger", "130500000001"),
        (hobo_file(*ROWS), Told(), "hobo", "20304050"),
        (hobo_file(*ROWS), Told(order=DateOrder.MONTH_FIRST), "hobo", "20304050"),
        (TEMPTALE.encode(), Told(mapping=TEMPTALE_MAPPING, device="T 1"), "mapped", "T 1"),
        (CSV, Told(), "csv", "logger"),
        (CSV, Told(device="T 1"), "csv", "T 1"),
    ],
)
def test_a_file_finds_its_reader(data: bytes, told: Told, kind: str, device: str) -> None:
    found = read_as(data, told)
    assert (found.kind, found.device, len(found.series)) == (kind, device, 1)


def test_what_a_file_does_not_say_is_asked_for() -> None:
    for data, code in ((SMALL, "ZONE_NEEDED"), (TEMPTALE.encode(), "HEADER")):
        with pytest.raises(ReadingsFault) as caught:
            read_as(data, Told())
        assert caught.value.code == code


def test_only_readings_as_their_device_wrote_them_are_evidence() -> None:
    prove_evidence(read_as(SMALL, Told(zone=UTC)))
    prove_evidence(read_as(CSV, Told()))
    edited = SMALL.replace(b"\t5.1\r", b"\t5.2\r")
    for data, code in ((edited, "SIGNATURE_REFUSED"), (signed(CONFIGURED + DAYS), "NO_READINGS")):
        with pytest.raises(FormatError) as caught:
            prove_evidence(read_as(data, Told(zone=UTC)))
        assert caught.value.code == code


def test_only_readings_of_the_time_that_is_asked_for_are_taken() -> None:
    begins = datetime(2026, 11, 1, 8, 10, tzinfo=UTC)
    told = Told(zone=UTC, since=begins, until=begins)
    file = read_as(SMALL, told)
    (series,) = file.series
    assert (len(series.readings), series.dropped) == (3, {})
    assert series.cut == Cut(1, 2, begins, begins), "what is left out is signed"
    assert (file.refusal, len(file.summaries)) == ("", 2)
    assert len(read_as(SMALL, Told(zone=UTC, until=begins)).series[0].readings) == 4


def test_a_sensor_that_was_not_there_at_that_time_is_left_out() -> None:
    outside = data_of(steady(2, start=BEGAN + timedelta(hours=5))).replace("Data:", "Data Ext:")
    both = signed(CONFIGURED + data_of(steady(3)) + outside)
    begins = BEGAN.replace(tzinfo=UTC)
    file = read_as(both, Told(zone=UTC, since=begins, until=begins))
    (series,), (absent,) = file.series, file.absent
    assert series.device == "130500000001"
    assert (absent.device, len(absent.readings)) == ("130500000001 Data Ext", 2)
    assert read_as(both, Told(zone=UTC, since=begins)).absent == ()
    with pytest.raises(ReadingsFault, match="NO_READINGS"):
        read_as(both, Told(zone=UTC, since=begins + timedelta(days=1)))
