"""Stored readings are held against what was signed: whatever was changed in them is found."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.alarms import blocking, standing
from supplychain.domain.conditions import Reading
from supplychain.domain.packed_readings import pack, unpack
from supplychain.models import SeriesChunk
from supplychain.services.audit_readings import Audited, audit_readings
from tests.stages import HEALS, INSULIN, MAKES, Stage, a_lot, readings

LOT = a_lot("Q1", INSULIN)
Change = Callable[[list[tuple[int, int]]], list[tuple[int, int]]]


@pytest.fixture
def travelled(stage: Stage) -> Stage:
    """Ten packs came to the pharmacy; forty readings say how."""
    stage.register(LOT, 10)
    since = stage.now
    stage.ship(MAKES, LOT, 10, HEALS, readings(since - timedelta(hours=3), since, 500, 510))
    start = stage.now
    stage.later(timedelta(hours=3))
    journey = readings(start, stage.now + timedelta(minutes=1), 520, 530)
    stage.receive(HEALS, LOT, 10, conditions=journey)
    stage.log()
    return stage


def audited(stage: Stage) -> Audited:
    return audit_readings(at=stage.later())


def test_readings_that_are_as_signed_raise_nothing(travelled: Stage) -> None:
    assert audited(travelled) == Audited(entries=2, wrong=(), done=True)
    assert audited(travelled).entries == 2, "it begins anew"
    assert not standing().exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda found: [(found[0][0], found[0][1] + 1), *found[1:]],
        lambda found: [*found[:5], *found[6:]],
        lambda found: [*found, (found[-1][0] + 600, 500)],
        lambda found: [(at + 1, value) for at, value in found],
    ],
    ids=["flipped", "removed", "inserted", "moved"],
)
def test_one_changed_reading_is_found(travelled: Stage, change: Change) -> None:
    chunk = SeriesChunk.objects.order_by("root").first()
    assert chunk is not None
    found = change(unpack(bytes(chunk.packed), count_max=10_000))
    changed = pack([Reading(*one) for one in found])
    SeriesChunk.objects.filter(root=chunk.root).update(packed=changed)
    (wrong,) = audited(travelled).wrong
    (alarm,) = standing()
    assert (alarm.code, alarm.about) == ("READINGS_CHANGED", wrong)
    assert not blocking().exists(), "the log goes on"
    audited(travelled)
    assert standing().count() == 1, "it is one alarm, however often it is seen"


def test_readings_that_are_gone_are_missed(travelled: Stage) -> None:
    SeriesChunk.objects.all().delete()
    assert len(audited(travelled).wrong) == 2
    assert {alarm.code for alarm in standing()} == {"READINGS_LOST"}


def test_the_audit_goes_on_where_it_stood(travelled: Stage) -> None:
    steps = [audit_readings(at=travelled.later(), most=10)]
    while not steps[-1].done:
        steps.append(audit_readings(at=travelled.later(), most=10))
    assert len(steps) > 1
    assert sum(one.entries for one in steps) == 2


def test_an_empty_log_is_audited_at_once(db: None) -> None:
    del db
    said = StringIO()
    call_command("audit_readings", stdout=said)
    assert said.getvalue() == "0 entries: all readings are those that were signed.\n"


def test_the_command_fails_where_readings_were_changed(travelled: Stage) -> None:
    del travelled
    SeriesChunk.objects.all().delete()
    said = StringIO()
    with pytest.raises(CommandError, match="2 of 2 entries have other readings"):
        call_command("audit_readings", stdout=said)
    assert said.getvalue().count("not those that were signed") == 2
