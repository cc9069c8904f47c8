import hashlib
import re
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.keys import DigestSignatures
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.conditions import Reading, ReadingsFault, Series
from supplychain.domain.device_summaries import (
    AlarmLimit,
    DeviceAlarm,
    DeviceSummary,
    LoggerFlag,
)
from supplychain.domain.errors import Invalid
from supplychain.domain.temperatures import Unit
from supplychain.formats import berlinger
from supplychain.formats.berlinger_signature import (
    END_BYTES_MAX,
    KNOWN_ISSUERS,
    Issuers,
    Standing,
    standing,
)
from supplychain.formats.berlinger_tree import BYTES_MAX, LINES_MAX
from supplychain.formats.errors import FormatError
from supplychain.formats.logger_file import LoggerFile
from tests.supplychain.formats.berlinger_files import (
    BEGAN,
    CONFIGURED,
    DAYS,
    HEADER,
    ISSUER,
    ISSUERS,
    SMALL,
    data_of,
    signed,
    steady,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEPAL = timezone(timedelta(hours=5, minutes=45))
EIGHT = int(datetime(2026, 11, 1, 8, 0, tzinfo=UTC).timestamp())
GENUINE = (
    "FridgeTag_UL_100800001215_202304201410.txt",
    "QTag_CLm_doc_LR_RCPJ00010_03_202304201359.txt",
)
EDITED = "FridgeTag_2L_test.txt"

OTHER = PrivateKey.generate()
BOTH = pytest.mark.parametrize("signatures", [OPENSSL, EcdsaSignatures()], ids=["openssl", "ecdsa"])


def read(data: bytes, zone: timezone = UTC, unit: Unit | None = None) -> LoggerFile:
    return berlinger.read(data, zone=zone, at=NOW, signatures=OPENSSL, issuers=ISSUERS, unit=unit)


def code_of(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(signed(text))
    return caught.value.code


def standing_of(data: bytes) -> Standing:
    return standing(data, OPENSSL, ISSUERS)


# --- genuine files ----------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_file_is_by_the_issuer_of_the_known_samples(
    shared: Path, signatures: DigestSignatures, name: str
) -> None:
    data = (shared / "samples" / "berlinger" / name).read_bytes()
    assert standing(data, signatures) is Standing.KNOWN_ISSUER
    assert Standing.KNOWN_ISSUER.words == "Signature valid, same issuer as known samples."


@BOTH
def test_the_file_edited_by_hand_is_refused_as_evidence(
    shared: Path, signatures: DigestSignatures
) -> None:
    data = (shared / "samples" / "berlinger" / EDITED).read_bytes()
    assert standing(data, signatures) is Standing.EDITED
    found = berlinger.read(data, zone=UTC, at=NOW, signatures=signatures)
    assert found.refusal.startswith("Refused as evidence: the content was changed")
    assert len(found.series[0].readings) == 53, "it is shown all the same"


@pytest.mark.parametrize("name", GENUINE)
def test_one_change_in_a_genuine_file_and_it_is_refused(shared: Path, name: str) -> None:
    data = (shared / "samples" / "berlinger" / name).read_bytes()
    reading = data.index(b"\t", data.index(b"\t2023-04-19") + 1) + 2
    changed = data[:reading] + bytes([data[reading] ^ 1]) + data[reading + 1 :]
    assert standing(changed, OPENSSL) is Standing.EDITED
    lines = data.split(b"\r\n")
    assert standing(b"\r\n".join([*lines[:-2], b""]), OPENSSL) is Standing.UNSIGNED
    assert standing(b"\r\n".join([*lines[:200], *lines[201:]]), OPENSSL) is Standing.EDITED
    for n in (1, len(lines) // 2, len(lines) - 1):
        one = b"\r\n".join(lines[:n]) + b"\n" + b"\r\n".join(lines[n:])
        assert standing(one, OPENSSL) is Standing.LINE_ENDINGS
    assert standing(data.replace(b"\r\n", b"\n"), OPENSSL) is Standing.LINE_ENDINGS


def test_an_ultra_low_logger_is_read_with_its_days_and_its_lost_sensor(shared: Path) -> None:
    data = (shared / "samples" / "berlinger" / GENUINE[0]).read_bytes()
    found = berlinger.read(data, zone=UTC, at=NOW, signatures=OPENSSL)
    assert (found.model, found.device) == ("Q-tag Fridge-tag Ultra Low", "100800001215")
    assert (found.firmware, found.logging_s) == ("4.0p1o", 300)
    assert [(one.name, one.centi_c, one.after_min) for one in found.limits] == [
        ("0", -9000, 60),
        ("1", -6000, 60),
    ]
    (series,) = found.series
    assert (len(series.readings), series.dropped) == (835, {"no_reading": 6})
    assert series.readings[0] == Reading(
        int(datetime(2023, 4, 17, 16, 21, tzinfo=UTC).timestamp()), -960
    )
    assert series.file == hashlib.sha256(data).hexdigest()
    assert found.flags == (LoggerFlag.ALARM, LoggerFlag.SENSOR_LOST)
    last = found.summaries[-1]
    assert (last.min_centi_c, last.max_centi_c, last.mean_centi_c) == (-1680, -1610, -1640)
    assert (last.end, last.lost_min) == (datetime(2023, 4, 20, 14, 10, tzinfo=UTC), 17)
    assert last.checked == (datetime(2023, 4, 20, 14, 9, tzinfo=UTC),)
    assert ("Hist / 1 / Events", "16") in found.members


def test_a_q_tag_is_read_with_the_summary_of_its_run(shared: Path) -> None:
    data = (shared / "samples" / "berlinger" / GENUINE[1]).read_bytes()
    found = berlinger.read(data, zone=UTC, at=NOW, signatures=OPENSSL)
    (series,), (run,) = found.series, found.summaries
    assert (found.device, len(series.readings), series.interval_s) == ("RCPJ00010", 424, 600)
    assert (run.min_centi_c, run.max_centi_c) == (970, 1270)
    assert (run.mean_centi_c, run.mkt_centi_c) == (1040, 1040)
    said = {one.limit.name: (one.minutes, one.raised_at) for one in run.alarms}
    assert said["2"] == (4226, datetime(2023, 4, 17, 16, 33, tzinfo=UTC))
    assert said["5"] == (0, None)
    assert "3" not in said, "it is switched off"


# --- what is taken ----------------------------------------------------------------------------


def test_everything_is_read_at_the_offset_that_is_given() -> None:
    found = read(SMALL, NEPAL)
    first = EIGHT - 345 * 60
    assert found.series == (
        Series(
            "130500000001",
            300,
            tuple(Reading(first + 300 * n, 510) for n in range(6)),
            file=hashlib.sha256(SMALL).hexdigest(),
        ),
    )
    low, high = AlarmLimit("0", 200, 60), AlarmLimit("1", 800, 600)
    begins = datetime(2026, 11, 2, tzinfo=NEPAL)
    assert found.summaries[1] == DeviceSummary(
        start=begins,
        end=datetime(2026, 11, 2, 10, 14, tzinfo=NEPAL),
        min_centi_c=400,
        min_at=datetime(2026, 11, 2, 0, 42, tzinfo=NEPAL),
        max_centi_c=920,
        max_at=datetime(2026, 11, 2, 9, 52, tzinfo=NEPAL),
        mean_centi_c=450,
        alarms=(
            DeviceAlarm(low, 0, None),
            DeviceAlarm(high, 34, datetime(2026, 11, 2, 9, 40, tzinfo=NEPAL)),
        ),
        checked=tuple(begins + timedelta(minutes=m) for m in (8 * 60 + 1, 14 * 60 + 9)),
    )
    assert found.summaries[0] == DeviceSummary(
        datetime(2026, 11, 1, 8, 0, tzinfo=NEPAL), begins, None, None, None, None, None, lost_min=17
    )


def test_words_of_people_are_not_taken_for_members() -> None:
    members = read(SMALL).members
    assert ("Conf / User String 1", "fridge, Serial: 7") in members
    assert [text for path, text in members if path == "Conf / Serial"] == ["130500000001"]


def test_a_file_with_daily_summaries_only_has_no_series_and_is_evidence_all_the_same() -> None:
    without_rows = signed(CONFIGURED + DAYS + f"Data:\n{HEADER}\n")
    for data in (signed(CONFIGURED + DAYS), without_rows):
        found = read(data)
        assert (found.series, len(found.summaries)) == ((), 2)
        assert (found.signature, found.refusal) == (Standing.KNOWN_ISSUER, "")


def test_a_device_that_never_had_its_sensor_has_no_series() -> None:
    assert read(signed(CONFIGURED + data_of(steady(3, value="--.-")))).series == ()


def test_readings_without_a_sensor_are_counted_and_leave_a_gap() -> None:
    rows = [*steady(2), *steady(1, value="--.-", start=BEGAN + timedelta(minutes=10))]
    rows += steady(2, start=BEGAN + timedelta(minutes=15))
    (series,) = read(signed(CONFIGURED + data_of(rows))).series
    assert (len(series.readings), series.dropped) == (4, {"no_reading": 1})


def test_unknown_members_and_lines_are_kept() -> None:
    text = CONFIGURED + "Novelty: 7\n Depth: 3, Width: 4\nno colon at all\n" + data_of(steady(2))
    members = read(signed(text)).members
    assert [one for one in members if "Novelty" in one[0]] == [
        ("Novelty", "7"),
        ("Novelty / Depth", "3"),
        ("Novelty / Width", "4"),
    ]


def test_a_q_tag_says_what_ails_it_and_when_its_button_was_pressed() -> None:
    text = (
        "Device: Q-tag CLm\nConf:\n Serial: R1\n Expired: 1\n Test Res: 0\n"
        "Res:\n TS Start:\n TS Batt Crit: 2026-11-01 08:00\n"
        "Marker:\n\tNumber\tT\tyyyy-MM-dd hh:mm\t\n\t1\t5.0\t2026-11-01 08:07\t\n"
    )
    found = read(signed(text))
    assert found.flags == (LoggerFlag.BATTERY_LOW, LoggerFlag.EXPIRED, LoggerFlag.SELF_TEST)
    assert (found.marked, found.summaries) == ((datetime(2026, 11, 1, 8, 7, tzinfo=UTC),), ())


def test_text_that_is_not_utf_8_is_read() -> None:
    data = SMALL.replace(b"fridge,", b"k\xfchl,")
    assert ("Conf / User String 1", "kühl, Serial: 7") in read(data).members


def test_a_calibration_date_is_the_persons_word() -> None:
    on = date(2026, 3, 1)
    found = berlinger.read(SMALL, zone=UTC, at=NOW, signatures=OPENSSL, calibrated=on)
    assert found.series[0].calibrated == on


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_known_by_its_first_word(start: bytes) -> None:
    assert berlinger.is_one(start + SMALL)
    assert not berlinger.is_one(b"time,temperature\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Logging Interval: 5", "Logging Interval: five"),
        ("Logging Interval: 5", "Logging Interval: 5\n Logging Interval: 6"),
        ("T AL: +2.0", "T AL: cold"),
        ("Date: 2026-11-02", "Date: 02.11.2026"),
        ("Date: 2026-11-02", "Date: 2026-02-30"),
        ("Date: 2026-11-02", "Date: 0001-01-01"),
        ("Min T: +4.0", "Min T: cold"),
        ("TS Min T: 00:42", "TS Min T: --:--"),
        ("TS Min T: 00:42", "TS Min T: 25:42"),
        ("TS Report Creation: 2026-11-02 10:14", "TS Report Creation: today"),
        ("   TS AM: 08:01", "   TS AM: 8"),
        ("t Acc: 34", "t Acc: 34, t Acc: 35"),
    ],
)
def test_what_is_not_of_its_form_beside_the_readings_is_shown_and_not_taken(
    old: str, new: str
) -> None:
    text = CONFIGURED + DAYS + data_of(steady(3))
    assert old in text
    found, plain = read(signed(text.replace(old, new))), read(signed(text))
    assert [one.readings for one in found.series] == [one.readings for one in plain.series]
    told = (found.logging_s, found.limits, found.summaries, found.shown_at)
    assert told != (plain.logging_s, plain.limits, plain.summaries, plain.shown_at)
    assert set(found.members) - set(plain.members), "it is shown"
    assert found.signature is Standing.KNOWN_ISSUER


def test_each_time_at_which_somebody_checked_is_told_once() -> None:
    twice = DAYS.replace("   TS AM: 08:01\n", "   TS AM: 08:01\n   TS AM: 08:01\n   TS AM: 09:02\n")
    checked = read(signed(CONFIGURED + twice)).summaries[1].checked
    assert [f"{at:%H:%M}" for at in checked] == ["08:01", "09:02", "14:09"]


@pytest.mark.parametrize(
    "rows", ["", "\tNumber\n\t1\n", "\tyyyy-MM-dd hh:mm\n\tnoon\n", "\tT\tyyyy-MM-dd hh:mm\n\t1\n"]
)
def test_a_marker_without_a_time_is_none(rows: str) -> None:
    assert read(signed(f"{CONFIGURED}Marker:\n{rows}{data_of(steady(2))}")).marked == ()


# --- other devices of the family ----------------------------------------------------------------


def test_whether_a_device_that_shows_fahrenheit_writes_it_too_is_said() -> None:
    text = CONFIGURED.replace("Temp unit: C", "Temp unit: F") + DAYS.replace("+4.0", "+39.2")
    data = signed(text + data_of(steady(2, value="46.5")))
    with pytest.raises(ReadingsFault, match="is in °F too, or in °C"):
        read(data)
    found = read(data, unit="F")
    assert [reading.centi_c for reading in found.series[0].readings] == [806, 806]
    assert found.summaries[1].min_centi_c == 400
    assert found.series[0].readings != read(data, unit="C").series[0].readings


def test_the_files_own_word_for_the_unit_stands() -> None:
    with pytest.raises(ReadingsFault, match="UNIT_DIFFERS"):
        read(SMALL, unit="F")
    assert read(SMALL, unit="C").series == read(SMALL).series
    silent = signed(CONFIGURED.replace(" Temp unit: C\n", "") + data_of(steady(2, value="41.0")))
    assert read(silent).series[0].readings[0].centi_c == 4_100
    assert read(silent, unit="F").series[0].readings[0].centi_c == 500


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("dd.MM.yyyy HH:mm", "01.11.2026 08:00"),
        ("MM/dd/yyyy hh:mm a", "11/01/2026 08:00 AM"),
        ("dd-MMM-yyyy hh:mm:ss", "01-Nov-2026 08:00:00"),
    ],
)
def test_the_header_says_how_times_are_written(pattern: str, first: str) -> None:
    table = f"Data:\n\t{pattern}\tT\tOut of limits\n\t{first}\t5.1\t\n"
    (series,) = read(signed(CONFIGURED + table)).series
    assert series.first == BEGAN.replace(tzinfo=UTC)


def test_readings_in_two_tables_are_one_series_where_they_have_one_name() -> None:
    early = [*steady(3), *steady(1, value="--.-", start=BEGAN + timedelta(hours=9))]
    late = steady(3, start=BEGAN + timedelta(minutes=10))
    (series,) = read(signed(CONFIGURED + data_of(late) + data_of(early))).series
    assert (len(series.readings), series.dropped) == (5, {"no_reading": 1})
    with pytest.raises(ReadingsFault, match="DUPLICATE_DIFFERS"):
        read(signed(CONFIGURED + data_of(early) + data_of(steady(1, value="5.2"))))


def test_readings_of_a_second_sensor_are_a_series_of_their_own() -> None:
    outside = data_of(steady(2, value="21.0")).replace("Data:", "Data Ext:")
    one, other = read(signed(CONFIGURED + data_of(steady(3)) + outside)).series
    assert (one.device, other.device) == ("130500000001", "130500000001 Data Ext")
    assert (len(one.readings), other.readings[0].centi_c) == (3, 2_100)


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (" Serial: 130500000001\n", "", "MEMBER_MISSING"),
        (" Serial: 130500000001\n", " Serial: 1\n Serial: 2\n", "MEMBER_TWICE"),
        (" Serial: 130500000001\n", " Serial: ä\n", "DEVICE_NAME"),
        ("Temp unit: C", "Temp unit: F", "UNIT_NEEDED"),
        ("Temp unit: C", "Temp unit: K", "UNIT_NOT_READ"),
        ("\tyyyy-MM-dd hh:mm\tT\t", "\tyyyy-MM-dd hh:mm\tT\tT\t", "COLUMNS"),
        ("\tyyyy-MM-dd hh:mm\tT\t", "\tTime\tT\t", "COLUMNS"),
        ("\tyyyy-MM-dd hh:mm\tT\t", "\tyyyy-MM-dd\tT\t", "COLUMNS"),
        ("\tyyyy-MM-dd hh:mm\tT\t", "\tyyyy-MM-dd hh:mm\tyyyy-MM-dd hh:mm\tT\t", "COLUMNS"),
        ("\tyyyy-MM-dd hh:mm\tT\t", "\tdd.MM.yyyy hh:mm\tT\t", "TIME_MALFORMED"),
        ("\t2026-11-01 08:05\t5.1\n", "\t2026-11-01 08:05\n", "CELLS"),
        ("\t2026-11-01 08:05\t5.1\n", "\t01.11.2026 08:05\t5.1\n", "TIME_MALFORMED"),
        ("\t2026-11-01 08:05\t5.1\n", "\t2026-11-01 08:05\tcold\n", "NOT_A_NUMBER"),
        ("\t2026-11-01 08:05\t5.1\n", "\t2026-11-01 08:00\t5.2\n", "DUPLICATE_DIFFERS"),
        ("\t2026-11-01 08:05\t5.1\n", "\t2026-11-01 08:30\t5.1\n", "CLOCK_BACKWARDS"),
        ("\t2026-11-01 08:05\t5.1\n", "\t2026-11-21 12:06\t5.1\n", "TIME_AHEAD"),
        ("Vers: 0.5", "Vers: " + "5" * 500, "LINE_LENGTH"),
        (" Zone: 0.00", " " * 9 + "Zone: 0.00", "DEPTH"),
        (" Zone: 0.00", "\n" * LINES_MAX + " Zone: 0.00", "TOO_LARGE"),
    ],
)
def test_what_is_taken_is_taken_exactly_or_not_at_all(old: str, new: str, code: str) -> None:
    text = CONFIGURED + DAYS + data_of(steady(3))
    assert old in text
    assert code_of(text.replace(old, new)) == code


def test_a_fault_has_its_line() -> None:
    with pytest.raises(FormatError, match=r"^Line 8: The device is set to 'K'; °C and °F are read"):
        read(signed(CONFIGURED.replace("Temp unit: C", "Temp unit: K")))
    with pytest.raises(ReadingsFault, match=r"^Row 18, temperature: 'cold' breaks NOT_A_NUMBER"):
        read(signed(CONFIGURED + data_of(steady(1, value="cold"))))


def test_a_file_beyond_ten_megabytes_is_not_read() -> None:
    with pytest.raises(FormatError, match="at most 10000000"):
        read(b"Device: x" + bytes(BYTES_MAX))


# --- the signature ----------------------------------------------------------------------------


@BOTH
def test_a_certificate_by_another_issuer_is_told_apart(signatures: DigestSignatures) -> None:
    assert standing(SMALL, signatures, ISSUERS) is Standing.KNOWN_ISSUER
    assert standing(SMALL, signatures) is Standing.UNKNOWN_ISSUER
    assert Standing.UNKNOWN_ISSUER.is_evidence
    assert "not known" in Standing.UNKNOWN_ISSUER.words
    assert len(KNOWN_ISSUERS) == 1
    entered = standing(SMALL, signatures, Issuers(trusted=(OTHER.public, ISSUER.public)))
    assert (entered, entered.is_evidence) == (Standing.TRUSTED_ISSUER, True)
    assert "by who runs this installation" in entered.words
    assert standing(SMALL, signatures, Issuers(trusted=(OTHER.public,))) is Standing.UNKNOWN_ISSUER


def test_a_certificate_made_by_oneself_is_by_nobody_known() -> None:
    own = PrivateKey.generate()
    assert standing_of(signed(CONFIGURED, issuer=own, device=own)) is Standing.UNKNOWN_ISSUER


def test_a_certificate_cannot_be_carried_to_another_key() -> None:
    other = signed(CONFIGURED, device=PrivateKey.generate())
    key = re.compile(rb"Public Key: [0-9a-f]+")
    (theirs,) = key.findall(other)
    assert standing_of(key.sub(theirs, SMALL)) is Standing.EDITED


def test_a_key_that_is_no_point_is_no_key() -> None:
    data = re.sub(rb"Public Key: [0-9a-f]{128}", b"Public Key: " + b"0" * 128, SMALL)
    assert standing_of(data) is Standing.EDITED


def test_the_end_of_the_last_line_may_be_missing_but_nothing_may_follow_it() -> None:
    assert standing_of(SMALL.removesuffix(b"\r\n")) is Standing.KNOWN_ISSUER
    assert standing_of(SMALL + b"\r\n") is Standing.UNSIGNED
    assert standing_of(SMALL + b"\t2026-11-01 09:00\t5.1\r\n") is Standing.UNSIGNED
    assert standing_of(SMALL.removesuffix(b"\r\n") + b"\n") is Standing.LINE_ENDINGS


def test_the_end_of_a_file_is_short() -> None:
    padded = CONFIGURED + data_of(steady(2))
    long = signed(padded).replace(b"Owner:", b"Owner: " + b"x" * END_BYTES_MAX)
    assert standing_of(long) is Standing.UNSIGNED


def test_a_second_certificate_before_the_data_changes_nothing() -> None:
    (end,) = re.findall(rb"Cert:\r\n.*", SMALL, re.DOTALL)
    assert standing_of(end + SMALL) is Standing.EDITED
    assert standing_of(end) is Standing.UNSIGNED
    assert standing_of(b"") is Standing.UNSIGNED


@given(st.integers(0, SMALL.index(b"Sig: ") - 1), st.integers(1, 255))
def test_one_byte_changed_and_it_is_no_evidence(place: int, change: int) -> None:
    changed = SMALL[:place] + bytes([SMALL[place] ^ change]) + SMALL[place + 1 :]
    assert not standing_of(changed).is_evidence
    with suppress(Invalid):
        assert read(changed).refusal.startswith("Refused as evidence")


@given(st.integers(0, len(SMALL) - 3))
def test_a_file_that_was_cut_is_no_evidence(length: int) -> None:
    assert not standing_of(SMALL[:length]).is_evidence


@given(st.binary(max_size=300), st.integers(0, len(SMALL)), st.integers(0, len(SMALL)))
def test_whatever_the_bytes_are_there_is_an_answer_or_the_documented_error(
    junk: bytes, start: int, end: int
) -> None:
    with suppress(FormatError, ReadingsFault):
        read(SMALL[:start] + junk + SMALL[end:])


# --- speed ------------------------------------------------------------------------------------


def test_ten_thousand_readings_with_a_gap_of_352_minutes_are_read_and_checked_at_once() -> None:
    rows = [*steady(1), *steady(10_652, start=BEGAN - timedelta(days=30) + timedelta(minutes=352))]
    rows[0] = (BEGAN - timedelta(days=30), "5.0")
    data = signed(CONFIGURED + DAYS + data_of(rows))
    took = []
    for _ in range(5):
        started = time.process_time()
        found = read(data)
        took.append(time.process_time() - started)
    (series,) = found.series
    assert (len(series.readings), found.refusal) == (10_653, "")
    assert series.readings[1].at - series.readings[0].at == 352 * 60
    assert min(took) < 1, "seconds; some 0.15 without coverage and neighbours"
