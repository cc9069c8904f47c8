"""Loggers' files through the API: as they came, with whatever their signature is worth."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from pytest_django import Settings

from ledger.models import Attachment
from supplychain.api.conditions import conditions_of
from supplychain.domain.conditions_judged import NOTHING_STATED
from supplychain.domain.findings import Finding
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.models import Device, Leg, Series
from supplychain.services.remember_logger import remember_logger
from tests.stages import INSULIN, MAKES, SELLS, Stage
from tests.supplychain.api.conftest import Programs, problem
from tests.supplychain.api.test_doing import new_lot, new_shipment
from tests.supplychain.formats.berlinger_files import (
    CONFIGURED,
    DAYS,
    ISSUER,
    SMALL,
    data_of,
    signed,
    steady,
)


def test_a_loggers_signed_file_is_cited_untouched(now: Stage, program: Programs) -> None:
    maker, lot = program(MAKES), {"gtin": INSULIN, "lot": "I1"}
    maker.post("lots", new_lot(**lot))
    now.later()
    begins = now.now.replace(tzinfo=None, second=0) - timedelta(hours=2)
    raw = signed(CONFIGURED + data_of(steady(12, start=begins)))
    conditions = {"file": b64encode(raw).decode(), "zone": "+00:00"}
    body = new_shipment(**lot, conditions=conditions)
    entry = maker.post("shipments", body).json()["entry_id"]
    kept = Attachment.objects.get(sha256=sha256(raw).hexdigest())
    assert (bytes(kept.content or b""), kept.media) == (raw, "text/plain")
    assert Series.objects.get(entry_id=entry).device == "130500000001"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\t5.1\r", b"\t5.2\r", "SIGNATURE_REFUSED"),
        (b"\r\nSig: ", b"\r\nGis: ", "SIGNATURE_REFUSED"),
        (b" Temp unit: C", b" Temp unit: F", "UNIT_NEEDED"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_a_file_that_was_edited_is_no_evidence(
    program: Programs, old: bytes, new: bytes, code: str
) -> None:
    raw = signed(CONFIGURED + data_of(steady(2, start=datetime(2026, 3, 1, 8)))).replace(old, new)  # noqa: DTZ001
    conditions = {"file": b64encode(raw).decode(), "zone": "+00:00"}
    problem(program(SELLS).post("shipments", new_shipment(conditions=conditions)), 400, code)


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({"file": "!"}, "MALFORMED_BASE64"),
        ({"file": b64encode(SMALL).decode()}, "ZONE_NEEDED"),
        ({"file": b64encode(signed(CONFIGURED + DAYS)).decode(), "zone": "+01:00"}, "NO_READINGS"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_a_file_needs_its_zone_and_readings(program: Programs, conditions: Any, code: str) -> None:
    problem(program(SELLS).post("shipments", new_shipment(conditions=conditions)), 400, code)


# --- looking into a file ----------------------------------------------------------------------


def preview(program: Programs, raw: bytes, **members: Any) -> Any:
    body = {"file": b64encode(raw).decode(), **members}
    return program(SELLS, "operator").post("loggers/previews", body)


def test_a_preview_says_all_that_a_file_holds_and_keeps_nothing(
    traded: Stage, program: Programs
) -> None:
    begins = traded.now.replace(tzinfo=None, second=0) - timedelta(days=2)
    rows = [*steady(1, start=begins), *steady(3, start=begins + timedelta(minutes=352))]
    raw = signed(CONFIGURED + DAYS + data_of(rows))
    found = preview(program, raw, zone="+05:45").json()
    assert (found["kind"], found["citable"], found["device"]) == ("berlinger", True, "130500000001")
    assert (found["sha256"], found["zone"]) == (sha256(raw).hexdigest(), "+05:45")
    assert found["signature"]["standing"] == "UNKNOWN_ISSUER"
    assert found["flags"] == ["LOGGER_ALARM", "LOGGER_SENSOR_LOST"]
    (series,), (first, last) = found["series"], found["summaries"]
    assert (series["count"], len(series["gaps"]), len(series["root"])) == (4, 1, 64)
    said = "what the device says is about other days"
    assert found["findings"] == ["LOGGER_ISSUER_UNKNOWN"], said
    since = f"{traded.now - timedelta(days=2):%FT%TZ}"
    part = preview(program, raw, zone="+05:45", since=since)
    assert part.json()["series"][0]["cut"] == {"before": 1, "after": 0, "since": since}
    assert (first["min_centi_c"], last["alarms_at"]) == (None, ["2026-11-02T03:55:00Z"])
    assert not Attachment.objects.filter(sha256=found["sha256"]).exists()


def test_a_preview_names_a_sensor_of_which_nothing_would_be_cited(
    traded: Stage, program: Programs
) -> None:
    begins = traded.now.replace(tzinfo=None, second=0) - timedelta(days=2)
    outside = data_of(steady(2, start=begins + timedelta(hours=5))).replace("Data:", "Data Ext:")
    raw = signed(CONFIGURED + data_of(steady(3, start=begins)) + outside)
    until = f"{traded.now - timedelta(days=2):%FT%TZ}"
    found = preview(program, raw, zone="+00:00", until=until).json()
    assert len(found["series"]) == 1
    assert found["absent"] == [{"device": "130500000001 Data Ext", "count": 2}]


@pytest.mark.usefixtures("traded")
def test_a_preview_of_an_edited_file_says_what_is_wrong_with_it(program: Programs) -> None:
    raw = signed(CONFIGURED + DAYS).replace(b"\r\n", b"\n")
    found = preview(program, raw, zone="+00:00").json()
    assert (found["citable"], found["signature"]["standing"]) == (False, "LINE_ENDINGS")
    assert found["signature"]["words"].startswith("Refused as evidence: line endings")


def test_a_table_of_no_known_make_is_mapped_and_then_cited(now: Stage, program: Programs) -> None:
    raw = "Nr;Zeit;Wert\r\n1;13.02.2026 13:00;5,1\r\n2;13.02.2026 13:10;5,3\r\n".encode("cp1252")
    found = preview(program, raw).json()
    assert (found["kind"], found["citable"], found["series"]) == ("unknown", False, [])
    proposal = found["suggestion"]
    assert proposal["columns"] == ["Nr", "Zeit", "Wert"]
    assert (proposal["time"], proposal["order"]) == ("Zeit", "DMY")
    assert proposal["unknown"] == ["temperature", "zone", "unit"]
    seen = ("encoding", "delimiter", "decimal", "header_row", "time", "order")
    mapping = {
        **{name: proposal[name] for name in seen},
        "temperature": "Wert",
        "unit": "C",
        "zone": "+01:00",
    }
    again = preview(program, raw, mapping=mapping, device="L-1").json()
    assert (again["kind"], again["citable"], again["series"][0]["max_centi_c"]) == (
        "mapped",
        True,
        530,
    )
    lot = {"gtin": INSULIN, "lot": "I1"}
    program(MAKES).post("lots", new_lot(**lot))
    now.later()
    conditions = {"file": b64encode(raw).decode(), "mapping": mapping, "device": "L-1"}
    entry = program(MAKES).post("shipments", new_shipment(**lot, conditions=conditions)).json()
    kept = Series.objects.get(entry_id=entry["entry_id"])
    assert (kept.root, kept.file) == (again["series"][0]["root"], sha256(raw).hexdigest())


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"file": b64encode(b"hello").decode()}, "TABLE_NOT_FOUND"),
        ({"file": "?"}, "MALFORMED_BASE64"),
        ({"mapping": {"order": "DMY"}}, "INVALID_REQUEST"),
        ({"order": "DYM"}, "INVALID_REQUEST"),
        ({"zone": "CET"}, "INVALID_ZONE"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_a_preview_that_cannot_be_made_says_why(
    program: Programs, members: dict[str, Any], code: str
) -> None:
    body = {"file": b64encode(SMALL).decode(), **members}
    problem(program(SELLS).post("loggers/previews", body), 400, code)


# --- what was said before ---------------------------------------------------------------------

TABLE = b"Nr;Zeit;Wert\r\n1;13.02.2026 13:00;5,1\r\n2;13.02.2026 13:10;5,3\r\n"
MAPPING = {
    "encoding": "utf-8",
    "delimiter": "semicolon",
    "decimal": "comma",
    "header_row": 1,
    "time": "Zeit",
    "temperature": "Wert",
    "order": "DMY",
    "unit": "C",
    "zone": "+01:00",
}


def remembered(stage: Stage, *models: str) -> None:
    for model in models:
        kept = ColumnMapping.decode(MAPPING)
        remember_logger(party=SELLS, by="Ann", at=stage.now, model=model, mapping=kept)


def test_a_table_is_read_as_tables_of_its_model_were_before(
    traded: Stage, program: Programs
) -> None:
    remembered(traded, "Fridge 3000")
    found = preview(program, TABLE).json()
    assert (found["kind"], found["series"][0]["count"]) == ("mapped", 2)
    assert found["read_as"] == "as a table of Fridge 3000, as it was said before"
    remembered(traded, "Fridge 4000")
    body = {"file": b64encode(TABLE).decode()}
    problem(program(SELLS, "operator").post("loggers/previews", body), 400, "MODEL_NEEDED")
    named = preview(program, TABLE, model="Fridge 4000").json()
    assert named["read_as"].startswith("as a table of Fridge 4000")
    unknown = {**body, "model": "Fridge 5000"}
    problem(program(SELLS, "operator").post("loggers/previews", unknown), 400, "MODEL_UNKNOWN")


def test_a_table_that_nobody_read_before_is_not_guessed_at(
    traded: Stage, program: Programs
) -> None:
    conditions = {"file": b64encode(TABLE).decode()}
    body = new_shipment(conditions=conditions)
    problem(program(SELLS).post("shipments", body), 400, "MAPPING_NEEDED")
    remembered(traded, "Fridge 3000")
    assert program(SELLS).post("shipments", body).status_code == 201


def test_the_offset_of_a_devices_clock_and_its_calibration_are_taken_from_before(
    traded: Stage, program: Programs, settings: Settings
) -> None:
    begins = traded.now.replace(tzinfo=None, second=0) - timedelta(days=2)
    raw = signed(CONFIGURED + data_of(steady(3, start=begins)))
    body = {"file": b64encode(raw).decode()}
    problem(program(SELLS).post("loggers/previews", body), 400, "ZONE_NEEDED")
    device, zone = "130500000001", timezone(timedelta(hours=1))
    remember_logger(party=SELLS, by="Ann", at=traded.now, device=device, zone=zone)
    long_ago = begins.date() - timedelta(days=400)
    Device.objects.create(gln=SELLS, name=device, calibrated_on=long_ago)
    settings.LOGGER_ISSUERS = [(ISSUER.public.x, ISSUER.public.y)]
    found = preview(program, raw).json()
    assert (found["zone"], found["findings"]) == ("+01:00", [])
    assert found["signature"]["standing"] == "TRUSTED_ISSUER"
    assert "said before of this device's clock" in found["read_as"]
    lot = conditions_of(body, traded.now, SELLS)
    assert lot.series[0].calibrated == long_ago


# --- several files, and what is signed beside them --------------------------------------------


def csv_of(start: datetime, *celsius: float) -> str:
    rows = [f"{start + n * timedelta(minutes=10):%FT%TZ},{c}" for n, c in enumerate(celsius)]
    return b64encode("\n".join(["time,temperature_c", *rows]).encode()).decode()


def test_files_of_several_loggers_are_cited_by_one_dispatch(now: Stage, program: Programs) -> None:
    maker, lot = program(MAKES), {"gtin": INSULIN, "lot": "I1"}
    maker.post("lots", new_lot(**lot))
    now.later()
    start = now.now - timedelta(hours=2)
    begins = start.replace(tzinfo=None, second=0)
    fridge = signed(CONFIGURED + DAYS + data_of(steady(12, start=begins)))
    files = [
        {"file": csv_of(start, 5.1, 5.2, 5.3), "device": "A"},
        {"file": csv_of(start + timedelta(minutes=20), 5.3, 5.4), "device": "A"},
        {"file": csv_of(start, 5.1, 5.2, 5.3), "device": "A"},
        {"file": b64encode(fridge).decode(), "zone": "+00:00"},
    ]
    conditions = {"files": files, "ignore_start_min": 10, "read_out_at": "2026-11-02T12:00:00Z"}
    response = maker.post("shipments", new_shipment(**lot, conditions=conditions))
    assert response.status_code == 201, response.json()
    entry_id = response.json()["entry_id"]
    assert sorted(Series.objects.filter(entry_id=entry_id).values_list("device", "count")) == [
        ("130500000001", 12),
        ("A", 2),
        ("A", 3),
    ]
    assert Attachment.objects.filter(entry_id=entry_id).count() == 3
    (leg,) = Leg.objects.filter(entry_id=entry_id)
    assert leg.state == "REVIEW", "the clock of one was hours off"


@pytest.mark.django_db
def test_what_is_said_beside_files_is_stated_with_them() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    fridge = signed(CONFIGURED + DAYS + data_of(steady(12)))
    found = conditions_of(
        {
            "file": b64encode(fridge).decode(),
            "zone": "+00:00",
            "ignore_start_min": 10,
            "ignore_end_min": 5,
            "market": "US",
            "read_out_at": datetime(2026, 11, 2, 12, tzinfo=UTC),
        },
        at,
        SELLS,
    )
    assert (len(found.stated.ignored), found.stated.market) == (2, "US")
    assert {Finding.CLOCK_FAULT, Finding.LOGGER_SENSOR_LOST} <= found.stated.findings
    typed = [{"time": "2026-11-21T08:00:00Z", "value": "5", "unit": "C"}]
    assert conditions_of({"readings": typed}, at, SELLS).stated == NOTHING_STATED


def test_two_files_that_contradict_each_other_are_a_fault(traded: Stage, program: Programs) -> None:
    start = traded.now - timedelta(hours=2)
    files = [{"file": csv_of(start, c), "device": "A"} for c in (5.1, 5.2)]
    response = program(SELLS).post("shipments", new_shipment(conditions={"files": files}))
    problem(response, 400, "DUPLICATE_DIFFERS")


def test_of_several_files_each_says_its_logger(traded: Stage, program: Programs) -> None:
    start = traded.now - timedelta(hours=2)
    files = [{"file": csv_of(start, 5.1)}, {"file": csv_of(start, 5.1), "device": "A"}]
    response = program(SELLS).post("shipments", new_shipment(conditions={"files": files}))
    problem(response, 400, "DEVICE_NEEDED")
