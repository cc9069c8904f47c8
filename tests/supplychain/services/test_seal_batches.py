"""Workers that seal at once, and trackers that send meanwhile: nothing twice, and nothing lost."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from supplychain.domain.conditions import Reading, unpack
from supplychain.models import Leg, Tracker, TrackerBatch, TrackerLoad, TrackerReading
from supplychain.services.load_tracker import load_tracker
from supplychain.services.put_device import put_device
from supplychain.services.seal_batches import seal_batches
from supplychain.services.take_readings import take_readings
from tests.stages import INSULIN, MAKES, Stage, a_lot, open_stage
from tests.supplychain.api.test_hostile import at_once

LOT = a_lot("Q1", INSULIN)
DEVICE = "TRK-7"


def ridden(stage: Stage) -> None:
    stage.register(LOT, 100)
    put_device(
        party=MAKES,
        name=DEVICE,
        model="",
        place="",
        calibrated_on=None,
        every_days=365,
        today=stage.now.date(),
    )
    load_tracker(party=MAKES, device=DEVICE, lot=LOT, said_by="test", at=stage.later())


def sent(stage: Stage, start: int, count: int) -> dict[str, list[Reading]]:
    first = int(stage.now.timestamp())
    return {DEVICE: [Reading(first + n, 500) for n in range(start, start + count)]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_workers_at_once_sign_each_batch_once_and_lose_no_reading(
    settings: Settings, tmp_path: Path
) -> None:
    stage = open_stage(settings, tmp_path)
    ridden(stage)
    later = stage.now + timedelta(minutes=30)
    seal = partial(seal_batches, at=later, most=8, after=timedelta(0))
    send = partial(take_readings, party=MAKES, at=later, most=8)
    deeds = [partial(send, readings=sent(stage, 10 * n, 15)) for n in range(6)]  # they overlap
    at_once([*deeds[:3], seal, seal])
    at_once([*deeds[3:], seal, seal, seal])
    seal()
    assert not TrackerReading.objects.exists()
    batches = list(TrackerBatch.objects.order_by("n"))
    told = [one.at for row in batches for one in unpack(bytes(row.packed))]
    first = int(stage.now.timestamp())
    assert sorted(told) == list(range(first, first + 65))
    assert [row.n for row in batches] == list(range(1, len(batches) + 1))
    assert [row.previous for row in batches[1:]] == [row.digest for row in batches[:-1]]
    assert Tracker.objects.get().batches == len(batches)
    assert Leg.objects.count() == len(batches)


def without(table: str, row: str) -> None:
    """From now on the database refuses to write this row."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT no CHECK (NOT {row}) NOT VALID")


def test_a_load_at_fault_keeps_no_other_from_being_signed(stage: Stage) -> None:
    ridden(stage)
    faulty = TrackerLoad.objects.get()
    other = a_lot("Q2", INSULIN)
    stage.register(other, 100)
    load_tracker(party=MAKES, device=DEVICE, lot=other, said_by="test", at=stage.later())
    stage.later()
    take_readings(party=MAKES, readings=sent(stage, 0, 3), at=stage.now, most=8)
    without("supplychain_trackerload", f"id = {faulty.pk}")
    assert seal_batches(at=stage.later(), most=8, after=timedelta(0)) == 1
    assert list(TrackerLoad.objects.values_list("recorded", flat=True)) == [0, 1]


def test_a_tracker_at_fault_keeps_no_other_from_being_sealed(stage: Stage) -> None:
    ridden(stage)
    put_device(
        party=MAKES,
        name="TRK-8",
        model="",
        place="",
        calibrated_on=None,
        every_days=365,
        today=stage.now.date(),
    )
    readings = sent(stage, 0, 3)
    for name in (DEVICE, "TRK-8"):
        take_readings(party=MAKES, readings={name: readings[DEVICE]}, at=stage.now, most=8)
    without("supplychain_tracker", f"name = '{DEVICE}'")
    assert seal_batches(at=stage.later(), most=8, after=timedelta(0)) == 0
    assert list(TrackerBatch.objects.values_list("device", flat=True)) == ["TRK-8"]
