"""The fleet: loggers, their calibration, and what is on the way."""

from datetime import timedelta
from typing import Any

import pytest

from supplychain.domain.conditions import Reading, ReadingsFault
from supplychain.models import Device, TrackerLoad
from supplychain.services.load_tracker import load_tracker
from supplychain.services.seal_batches import seal_batches
from supplychain.services.take_readings import take_readings
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, readings
from tests.supplychain.admin.conftest import AtDesk, words

COLD = a_lot("Q1", INSULIN)
LOAD, UNLOAD = "/admin/desk/trackers/load", "/admin/desk/trackers/unload"
LIST, ONE = "/admin/desk/devices", "/admin/desk/devices/one"


def logger(stage: Stage, days_ago: int, **more: Any) -> dict[str, Any]:
    day = stage.now.date() - timedelta(days=days_ago)
    plain = {"name": "LOGGER-1", "model": "Q-tag", "place": "Fridge 2", "every_days": 365}
    return {**plain, "calibrated_on": f"{day}", **more}


@pytest.mark.parametrize(
    ("days_ago", "status"), [(10, "Calibrated"), (350, "Due soon"), (400, "Overdue")]
)
def test_a_logger_is_written_down_and_told_of_before_it_runs_out(
    at_desk: AtDesk, now: Stage, days_ago: int, status: str
) -> None:
    client = at_desk(HEALS, "operator")
    assert client.post(ONE, logger(now, days_ago)).status_code == 302
    page = words(client.get(LIST))
    assert status in page
    assert "Fridge 2" in page
    assert ("Loggers to calibrate" in words(client.get("/admin/"))) is (status != "Calibrated")
    assert words(at_desk(SELLS).get(LIST)).count("LOGGER-1") == 0


def test_what_is_known_of_a_logger_is_changed_and_stays_one(at_desk: AtDesk, now: Stage) -> None:
    client = at_desk(HEALS)
    client.post(ONE, logger(now, 400))
    assert 'value="Fridge 2"' in words(client.get(f"{ONE}?name=LOGGER-1"))
    client.post(ONE, logger(now, 0, place="Lorry"))
    row = Device.objects.get()
    assert (row.place, row.calibrated_on) == ("Lorry", now.now.date())


def test_loggers_that_were_heard_of_are_offered(at_desk: AtDesk, now: Stage) -> None:
    now.register(COLD, 10)
    now.ship(MAKES, COLD, 10, HEALS, readings(now.now - timedelta(hours=1), now.now, 500))
    page = words(at_desk(HEALS).get(LIST))
    assert "Not written down" in page
    assert "It is ours" in page
    file = words(at_desk(MAKES).get(f"{LIST}?format=csv"))
    assert file.splitlines()[1].startswith("LOGGER-1,")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"calibrated_on": "2027-01-01"}, "is still to come"),
        ({"every_days": 0}, "greater than or equal to 1"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 65}, "at most 64 characters"),
    ],
)
def test_what_makes_no_sense_is_said(
    at_desk: AtDesk, now: Stage, wrong: dict[str, Any], sentence: str
) -> None:
    assert sentence in words(at_desk(HEALS).post(ONE, logger(now, 1) | wrong))
    assert not Device.objects.exists()


def test_a_viewer_writes_nothing_down(at_desk: AtDesk, now: Stage) -> None:
    viewer = at_desk(HEALS, "viewer")
    assert viewer.post(ONE, logger(now, 1)).status_code == 403
    assert "Write down a logger" not in words(viewer.get(LIST))


def test_journeys_under_way_are_listed_with_their_limits(at_desk: AtDesk, now: Stage) -> None:
    assert "Nothing is on the way" in words(at_desk(HEALS).get("/admin/desk/journeys"))
    now.register(COLD, 10)
    now.ship(MAKES, COLD, 10, HEALS, readings(now.now - timedelta(hours=1), now.now, 500))
    now.later(timedelta(hours=50))
    page = words(at_desk(HEALS, "operator").get("/admin/desk/journeys"))
    for fact in ("2 d 2 h", "Refrigerated, 2 to 8 °C", "10"):
        assert fact in page
    assert "2 d 2 h" in words(at_desk(MAKES).get("/admin/desk/journeys"))
    assert "2 d 2 h" not in words(at_desk(SELLS).get("/admin/desk/journeys"))


def test_live_trackers_are_told_with_what_they_ride_and_when_they_were_heard(
    at_desk: AtDesk, now: Stage
) -> None:
    now.register(COLD, 10)
    client, journeys = at_desk(MAKES), "/admin/desk/journeys"
    client.post(ONE, logger(now, 10, name="TRK-7"))
    assert "Live trackers" not in words(client.get(journeys))
    load_tracker(party=MAKES, device="TRK-7", lot=COLD, said_by="test", at=now.later())
    assert "Silent" in words(client.get(journeys))
    at = now.later()
    take_readings(
        party=MAKES, readings={"TRK-7": [Reading(int(at.timestamp()), 500)]}, at=at, most=256
    )
    page = words(client.get(journeys))
    for told in ("TRK-7", str(COLD), "Heard", f"{at:%H:%M}"):
        assert told in page
    now.later(timedelta(hours=3))
    assert "Silent" in words(client.get(journeys))
    seal_batches(at=now.later(), most=256, after=timedelta(0))
    with pytest.raises(ReadingsFault):
        take_readings(
            party=MAKES, readings={"TRK-7": [Reading(int(at.timestamp()), 510)]}, at=at, most=256
        )
    told = words(client.get(journeys))
    assert "Trouble" in told
    assert "find out which is right" in told
    now.later(timedelta(days=8))
    assert "find out which is right" not in words(client.get(journeys))
    assert "TRK-7" not in words(at_desk(HEALS).get(journeys))


def test_a_tracker_is_loaded_and_unloaded_at_the_desk(at_desk: AtDesk, now: Stage) -> None:
    now.register(COLD, 10)
    now.ship(MAKES, COLD, 4, SELLS, readings(now.now, now.now, 500))
    client = at_desk(MAKES)
    client.post(ONE, logger(now, 10, name="TRK-7"))
    page = words(client.get(LOAD))
    assert "All 6 of Insulin" in page
    assert "4 of Insulin" in page
    sent = f"{now.inbound(SELLS, COLD).output} {COLD.stream}"
    said = {"device": "TRK-7", "goods": sent, "place": "Van 3"}
    assert client.post(LOAD, said).status_code == 302
    load = TrackerLoad.objects.get()
    assert (load.goods, load.place) == ([sent.split(maxsplit=1)[0]], "Van 3")
    assert "rides with goods" in words(client.post(LOAD, said | {"goods": COLD.stream}))
    ended = {"device": "TRK-7", "lot": COLD.stream}
    for nonsense in ({}, ended | {"device": "\x00"}, ended | {"lot": "\x00"}):
        assert client.post(UNLOAD, nonsense)["Location"] == "/admin/desk/journeys"
    assert at_desk(MAKES, "viewer").post(UNLOAD, ended).status_code == 403
    for _ in range(2):
        assert client.post(UNLOAD, ended).status_code == 302
    load.refresh_from_db()
    assert load.until is not None
    assert client.post(LOAD, said | {"goods": COLD.stream}).status_code == 302


@pytest.mark.parametrize("wrong", [{"device": "TRK-8"}, {"goods": "lot:1/x"}, {"goods": ""}])
def test_a_tracker_is_loaded_with_what_is_there_by_who_may_sign(
    at_desk: AtDesk, now: Stage, wrong: dict[str, str]
) -> None:
    now.register(COLD, 10)
    client = at_desk(MAKES)
    client.post(ONE, logger(now, 10, name="TRK-7"))
    said = {"device": "TRK-7", "goods": COLD.stream}
    assert client.post(LOAD, said | wrong).status_code == 200
    assert at_desk(MAKES, "operator").post(LOAD, said).status_code == 403
    assert not TrackerLoad.objects.exists()
