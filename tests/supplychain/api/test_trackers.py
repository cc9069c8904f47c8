"""Live trackers through the API: whose readings are taken, in which form, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from supplychain.domain.outputs import State
from supplychain.models import TrackerReading
from tests.stages import HEALS, SELLS, Stage
from tests.supplychain.api.conftest import A_LOT, Program, Programs, problem

DEVICE = "TRK-7"
LOAD = {**A_LOT, "device": DEVICE}


@pytest.fixture
def owner(traded: Stage, program: Programs) -> Program:
    """The wholesaler, who has 100 tablets and a tracker."""
    traded.later()
    mine = program(SELLS)
    assert mine.post("trackers", {"device": DEVICE, "model": "Polar 3"}).status_code == 201
    return mine


def sent(stage: Stage, *values: str, ago: timedelta = timedelta(0), **members: Any) -> Any:
    times = [stage.now - ago + timedelta(seconds=n) for n in range(len(values))]
    readings = [
        {"time": at.isoformat(), "value": value, "unit": "C"}
        for at, value in zip(times, values, strict=True)
    ]
    return {"device": DEVICE, "readings": readings} | members


@pytest.mark.usefixtures("owner")
def test_a_trackers_token_hands_in_readings_and_does_nothing_else(
    traded: Stage, program: Programs
) -> None:
    tracker = program(SELLS, "tracker")
    assert tracker.post("trackers/readings", sent(traded, "5.0")).status_code == 200
    for answer in (
        tracker.get("stock"),
        tracker.get("trackers"),
        tracker.get("verify", code="x"),
        tracker.post("trackers", {"device": "TRK-8"}),
        tracker.post("trackers/loads", LOAD),
        tracker.post("trackers/unloads", LOAD),
        tracker.post("entries", {}),
        tracker.get("log/checkpoint"),
    ):
        problem(answer, 403, "ROLE_FORBIDDEN")


@pytest.mark.usefixtures("owner")
def test_a_viewer_sends_no_readings_and_an_operator_loads_no_tracker(
    traded: Stage, program: Programs
) -> None:
    problem(
        program(SELLS, "viewer").post("trackers/readings", sent(traded, "5.0")),
        403,
        "ROLE_FORBIDDEN",
    )
    problem(program(SELLS, "operator").post("trackers/loads", LOAD), 403, "ROLE_FORBIDDEN")


@pytest.mark.usefixtures("owner")
def test_devices_of_others_are_not_there(traded: Stage, program: Programs) -> None:
    others = program(HEALS)
    problem(others.post("trackers/readings", sent(traded, "5.0")), 422, "DEVICE_UNKNOWN")
    problem(others.post("trackers/loads", LOAD), 422, "DEVICE_UNKNOWN")
    problem(others.post("trackers/unloads", LOAD), 422, "TRACKER_NOT_LOADED")
    assert others.get("trackers").json()["results"] == []


def test_one_refused_reading_refuses_all(traded: Stage, owner: Program) -> None:
    owner.post("trackers/readings", sent(traded, "5.0"))
    again = sent(traded, "5.1", "5.2", "5.3")
    problem(owner.post("trackers/readings", again), 400, "DUPLICATE_DIFFERS")
    assert TrackerReading.objects.count() == 1


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"readings": []}, "INVALID_REQUEST"),
        ({"device": ""}, "INVALID_REQUEST"),
        ({"device": "x" * 65}, "INVALID_REQUEST"),
        ({"more": 1}, "INVALID_REQUEST"),
        ({"readings": [{"time": "now", "value": "5", "unit": "C"}]}, "TIME_NOT_ISO"),
        ({"readings": [{"time": "2026-03-02T08:00:00", "value": "5", "unit": "C"}]}, "ZONE_NEEDED"),
        ({"readings": [{"time": "2999-01-01T00:00:00Z", "value": "5", "unit": "C"}]}, "TIME_AHEAD"),
        ({"readings": [{"time": "2025-01-01T00:00:00Z", "value": "5", "unit": "C"}]}, "TOO_LATE"),
        ({"readings": [{"time": "2026-03-02T08:00:00Z", "value": "5", "unit": "K"}]}, None),
        ({"readings": [{"time": "2026-03-02T08:00:00Z", "value": "9e9", "unit": "C"}]}, None),
        ({"readings": [{"time": "2026-03-02T08:00:00Z", "value": "--", "unit": "C"}]}, None),
        ({"readings": "no list"}, "INVALID_REQUEST"),
    ],
)
def test_what_is_no_reading_is_refused(
    traded: Stage, owner: Program, members: dict[str, Any], code: str | None
) -> None:
    answer = owner.post("trackers/readings", sent(traded, "5.0") | members)
    assert answer.status_code == 400
    assert code in (None, answer.json()["code"])
    assert not TrackerReading.objects.exists()


def test_a_tracker_rides_with_the_goods_of_a_lot_once_at_a_time(
    traded: Stage, owner: Program
) -> None:
    first = owner.post("trackers/loads", LOAD | {"place": "Van 3"})
    assert first.status_code == 201
    problem(owner.post("trackers/loads", LOAD), 409, "TRACKER_LOADED")
    traded.later()
    ended = owner.post("trackers/unloads", LOAD)
    assert ended.json()["until"] is not None
    problem(owner.post("trackers/unloads", LOAD), 422, "TRACKER_NOT_LOADED")
    assert owner.post("trackers/loads", LOAD).status_code == 201


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"state": State.QUARANTINED.value}, 422, "NOT_HOLDER"),
        ({"state": "dispensed"}, 400, "INVALID_REQUEST"),
        ({"outputs": [f"{'ab' * 32}#0"]}, 422, "NOT_HOLDER"),
        ({"outputs": ["nonsense"]}, 400, None),
        ({"since": "2999-01-01T00:00:00Z"}, 400, "SINCE_AHEAD"),
        ({"device": "TRK-8"}, 422, "DEVICE_UNKNOWN"),
        ({"lot": "B2"}, 422, "NOT_HOLDER"),
        ({"place": "\n"}, 400, None),
    ],
)
def test_a_tracker_rides_with_goods_that_are_there(
    owner: Program, members: dict[str, Any], status: int, code: str | None
) -> None:
    answer = owner.post("trackers/loads", LOAD | members)
    assert answer.status_code == status
    assert code in (None, answer.json()["code"])


def test_a_ride_ends_after_it_began_and_before_now(traded: Stage, owner: Program) -> None:
    owner.post("trackers/loads", LOAD)
    for until in (traded.now - timedelta(days=1), traded.now + timedelta(days=1)):
        answer = owner.post("trackers/unloads", LOAD | {"until": until.isoformat()})
        problem(answer, 400, "UNTIL_WRONG")


@pytest.mark.usefixtures("traded")
def test_the_list_tells_how_trackers_stand(traded: Stage, owner: Program) -> None:
    owner.post("trackers/loads", LOAD)
    owner.post("trackers/readings", sent(traded, "5.0", "5.1"))
    (line,) = owner.get("trackers", q="TRK").json()["results"]
    assert (line["device"], line["waiting"], line["batches"]) == (DEVICE, 2, 0)
    assert [one["lot"] for one in line["loads"]] == ["lot:00614141000012/A1"]
