from datetime import UTC, datetime

import pytest

from supplychain.domain.conditions import Reading, Series
from supplychain.formats import epcis
from supplychain.formats.epcis_document import Event
from supplychain.formats.event_readings import readings_of
from supplychain.formats.packing import RefusalError
from tests.supplychain.formats.epcis_2_files import SEEN, Said, document

EIGHT = int(datetime(2026, 11, 20, 8, tzinfo=UTC).timestamp())


def report(value: object, minute: int = 0, **members: object) -> Said:
    time = f"2026-11-20T08:{minute:02d}:00Z"
    return {"type": "Temperature", "value": value, "uom": "CEL", "time": time, **members}


def event(*reports: Said, **metadata: object) -> Event:
    facts = {"sensorMetadata": metadata} if metadata else {}
    element = {**facts, "sensorReport": list(reports)}
    (one,) = epcis.read(document({**SEEN, "sensorElementList": [element]})).events
    assert one.fault is None
    return one


def test_temperatures_become_a_series_in_the_order_of_time() -> None:
    found = readings_of(event(report(5.12, 2), report(-4.005, 1), deviceID="urn:x-logger:L%201"))
    assert found == (Series.of("L 1", [Reading(EIGHT + 60, -401), Reading(EIGHT + 120, 512)]),)


@pytest.mark.parametrize(
    ("value", "unit", "centi"),
    [
        (41, "FAH", 500),
        (35.6, "FAH", 200),
        (46.4, "FAH", 800),
        (46.5, "FAH", 806),
        (278.15, "KEL", 500),
        (0, "KEL", -27315),
        (8.004, "CEL", 801),
        (1.996, "CEL", 199),
        (281.154, "KEL", 801),
    ],
)
def test_other_units_are_worked_out_in_celsius(value: object, unit: str, centi: int) -> None:
    (series,) = readings_of(event(report(value, uom=unit)))
    assert [one.centi_c for one in series.readings] == [centi]


def test_each_device_has_a_series_and_the_element_names_what_a_report_does_not() -> None:
    bare = {"type": "Temperature", "value": 7, "uom": "CEL"}
    found = readings_of(
        event(bare, report(5, deviceID="urn:b:2"), deviceID="urn:a:1", time="2026-11-20T08:01:00Z")
    )
    assert [(one.device, one.readings[0].at) for one in found] == [
        ("urn:a:1", EIGHT + 60),
        ("urn:b:2", EIGHT),
    ]


def test_without_a_time_it_is_that_of_the_event_and_devices_need_no_name() -> None:
    (series,) = readings_of(event({"type": "Temperature", "value": 7, "uom": "CEL"}))
    assert (series.device, series.readings[0].at) == ("not named", EIGHT - 3600)


@pytest.mark.parametrize(
    "other",
    [
        {"type": "RelativeHumidity", "value": 60, "uom": "A93"},
        {"type": "Temperature", "minValue": 2, "maxValue": 8, "uom": "CEL"},
        {"type": "Temperature", "value": 2, "uom": "XYZ"},
        {"exception": "ALARM_CONDITION", "booleanValue": True},
        report(-127),
        report(999),
        report(-196.6, uom="FAH"),
    ],
)
def test_what_is_no_single_temperature_is_left_out(other: Said) -> None:
    assert readings_of(event(other)) == ()


def test_the_same_twice_is_said_once() -> None:
    (series,) = readings_of(event(report(5), report(5)))
    assert len(series.readings) == 1


@pytest.mark.parametrize(
    "reports",
    [
        (report(5), report(6)),
        (report(-300),),
        (report(400),),
        (report(99999999999999999999),),
        (report(-99999999999999999999),),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(reports: tuple[Said, ...]) -> None:
    with pytest.raises(RefusalError) as caught:
        readings_of(event(*reports))
    assert caught.value.code == "READINGS_WRONG"
    assert caught.value.reason.endswith("Send the readings as the logger has them.")
