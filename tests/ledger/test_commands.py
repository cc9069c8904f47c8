"""The commands that run the log, as an operator types them."""

import contextlib
import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger import indexing, signers
from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.models import Alarm, AuditRun
from tests.database import tamper
from tests.ledger.commands import keys_dir, lot, run
from tests.ledger.world import LOT, World

__all__ = ["keys_dir", "lot"]


def test_keys_are_made_once_for_their_owners_eyes_only(keys_dir: Path) -> None:
    said = run("make_keys")
    made = {path.name: path.read_bytes() for path in keys_dir.iterdir()}
    assert sorted(made) == ["authority.pem", "log.pem", "operator.pem", "policy.json"]
    assert {stat.S_IMODE((keys_dir / name).stat().st_mode) for name in made if "pem" in name} == {
        0o600
    }
    assert "PRIVATE" not in said
    assert run("make_keys").count("kept") == 2
    assert {path.name: path.read_bytes() for path in keys_dir.iterdir()} == made


def test_an_authority_whose_key_was_moved_away_gets_no_other_one(keys_dir: Path) -> None:
    run("make_keys")
    (keys_dir / "authority.pem").unlink()
    (keys_dir / "operator.pem").unlink()
    run("make_keys")
    names = sorted(path.name for path in keys_dir.iterdir())
    assert names == ["log.pem", "operator.pem", "policy.json"]


def test_several_authorities_are_made_with_their_quorum(keys_dir: Path) -> None:
    run("make_keys", "--authorities", "3", "--quorum", "2")
    names = ["authority-2.pem", "authority-3.pem", "authority.pem", "log.pem"]
    found = sorted(path.name for path in keys_dir.iterdir())
    assert found == [*names, "operator.pem", "policy.json"]
    policy = Policy.parse((keys_dir / "policy.json").read_bytes())
    assert (len(policy.authorities), policy.authority_quorum) == (3, 2)
    assert policy.authorities[0] == signers.authority_signer().public


@pytest.mark.parametrize(("authorities", "quorum"), [("1", "2"), ("0", "0"), ("17", "1")])
def test_a_quorum_that_can_not_be_met_is_refused(
    keys_dir: Path, authorities: str, quorum: str
) -> None:
    with pytest.raises(CommandError, match="quorum"):
        run("make_keys", "--authorities", authorities, "--quorum", quorum)
    assert not keys_dir.exists()


def test_the_policy_names_the_keys_that_were_made(keys_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="make_keys"):
        run("export_policy")
    run("make_keys")
    policy = Policy.parse(run("export_policy").encode())
    assert policy.log.public == signers.log_key().public
    assert policy.authorities == (signers.authority_signer().public,)
    run("export_policy", "--out", str(tmp_path / "policy"))
    assert (tmp_path / "policy").read_bytes() == (keys_dir / "policy.json").read_bytes()


# --- evidence ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [LOT, LOT.removeprefix("lot:")])
def test_evidence_is_written_for_a_verifier(
    world: World, lot: Entry, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "evidence.json"
    assert "3 items" in run("export_evidence", name, "--out", str(out))
    findings = verify(Evidence.parse(out.read_bytes()), signers.policy(), world.now, OPENSSL)
    assert findings.valid
    assert findings.facts[-1].entry == lot


def test_evidence_says_what_it_leaves_out_and_what_is_odd(
    world: World, lot: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.management.commands.export_evidence.WAIT_S", 0.1)
    world.append(world.entry())
    tamper("UPDATE ledger_leaf SET hash = sha256('') WHERE entry_id = %s", [lot.entry_id])
    said = run("export_evidence", LOT, "--out", str(tmp_path / "evidence.json"))
    assert "1 more are accepted" in said
    assert "ENTRY_CHANGED" in said


@pytest.mark.usefixtures("world")
def test_no_evidence_about_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing is logged"):
        run("export_evidence", "nothing", "--out", str(tmp_path / "evidence.json"))
    assert not (tmp_path / "evidence.json").exists()


# --- audit and alarms -------------------------------------------------------------------------


def test_a_clean_audit_ends_with_0_and_says_how_much_a_second_library_saw(
    world: World, lot: Entry
) -> None:
    del world, lot
    said = run("audit_ledger")
    assert "clean: 3 entries, log of 3, 3 signatures checked by a second library" in said
    assert "(sample 50.0000%, seed b)" in run("audit_ledger", "--sample", "50%", "--seed", "b")
    assert "0 signatures" in run("audit_ledger", "--second-opinion", "none")
    assert "3 signatures" in run("audit_ledger", "--second-opinion", "all")


@pytest.mark.parametrize("share", ["some", "0%", "1", "101%", "1e1%", "-1%"])
@pytest.mark.usefixtures("world")
def test_another_sample_is_not_understood(share: str) -> None:
    with pytest.raises(CommandError, match="expected a share"):
        run("audit_ledger", f"--sample={share}")


def test_an_audit_that_finds_something_ends_with_1_and_names_the_entry(
    world: World, lot: Entry, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [lot.entry_id])
    with pytest.raises(SystemExit) as ended:
        call_command("audit_ledger")
    assert ended.value.code == 1
    assert f"ENTRY_CHANGED  {lot.entry_id}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("audit_ledger", "--json")
    said = capsys.readouterr().out
    assert json.loads(said[said.index("{\n") :])["findings"][0]["about"] == lot.entry_id
    del world


def test_an_alarm_is_acknowledged_by_a_name_with_a_reason(world: World, lot: Entry) -> None:
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lot.entry_id])
    world.audit()
    with pytest.raises(CommandError, match="reason"):
        run("acknowledge_alarm", lot.entry_id, "--reason", " ")
    with pytest.raises(SystemExit) as ended:
        run("log_status")
    assert ended.value.code == 1
    said = run("acknowledge_alarm", lot.entry_id, "--reason", "a vandal", "--by", "Ann")
    assert "acknowledged" in said
    alarm = Alarm.objects.get()
    assert (alarm.acknowledged_by, alarm.reason) == ("Ann", "a vandal")
    assert alarm.acknowledged_at is not None
    with pytest.raises(CommandError, match="No alarm stands"):
        run("acknowledge_alarm", lot.entry_id, "--reason", "again")
    assert "acknowledged by Ann" in run("log_status")


def test_the_status_says_how_the_log_stands(world: World, lot: Entry) -> None:
    del lot
    world.audit()
    AuditRun.objects.update(finished_at=datetime.now(UTC) - timedelta(minutes=2))
    world.append(world.entry())
    tamper("UPDATE ledger_sequencerlease SET expires_at = %s", [datetime.now(UTC)])
    status = json.loads(run("log_status", "--json"))
    assert (status["size"], status["waiting"], status["alarms"]) == (3, 1, [])
    assert (status["audit"]["findings"], status["audit"]["entries"]) == (0, 3)
    assert 119 < status["audit"]["age_s"] < 180
    said = run("log_status")
    assert "no alarm stands" in said
    assert "0 findings" in said


AN_ALARM = (
    "INSERT INTO ledger_alarm (code, about, message, blocks, raised_at, acknowledged_by, reason)"
    " VALUES"
)


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        (
            "UPDATE ledger_sequencerlease SET expires_at = '2000-01-01Z'",
            "entries wait and nobody sequences",
        ),
        (
            "UPDATE ledger_checkpoint SET at = '2999-01-01Z'",
            "the clock is behind the last checkpoint",
        ),
        (
            f"{AN_ALARM} ('TREE_FORKED', '', 'odd', true, '2026-01-01Z', '', '')",
            "nothing is signed while an alarm stands",
        ),
    ],
)
def test_a_monitor_learns_what_is_wrong_from_the_exit_code(
    world: World, capsys: pytest.CaptureFixture[str], sql: str, wrong: str
) -> None:
    world.append(world.entry())
    tamper("UPDATE ledger_sequencerlease SET expires_at = %s", [datetime.now(UTC)])
    tamper(sql)
    with pytest.raises(SystemExit) as ended:
        call_command("log_status")
    assert ended.value.code == 1
    assert f"WRONG      {wrong}" in capsys.readouterr().out


def test_the_operator_is_admitted_once_and_builds_an_index(
    world: World, settings: Settings
) -> None:
    settings.INDEX_EVERY_S = 600
    with pytest.raises(CommandError, match="admit_operator"):
        run("build_index")
    assert "is admitted" in run("admit_operator")
    assert "already" in run("admit_operator")
    world.sequencer().step()
    assert run("build_index") == "signed an index over 4 entries, 4 keys\n"
    assert run("build_index") == "not due\n"
    world.log_all(world.entry())
    assert run("build_index") == "not due\n"
    assert "over 6 entries, 5 keys" in run("build_index", "--again", "--now")
    said = io.StringIO()
    with contextlib.suppress(SystemExit):  # nobody sequences just now
        call_command("log_status", "--json", stdout=said)
    assert json.loads(said.getvalue())["index"]["size"] == 6


def test_where_the_authority_signs_elsewhere_its_key_is_lent_or_the_statements_are(
    world: World, tmp_path: Path
) -> None:
    stick = tmp_path / "authority.pem"
    stick.write_bytes((Path(settings.KEYS_DIR) / "authority.pem").read_bytes())
    (Path(settings.KEYS_DIR) / "authority.pem").unlink()
    with pytest.raises(CommandError, match="make_keys"):
        run("admit_operator")
    said = [json.loads(line) for line in run("admit_operator", "--print").splitlines()]
    assert [one["type"] for one in said] == ["registry.party.admit", "registry.key.add"]
    assert said[1]["body"]["jwk"] == world.operator.public.as_jwk()
    run("admit_operator", "--authority", str(stick))
    assert run("admit_operator", "--print") == ""
    with pytest.raises(CommandError, match="No such file"):
        run("admit_operator", "--authority", str(tmp_path / "nothing"))


def test_a_key_of_the_operator_that_was_replaced_signs_no_more(world: World) -> None:
    world.admit_operator()
    world.log_all(world.revoke(world.operator))
    with pytest.raises(CommandError, match="does not have"):
        run("build_index")


def test_a_builder_that_finds_another_one_at_work_leaves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.admit_operator()

    def busy(*_: object, **__: object) -> None:
        raise indexing.IndexBusy("INDEX_BUSY", "Another builder of the index is at work.")

    monkeypatch.setattr(indexing, "take_in", busy)
    assert "Another builder" in run("build_index")


def test_a_log_that_can_not_be_indexed_is_said(world: World) -> None:
    world.admit_operator()
    tamper("DELETE FROM ledger_leaf WHERE index = 1")
    with pytest.raises(CommandError, match="Leaf 1"):
        run("build_index")
