from datetime import timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from pytest_django import Settings

from ledger.index_shown import newest_epoch
from supplychain import tasks
from supplychain.models import CheckpointCursor, Notice, PackDoubt, Sighting
from supplychain.queries.notices import notices_of
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.issue_recall import issue_recall
from supplychain.services.place_hold import place_hold
from supplychain.services.send_notices import send_notices
from supplychain.services.sweep_sightings import sweep_sightings
from tests.stages import HEALS, INSULIN, LIES, MAKES, NOON, SELLS, Stage, a_lot, readings

LOT = a_lot()


def follow(stage: Stage) -> None:
    while follow_checkpoints(at=stage.later()):
        pass


def recall(stage: Stage) -> str:
    return issue_recall(
        party=MAKES, lot=LOT, recall_class="II", reason="Mould", at=stage.now, nonce=stage.nonce()
    ).entry_id


@pytest.fixture
def spread(stage: Stage) -> Stage:
    """A lot with the wholesaler, some of it on the way to the pharmacy."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 100, SELLS)
    stage.ship(SELLS, LOT, 10, HEALS)
    return stage


def test_a_recall_is_told_to_every_holder_and_whoever_waits_for_goods(spread: Stage) -> None:
    entry_id = recall(spread)
    follow(spread)
    assert not Notice.objects.exists(), "nothing is told before a checkpoint covers it"
    spread.log()
    follow(spread)
    assert {(n.gln, n.kind, n.entry_id) for n in Notice.objects.all()} == {
        (SELLS, "recall", entry_id),
        (HEALS, "recall", entry_id),
    }
    assert notices_of(LIES) == []


def test_a_notice_is_made_once_however_often_the_log_is_followed(spread: Stage) -> None:
    recall(spread)
    spread.log()
    follow(spread)
    CheckpointCursor.objects.update(size=0)
    follow(spread)
    assert Notice.objects.count() == 2


def test_a_hold_is_told_too(spread: Stage) -> None:
    place_hold(party=MAKES, lot=LOT, reason="Sample", at=spread.now, nonce=spread.nonce())
    spread.log()
    follow(spread)
    assert {notice.kind for notice in Notice.objects.all()} == {"hold"}


def test_an_excursion_is_told_to_giver_and_receiver(stage: Stage) -> None:
    lot = a_lot("F1", INSULIN)
    stage.register(lot, 10)
    warm = readings(stage.now - timedelta(hours=2), stage.now, 500, 900)
    stage.ship(MAKES, lot, 10, HEALS, warm)
    stage.log()
    follow(stage)
    assert {(n.gln, n.kind) for n in Notice.objects.all()} == {
        (MAKES, "excursion"),
        (HEALS, "excursion"),
    }


def test_notices_are_sent_once(spread: Stage) -> None:
    recall(spread)
    spread.log()
    follow(spread)
    assert send_notices(at=spread.later()) == 2
    assert send_notices(at=spread.later()) == 0
    assert sorted(to for message in mail.outbox for to in message.to) == sorted(
        [f"{SELLS}@example.org", f"{HEALS}@example.org"]
    )
    assert "Mould" in mail.outbox[0].body


def test_a_notice_that_cannot_be_sent_is_tried_again_later(
    spread: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    recall(spread)
    spread.log()
    follow(spread)

    def broken(*_: object) -> None:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
        assert send_notices(at=spread.later()) == 0
    assert {notice.attempts for notice in Notice.objects.all()} == {1}
    assert send_notices(at=spread.later()) == 0, "not due yet"
    assert send_notices(at=spread.later(timedelta(minutes=5))) == 2


def test_old_sightings_are_forgotten(stage: Stage) -> None:
    for days in (1, 91):
        Sighting.objects.create(
            gln=HEALS, code="0" * 64, at=stage.now - timedelta(days=days), verdict="OK"
        )
    assert sweep_sightings(at=stage.now) == 1


def test_doubts_go_with_their_sightings_but_for_grave_ones_that_stand(stage: Stage) -> None:
    for serial, doubt, settled in (("1", "held", None), ("2", "ended", None), ("3", "seen", NOON)):
        PackDoubt.objects.create(
            pack=serial,
            doubt=doubt,
            site=HEALS,
            other=SELLS,
            gtin=INSULIN,
            serial=serial,
            lot="A",
            at=stage.now,
            settled_at=settled,
        )
    sweep_sightings(at=stage.later(timedelta(days=90)))
    assert PackDoubt.objects.count() == 3
    sweep_sightings(at=stage.later())
    assert [one.serial for one in PackDoubt.objects.all()] == ["2"]


def test_the_tasks_run(spread: Stage) -> None:
    recall(spread)
    spread.log()
    tasks.follow_checkpoints.delay()
    tasks.send_notices.delay()
    tasks.sweep_sightings.delay()
    tasks.sweep_verifications.delay()
    tasks.audit_ledger.delay()
    assert len(mail.outbox) == 2


def test_an_index_is_built_by_a_task_once_the_operator_is_admitted(stage: Stage) -> None:
    stage.log()
    tasks.build_index()
    assert newest_epoch() is None
    root = stage.index()
    stage.register(LOT, 5)
    stage.log()
    tasks.build_index()
    size, keys, _ = newest_epoch() or (0, 0, None)
    assert (size, keys) == (root.size + 2, root.keys + 1)


def test_tiles_are_published_by_a_task(stage: Stage, settings: Settings, tmp_path: Path) -> None:
    settings.TILES_STORE = f"folder:{tmp_path / 'tiles'}"
    stage.log()
    tasks.publish_tiles()
    assert (tmp_path / "tiles/checkpoint").exists()


def test_tiles_that_can_not_be_published_are_a_line_in_the_log(
    stage: Stage, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TILES_STORE = "nowhere"
    stage.log()
    tasks.publish_tiles()
    assert "STORE_UNKNOWN" in caplog.text
