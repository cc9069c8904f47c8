"""An audit goes on where it stopped, on as many cores as it may, and finds the same."""

import contextlib
import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger import alarms, audit_log, audit_rows, auditing, signers
from ledger.audit_progress import DONE, FINDINGS_MAX, LOG, STREAMS, Progress
from ledger.auditing import Audit, Opinions
from ledger.core.entry import Entry
from ledger.core.signatures import OPENSSL
from ledger.models import Alarm, AuditRun
from ledger.recomputing import AuditFinding
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.database import tamper
from tests.ledger.world import World, found, ids

ALONE = Opinions(OPENSSL)


@pytest.fixture
def lots(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Four lots of three entries each, in a log that is read in pieces of two."""
    monkeypatch.setattr(audit_log, "LEAVES", 2)
    monkeypatch.setattr(audit_rows, "PART", 2)
    entries = []
    for name in "ABCD":
        first = world.entry(f"lot:00614141000012/{name}")
        second = world.after(first)
        entries += [first, second, world.after(second)]
    world.log_all(*entries)
    return entries


def step(progress: Progress, **how: object) -> Progress:
    auditing.step(
        progress,
        ALONE,
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
        **how,  # type: ignore[arg-type]  # is_over and processes
    )
    return progress


def small_steps() -> Iterator[Progress]:
    """An audit in the smallest steps that there are; after each it is killed and read again."""
    progress = Progress()
    while progress.walk != DONE:
        step(progress, is_over=lambda: True)
        yield progress
        kept = Progress.of(progress.as_json())
        kept.findings, kept.size = progress.findings, progress.size
        kept.entries, kept.second_opinions = progress.entries, progress.second_opinions
        progress = kept


def test_small_steps_come_to_the_same_end(world: World, lots: list[Entry]) -> None:
    steps = list(small_steps())
    assert len(steps) > 8
    assert [one.walk for one in (steps[0], steps[-1])] == [LOG, DONE]
    assert (steps[-1].entries, steps[-1].size, steps[-1].findings) == (14, 14, [])
    assert (
        steps[-1].entries
        == auditing.audit(
            ALONE, policy=signers.policy(), file=Path(settings.CHECKPOINT_FILE)
        ).entries
    )
    assert len(lots) == 12
    assert world.audit().clean


@pytest.mark.parametrize("number", [0, 4, 11])
def test_small_steps_find_what_one_great_step_finds(
    world: World, lots: list[Entry], number: int
) -> None:
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lots[number].entry_id])
    tamper("UPDATE ledger_tile SET hashes = set_byte(hashes, 333, 7)")
    *_, last = small_steps()
    whole = step(Progress())
    assert {(one.code, one.about) for one in last.findings} == {
        (one.code, one.about) for one in whole.findings
    }
    assert len(last.findings) > 1
    del world


def test_what_is_logged_between_two_steps_is_followed_too(world: World, lots: list[Entry]) -> None:
    progress = step(Progress(), is_over=lambda: True)
    world.log_all(world.after(lots[-1]))
    step(progress)
    assert (progress.walk, progress.size, progress.entries) == (DONE, 15, 15)
    assert progress.findings == []


def test_a_lot_that_is_longer_than_a_part_is_one_chain(world: World, lots: list[Entry]) -> None:
    last = lots[-1]
    for _ in range(7):
        last = world.after(last)
        world.append(last)
    assert world.audit().findings == ()


@pytest.mark.slow
def test_two_processes_find_what_one_finds(world: World, lots: list[Entry]) -> None:
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [lots[4].entry_id])
    tamper("DELETE FROM ledger_outputuse WHERE used_by = %s", [lots[8].entry_id])
    alone, together = Progress(), Progress()
    step(alone)
    auditing.step(
        together,
        Opinions(OPENSSL, EcdsaSignatures()),
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
        processes=2,
    )
    assert together.findings == alone.findings
    assert {one.about for one in alone.findings} == {lots[4].entry_id, lots[8].entry_id}
    assert (together.entries, together.second_opinions) == (alone.entries, 13)
    del world


_PARENT = """
import os, signal
from ledger.core.registry import Registry
from ledger.core.signatures import OPENSSL
from ledger.examining import examiner
from ledger.recomputing import Opinions, Part, StoredStream

def batches():
    for _ in range(2):
        yield [Part(None, [], is_last=True)]
    import multiprocessing
    print(*(one.pid for one in multiprocessing.active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    with examiner(Registry([]), Opinions(OPENSSL), "x", processes=2) as examined:
        list(examined(batches()))
"""


@pytest.mark.slow
def test_the_helpers_of_an_audit_that_was_killed_end(project: Path, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    command = [sys.executable, str(script)]
    surroundings = {"PYTHONPATH": str(project), "PATH": "/usr/bin"}
    done = subprocess.run(command, env=surroundings, capture_output=True, check=False, timeout=60)
    helpers = done.stdout.split()
    assert len(helpers) == 2, done.stderr
    until = time.monotonic() + 20
    while any(_lives(int(one)) for one in helpers):
        assert time.monotonic() < until, "a helper is left"
        time.sleep(0.05)


def _lives(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


# --- runs -------------------------------------------------------------------------------------


def go_on(world: World, kept: AuditRun, is_over: Callable[[], bool] = lambda: True) -> AuditRun:
    return auditing.go_on(
        kept,
        ALONE,
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
        clock=lambda: world.now,
        is_over=is_over,
    )


def ended(world: World, kept: AuditRun) -> Audit:
    for _ in range(50):
        if kept.finished_at is not None:
            return auditing.result_of(kept)
        kept = go_on(world, AuditRun.objects.get(pk=kept.pk))
    raise AssertionError("the audit does not end")


def test_an_alarm_is_raised_as_soon_as_a_step_finds_something(
    world: World, lots: list[Entry]
) -> None:
    tamper("UPDATE ledger_tile SET hashes = set_byte(hashes, 333, 7)")
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lots[0].entry_id])
    kept = auditing.begin(ALONE, at=world.now, is_continuous=True)
    seen: list[set[str]] = []
    while kept.finished_at is None:
        kept = go_on(world, kept)
        seen.append({one.code for one in alarms.standing()})
    assert seen[0] == set()
    assert any("TREE_CHANGED" in codes for codes in seen[:-2])
    assert {"TREE_CHANGED", "COLUMNS_CHANGED"} <= seen[-1]
    assert not kept.whole
    assert found(auditing.result_of(kept)) >= {("COLUMNS_CHANGED", lots[0].entry_id)}


def test_a_step_that_another_process_has_made_is_forgotten(world: World, lots: list[Entry]) -> None:
    kept = auditing.begin(ALONE, at=world.now, is_continuous=True)
    other = AuditRun.objects.get(pk=kept.pk)
    ended(world, kept)
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lots[0].entry_id])
    assert go_on(world, other, lambda: False).whole, "the late step changed what was kept"
    assert not Alarm.objects.exists()


def test_an_alarm_raised_while_an_audit_runs_waits_for_the_next_one(
    world: World, lots: list[Entry]
) -> None:
    kept = go_on(world, auditing.begin(ALONE, at=world.now, is_continuous=True))
    world.wait(10)
    alarms.raise_alarm(code="ENTRY_CHANGED", about=lots[0].entry_id, message="odd", at=world.now)
    assert ended(world, kept).clean
    assert alarms.standing().exists()
    world.wait(10)
    assert world.audit().clean
    assert not alarms.standing().exists()


def test_findings_are_kept_once_and_not_without_bound() -> None:
    progress = Progress()
    for number in range(FINDINGS_MAX + 5):
        one = AuditFinding("ENTRY_MISSING", f"index {number}", "gone")
        progress.find(one, one)
    assert len(progress.findings) == FINDINGS_MAX


def test_a_new_round_is_due_when_the_last_one_began_long_ago(world: World) -> None:
    hour = timedelta(hours=1)
    assert auditing.is_due(at=world.now, every=hour)
    auditing.begin(ALONE, at=world.now, is_continuous=True)
    assert not auditing.is_due(at=world.now + hour / 2, every=hour)
    assert auditing.is_due(at=world.now + hour, every=hour)
    assert auditing.is_due(at=world.now - hour, every=hour), "the clock stepped back"


# --- the command ------------------------------------------------------------------------------


def said(*arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command("audit_ledger", *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_an_audit_that_was_killed_is_taken_up(world: World, lots: list[Entry]) -> None:
    with pytest.raises(CommandError, match="No audit was killed"):
        said("--resume")
    kept = auditing.begin(ALONE, at=world.now, is_continuous=False)
    for _ in range(9):
        kept = go_on(world, kept)
    assert kept.progress["walk"] == STREAMS
    assert 0 < kept.entries < 14
    assert "14 entries" in said("--resume")
    assert AuditRun.objects.get().whole
    assert ids(lots)


def test_the_continuous_audit_makes_a_step_and_begins_anew_when_it_is_time(
    world: World, lots: list[Entry], settings: Settings
) -> None:
    del world, lots
    settings.AUDIT_EVERY_S = 3600
    for _ in range(30):
        assert said("--step", "0") == ""
    assert AuditRun.objects.get().whole
    settings.AUDIT_EVERY_S = 0
    said("--step", "0")
    assert auditing.under_way(is_continuous=True) is not None
    assert auditing.under_way(is_continuous=False) is None
