"""The plain signer script: from a new key to an entry that verifies."""

import io
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from docs.examples import sign_entry
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from tests.vectors.world import AT, LOT, MAKER, ORIGIN, World

STATEMENT = {"log": ORIGIN, "stream": LOT, "type": "lot.register", "creates": 1, "body": {"n": 7}}
PAST = {"at": "2026-03-02T08:00:00Z"}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert sign_entry.main(arguments) == 0
    return capsys.readouterr().out


def signed(
    path: Path, statement: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(statement)))
    return run(capsys, "--key", str(path)).strip()


@pytest.fixture
def key_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    run(capsys, "--new-key", str(tmp_path / "me.pem"))
    return tmp_path / "me.pem"


def test_a_key_is_made_for_its_owner_alone_and_never_over_another(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_bytes()
    assert sign_entry.main(["--new-key", str(key_file)]) == 2
    assert "exists" in capsys.readouterr().err
    assert key_file.read_bytes() == before


def test_an_outsider_joins_and_signs_and_the_evidence_is_valid(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(run(capsys, "--key", str(key_file), "--party", MAKER, "--log", ORIGIN))
    world = World()
    world.admit(MAKER)
    added = {name: shown[name] for name in ("jwk", "proof")}
    world.register("registry.key.add", {**added, "party": MAKER, "custody": "file"})
    statement = {**STATEMENT, **PAST, "sealed": {"order": "PO-1"}}
    world.log(signed(key_file, statement, monkeypatch, capsys))
    findings = verify(world.evidence(), world.policy, AT, OPENSSL)
    assert findings.valid
    assert findings.facts[0].entry.envelope.kid == shown["kid"]
    assert findings.facts[0].entry.opened == {"n": 7, "order": "PO-1"}


def test_a_key_is_shown_without_signing(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = PrivateKey.from_pem(key_file.read_bytes())
    shown = json.loads(run(capsys, "--key", str(key_file), "--show"))
    assert shown == {"kid": key.kid, "jwk": key.public.as_jwk()}


@pytest.mark.parametrize("statement", [[], {}, {**STATEMENT, "creates": -1}, {**STATEMENT, "x": 1}])
def test_what_is_no_statement_is_not_signed(
    statement: Any,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(statement)))
    assert sign_entry.main(["--key", str(key_file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_two_entries_never_share_a_nonce(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    statement = {**STATEMENT, **PAST}
    one = signed(key_file, statement, monkeypatch, capsys)
    assert one != signed(key_file, statement, monkeypatch, capsys)


def test_no_framework_is_needed(key_file: Path, project: Path) -> None:
    blocked = "import sys; sys.modules['django'] = None; sys.modules['supplychain'] = None\n"
    run_it = "from docs.examples.sign_entry import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", blocked + run_it, "--key", str(key_file)],
        cwd=project,
        input=json.dumps(STATEMENT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(".") == 2
