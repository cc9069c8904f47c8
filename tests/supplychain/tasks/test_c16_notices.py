"""C16: what happened to the temperature is told to giver and receiver (EU GDP 9.2), each once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from supplychain.models import Notice
from supplychain.services.follow_checkpoints import follow_checkpoints
from tests.stages import HEALS, MAKES, Stage, a_lot, readings

VACCINE = "00614141000036"
LOT = a_lot("F1", VACCINE)


@pytest.mark.parametrize(
    ("profile", "centi_c", "told"),
    [
        ("refrigerated-2-8/2", (500, 800), ""),
        ("refrigerated-2-8/2", (500, 900), "Temperature excursion"),
        ("refrigerated-2-8/2", (-100,), "Frozen"),
        ("ultra-cold-thawed-once/2", (500, 900), "Temperature to be reviewed"),
    ],
)
def test_giver_and_receiver_are_told_what_happened(
    stage: Stage, profile: str, centi_c: Sequence[int], told: str
) -> None:
    stage.catalogue(VACCINE, "Vaccine", profile)
    stage.register(LOT, 10)
    logged = readings(stage.now - timedelta(hours=2), stage.now, *centi_c)
    stage.ship(MAKES, LOT, 10, HEALS, logged)
    stage.log()
    for _ in range(2):
        follow_checkpoints(at=stage.later())
    notices = Notice.objects.filter(kind="excursion")
    assert {one.gln for one in notices} == ({MAKES, HEALS} if told else set())
    assert {one.subject for one in notices} == ({f"{told}: {LOT}"} if told else set())
    assert len(notices) == (2 if told else 0)
