import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from ledger import signers
from ledger.core import canonical
from ledger.core.encoding import b64u
from ledger.core.proposal import Proposal
from ledger.core.registry_acts import RevokeKey, possession_message
from ledger.core.signatures import PrivateKey
from ledger.models import Key, Party
from ledger.proofs import position_of
from supplychain.queries.organisations import organisation
from supplychain.queries.people import acting_by_token, membership_of
from tests.stages import HEALS, MAKES, Stage, a_lot

pytestmark = pytest.mark.usefixtures("stage")

NEW = "9506000010014"


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def admit() -> None:
    words = [
        "--name",
        "Nova",
        "--role",
        "wholesaler",
        "--country",
        "SE",
        "--email",
        "n@example.org",
    ]
    run("admit_party", NEW, *words)


def test_a_party_is_admitted_by_command() -> None:
    admit()
    found = organisation(NEW)
    assert found is not None
    assert (found.name, found.roles, found.email) == ("Nova", ["wholesaler"], "n@example.org")
    with pytest.raises(CommandError, match="PARTY_KNOWN"):
        admit()


def test_a_key_is_kept_here_or_by_the_party_itself(tmp_path: Path) -> None:
    run("add_key", HEALS)
    pem, jwk = tmp_path / "k.pem", tmp_path / "k.jwk"
    pem.write_bytes(PrivateKey.generate().as_pem())
    run("add_key", HEALS, "--pem", str(pem))
    mine = PrivateKey.generate()
    jwk.write_bytes(canonical.dumps(dict(mine.public.as_jwk())))
    proof = mine.sign(possession_message(settings.LOG_ORIGIN, HEALS, mine.kid))
    run("add_key", HEALS, "--jwk", str(jwk), f"--proof={b64u(proof)}", "--custody", "browser")
    assert sorted(Key.objects.filter(party_id=HEALS).values_list("custody", flat=True)) == [
        "browser",
        "custodial",
        "custodial",
        "file",
    ]


def test_what_the_outside_signer_prints_of_its_key_is_enough(tmp_path: Path) -> None:
    mine, printed = PrivateKey.generate(), tmp_path / "key.json"
    proof = mine.sign(possession_message(settings.LOG_ORIGIN, HEALS, mine.kid))
    said = {"kid": mine.kid, "jwk": dict(mine.public.as_jwk()), "proof": b64u(proof)}
    printed.write_text(json.dumps(said, indent=2))
    run("add_key", HEALS, "--jwk", str(printed))
    assert Key.objects.get(kid=mine.kid).custody == "file"


def test_a_key_that_did_not_sign_for_the_party_is_refused(tmp_path: Path) -> None:
    mine, jwk = PrivateKey.generate(), tmp_path / "k.jwk"
    jwk.write_bytes(canonical.dumps(dict(mine.public.as_jwk())))
    proof = mine.sign(possession_message(settings.LOG_ORIGIN, MAKES, mine.kid))
    with pytest.raises(CommandError, match="POSSESSION_NOT_PROVEN"):
        run("add_key", HEALS, "--jwk", str(jwk), f"--proof={b64u(proof)}")
    with pytest.raises(CommandError, match="together"):
        run("add_key", HEALS, "--jwk", str(jwk))


def test_a_key_is_revoked_by_command() -> None:
    kid = Key.objects.get(party_id=HEALS).kid
    run("revoke_key", "--reason", "lost", "--", kid)
    assert Key.objects.get(kid=kid).revoked_by
    with pytest.raises(CommandError, match="KEY_ALREADY_REVOKED"):
        run("revoke_key", "--reason", "lost", "--", kid)


def test_a_party_is_suspended_and_reinstated_by_command() -> None:
    run("suspend_party", HEALS, "--reason", "Licence withdrawn")
    assert Party.objects.get(party=HEALS).suspended_by
    with pytest.raises(CommandError, match="PARTY_ALREADY_SUSPENDED"):
        run("suspend_party", HEALS, "--reason", "Licence withdrawn")
    run("reinstate_party", HEALS)
    assert Party.objects.get(party=HEALS).reinstated_by
    with pytest.raises(CommandError, match="PARTY_NOT_SUSPENDED"):
        run("reinstate_party", HEALS)


def test_a_key_is_rotated_by_command(tmp_path: Path) -> None:
    old = Key.objects.get(party_id=HEALS)
    run("rotate_key", HEALS)
    old.refresh_from_db()
    assert Key.objects.get(kid=old.successor).custody == "custodial"
    files = [tmp_path / name for name in ("one.pem", "two.pem")]
    for file in files:
        file.write_bytes(PrivateKey.generate().as_pem())
    run("add_key", HEALS, "--pem", str(files[0]))
    run("rotate_key", HEALS, "--old", str(files[0]), "--new", str(files[1]), "--custody", "hsm")
    assert Key.objects.get(party_id=HEALS, custody="hsm").revoked_by == []
    with pytest.raises(CommandError, match="KEY_REVOKED"):
        run("rotate_key", HEALS, "--old", str(files[0]), "--new", str(files[1]))
    with pytest.raises(CommandError, match="together"):
        run("rotate_key", HEALS, "--old", str(files[0]))


def test_what_a_stolen_key_signed_is_listed_and_affirmed_by_command(stage: Stage) -> None:
    made = stage.register(a_lot(), 100)
    stage.log()
    kid = Key.objects.get(party_id=MAKES).kid
    run("revoke_key", "--reason", "compromised", "--since", "2", "--", kid)
    run("add_key", MAKES)
    said = run("affirm_entries", MAKES, "--", kid)
    index = position_of([made.entry_id])[made.entry_id]
    assert said == f"{index} {made.entry_id} lot.register {made.stream}\n"
    assert run("affirm_entries", HEALS, "--", kid) == ""
    run("affirm_entries", MAKES, "--", kid, made.entry_id)
    with pytest.raises(CommandError, match="AFFIRMED_UNKNOWN"):
        run("affirm_entries", MAKES, "--", kid, "0" * 64)


def test_two_of_three_authorities_admit_a_party_over_a_file(stage: Stage, tmp_path: Path) -> None:
    second, third = PrivateKey.generate(), PrivateKey.generate()
    policy = signers.policy()
    keys = (*policy.authorities, second.public, third.public)
    agreeing = replace(policy, authorities=keys, authority_quorum=2)
    (stage.folder / signers.POLICY_FILE).write_bytes(agreeing.as_bytes())
    with pytest.raises(CommandError, match="AUTHORITY_QUORUM_NOT_MET"):
        admit()
    file, key = tmp_path / "proposal", tmp_path / "second.pem"
    key.write_bytes(second.as_pem())
    words = ["--name", "Nova", "--role", "wholesaler", "--country", "SE"]
    run("admit_party", NEW, *words, "--propose", str(file))
    assert "Nova" in run("approve_act", str(file))
    with pytest.raises(CommandError, match="AUTHORITY_QUORUM_NOT_MET"):
        run("record_act", str(file))
    assert second.kid in run("approve_act", str(file), "--key", str(key))
    assert organisation(NEW) is None
    run("record_act", str(file))
    assert organisation(NEW) is not None
    run("add_key", NEW, "--propose", str(file))
    run("approve_act", str(file), "--key", str(key))
    run("record_act", str(file))
    assert Key.objects.get(party_id=NEW).custody == "custodial"
    stage.log()
    with pytest.raises(CommandError, match="FILE"):
        run("record_act", str(tmp_path / "nothing"))
    (stage.folder / signers.AUTHORITY_FILE).write_bytes(third.as_pem())
    with pytest.raises(CommandError, match="PROPOSAL_OF_ANOTHER"):
        run("record_act", str(file))


@pytest.mark.parametrize(
    ("command", "words", "kind"),
    [
        ("suspend_party", ["--reason", "Licence withdrawn"], "registry.party.suspend"),
        ("reinstate_party", [], "registry.party.reinstate"),
    ],
)
def test_an_act_is_proposed_by_command(
    command: str, words: list[str], kind: str, tmp_path: Path
) -> None:
    file = tmp_path / "proposal"
    run(command, HEALS, *words, "--propose", str(file))
    assert Proposal.parse(file.read_bytes()).kind == kind
    kid = Key.objects.get(party_id=HEALS).kid
    run("revoke_key", "--reason", "lost", "--propose", str(file), "--", kid)
    assert Proposal.parse(file.read_bytes()).act() == RevokeKey(kid, "lost")
    assert not Key.objects.get(kid=kid).revoked_by


def test_a_person_and_a_program_get_their_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "correct horse battery")
    run("create_user", "poppy", "--party", HEALS, "--role", "signer")
    user = User.objects.get(username="poppy")
    assert user.check_password("correct horse battery")
    acting = membership_of(user.pk)
    assert acting is not None
    assert (acting.gln, acting.may_sign) == (HEALS, True)
    token = run("create_token", "till", "--party", HEALS, "--role", "viewer").strip()
    program = acting_by_token(token)
    assert program is not None
    assert (program.gln, program.may_sign) == (HEALS, False)
    assert acting_by_token(token + "x") is None
    run("revoke_token", "till", "--party", HEALS)
    assert acting_by_token(token) is None
    with pytest.raises(CommandError, match="no valid token"):
        run("revoke_token", "till", "--party", HEALS)


def test_a_file_is_imported_by_command(shared: Path, tmp_path: Path) -> None:
    file = shared / "samples/epcis/GS1_US_Pharma_Example_2_2_1_1.xml"
    table, listed = tmp_path / "answers.csv", tmp_path / "answers.json"
    with pytest.raises(CommandError, match="None of 8 events was taken"):
        run("import_epcis", str(file), "--as", HEALS, "--csv", str(table), "--json", str(listed))
    assert table.read_text().splitlines()[0].startswith("number,place,what,outcome,code,reason")
    assert [one["outcome"] for one in json.loads(listed.read_text())] == ["refused"] * 8
    said = run("import_epcis", str(file), "--as", HEALS, "--on-error", "proceed")
    assert "    1 refused   ObjectEvent ADD commissioning" in said
    assert "    8 accepted  ObjectEvent OBSERVE shipping" in said
    with pytest.raises(CommandError, match="XML"):
        run("import_epcis", __file__, "--as", HEALS)
