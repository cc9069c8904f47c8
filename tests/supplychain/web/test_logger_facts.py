from datetime import UTC, datetime, timedelta, timezone

from ledger.core.signatures import OPENSSL
from supplychain.domain.device_summaries import LoggerFlag
from supplychain.formats import berlinger
from supplychain.formats.logger_files import Told, read
from supplychain.web.logger_facts import DAYS_TOLD_MAX, FLAGS, logger_facts
from tests.supplychain.formats.berlinger_files import (
    BEGAN,
    CONFIGURED,
    SMALL,
    data_of,
    signed,
    steady,
)

NOW = datetime(2026, 12, 21, tzinfo=UTC)
NEPAL = timezone(timedelta(hours=5, minutes=45))


def facts(data: bytes, zone: timezone | None = NEPAL) -> list[tuple[str, str]]:
    return list(logger_facts(read(data, Told(zone=zone), at=NOW, signatures=OPENSSL)))


def test_every_flag_has_its_sentence() -> None:
    assert FLAGS.keys() == set(LoggerFlag)


def test_a_berlinger_file_is_told_with_its_zone_and_its_own_summary() -> None:
    told, read_out = facts(SMALL), "2 Nov 2026, 04:29 UTC"
    assert told[0][0] == "The device's signature"
    assert ("Read from", "Q-tag Fridge-tag 2 L 130500000001 4.0p0o") in told
    assert ("Times of the file", "UTC+05:45, as a fixed offset") in told
    assert ("Rows", "6 readings") in told
    assert [fact for name, fact in told if name == "The logger's own summary"] == [
        "2 days, 4.0 °C to 9.2 °C",
        f"1 Nov 2026, 18:15 UTC to {read_out}: 4.0 °C to 9.2 °C, mean 4.5 °C, 34 min beyond 8.0 °C",
    ]


def test_a_run_is_told_whole_and_a_run_without_a_sensor_too() -> None:
    head = "Device: Q-tag CLm\nConf:\n Serial: R1\nRes:\n TS Start: 2026-11-01 08:00\n"
    told = dict(facts(signed(f"{head} TS Stop: 2026-11-01 10:00\n"), UTC))
    assert told["The logger's own summary"].endswith(": no temperature")
    warm = " Min T: 4.0\n Max T: 5.0\n Avrg T: 4.4\n MKT: 4.5\n"
    told = dict(facts(signed(head + warm), UTC))
    assert told["The logger's own summary"].endswith("mean 4.4 °C, mean kinetic 4.5 °C")


def test_many_days_with_an_alarm_are_counted() -> None:
    days = "".join(
        f" {n}:\n  Date: 2026-11-{n:02d}\n  Alarm:\n   1:\n    t Acc: 60, TS A: 08:00\n"
        for n in range(1, DAYS_TOLD_MAX + 4)
    )
    told = [fact for _, fact in facts(signed(f"{CONFIGURED}Hist:\n{days}"))]
    assert told[-1] == "and 3 more days with an alarm"
    assert "10 days, no temperature" in told


def test_a_csv_says_what_was_left_out_and_that_its_times_carry_their_offset() -> None:
    told = dict(
        facts(b"time,temperature_c\n2026-11-21T08:00:00Z,5\n2026-11-21T08:05:00Z,--.-\n", None)
    )
    assert told["Rows"] == "1 readings, 1 without a reading"
    assert told["Times of the file"] == "carry their own offset from UTC"


def test_a_file_that_is_not_as_its_device_wrote_it_says_so_first() -> None:
    data = signed(CONFIGURED + data_of(steady(2))) + b"\r\n"
    file = berlinger.read(data, zone=UTC, at=NOW, signatures=OPENSSL)
    assert next(logger_facts(file))[1].startswith("Refused as evidence: there is no signature")


def test_a_sensor_of_which_nothing_is_cited_is_told() -> None:
    outside = data_of(steady(2, start=BEGAN + timedelta(hours=5))).replace("Data:", "Data Ext:")
    both = signed(CONFIGURED + data_of(steady(3)) + outside)
    until = BEGAN.replace(tzinfo=UTC)
    file = read(both, Told(zone=UTC, until=until), at=NOW, signatures=OPENSSL)
    told = "130500000001 Data Ext: all of its 2 readings, none is of the time that was asked for"
    assert ("Left out", told) in list(logger_facts(file))
