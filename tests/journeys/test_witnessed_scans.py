"""A scan where the policy asks for a witness: what it waits for, and what it finds out."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from ledger import proofs
from ledger.core.checkpoint import Checkpoint
from ledger.core.cosignature import cosign
from ledger.models import Cosignature, WitnessState
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.scans import ScanResult
from supplychain.services.verify_scan import verify_scan
from tests.database import tamper
from tests.ledger.witnesses import RunningWitness, Witnesses
from tests.stages import HEALS, MAKES, SELLS, TABLETS, Stage, a_lot

pytestmark = pytest.mark.enable_socket

LOT = a_lot()
CODE = f"(01){TABLETS}(10)A1"


@pytest.fixture
def delivered(stage: Stage) -> Stage:
    """20 tablets at the pharmacy, all logged."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 60, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.log()
    return stage


@pytest.fixture
def witnesses(delivered: Stage, tmp_path: Path) -> Iterator[Witnesses]:
    with ExitStack() as stack:
        yield Witnesses(delivered.log_key, lambda: delivered.now, tmp_path / "w", stack)


@pytest.fixture
def witness(witnesses: Witnesses) -> RunningWitness:
    found = witnesses.start("partner")
    witnesses.trust(found)
    return found


def scan(stage: Stage) -> ScanResult:
    return verify_scan(scanned=CODE, at=stage.later(), asking=HEALS)


def test_a_scan_says_ok_once_a_witness_has_cosigned_and_when_that_was(
    delivered: Stage, witnesses: Witnesses, witness: RunningWitness
) -> None:
    before = scan(delivered)
    assert before.verdict.code is VerdictCode.CANNOT_CHECK
    assert before.verdict.codes == ("NOT_WITNESSED",)
    assert before.lot is not None
    witnesses.cosign()
    after = scan(delivered)
    assert after.verdict.code is VerdictCode.OK
    assert after.witnessed_at == witness_time()
    assert witness.asked


def witness_time() -> object:
    return Cosignature.objects.get().at


def test_what_no_witness_has_seen_yet_is_waited_for_like_what_is_not_logged(
    delivered: Stage, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    delivered.ship(SELLS, LOT, 5, HEALS)
    delivered.log()
    waiting = scan(delivered)
    assert waiting.verdict.code is VerdictCode.CANNOT_CHECK
    assert waiting.verdict.codes == ("NOT_YET_LOGGED",)
    witnesses.cosign()
    assert scan(delivered).verdict.code is VerdictCode.OK
    assert len(witness.asked) == 2


def test_who_waits_for_longer_than_a_moment_is_told_since_when_and_to_call(
    delivered: Stage,
    witnesses: Witnesses,
    witness: RunningWitness,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: delivered.now)

    def page() -> str:
        return client.get("/scan", {"code": CODE}).content.decode()

    delivered.later(timedelta(minutes=30))
    assert "The log, or its witnesses, are silent" in page()  # none has ever cosigned
    witnesses.cosign()
    delivered.ship(SELLS, LOT, 5, HEALS)
    since = delivered.now
    delivered.log()
    assert "Wait a moment and scan again." in page()
    assert "retry=1" in page()
    delivered.later(timedelta(minutes=30))
    late = page()
    assert "The log, or its witnesses, are silent" in late
    assert f"It has waited since 2 Mar 2026, {since:%H:%M} UTC." in late
    assert "retry=1" not in late
    witnesses.cosign()
    assert "are silent" not in page()
    assert witness.asked


def test_the_page_says_when_it_was_witnessed(
    delivered: Stage,
    witnesses: Witnesses,
    witness: RunningWitness,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: delivered.now)
    unseen = client.get("/scan", {"code": CODE}).content.decode()
    assert "NOT_WITNESSED" in unseen
    witnesses.cosign()
    assert "entries, witnessed <time" in client.get("/scan", {"code": CODE}).content.decode()
    assert witness.asked


def test_a_witness_that_cosigned_another_history_stops_the_scan(
    delivered: Stage, witnesses: Witnesses, witness: RunningWitness
) -> None:
    """The witness' line is of the true log, and the database shows another."""
    witnesses.cosign()
    shown = proofs.shown_checkpoint()
    assert shown is not None
    other = Checkpoint("unbroken.example/demo", shown.size, bytes(32))
    line = cosign(other, name=witness.name, key=witness.key, at=delivered.now)
    tamper("UPDATE ledger_cosignature SET line = %s", [line])
    WitnessState.objects.update(line="")
    found = scan(delivered)
    assert found.verdict.code is VerdictCode.STOP
    assert "TWO_HISTORIES" in found.verdict.codes
