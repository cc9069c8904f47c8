"""A regulator runs a mirror beside the house: with its token, over HTTP, as anybody would."""

from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from ledger import signers
from ledger.core.evidence import Evidence
from ledger.core.verification import verify
from ledger.mirror import __main__ as mirror
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.services.issue_token import issue_token
from tests.stages import HEALS, MAKES, RULES, SELLS, Stage, a_lot, open_stage

LOT = a_lot()
pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def traded(transactional_db: None, settings: Settings, tmp_path: Path) -> Stage:  # noqa: ARG001  opens the database
    """A lot that has gone from its maker to a pharmacy, committed."""
    stage = open_stage(settings, tmp_path)
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 100, SELLS)
    stage.deliver(SELLS, LOT, 10, HEALS)
    stage.log()
    return stage


def token_of(stage: Stage, gln: str) -> str:
    token = f"a token of {gln} for tests only"
    issue_token(token=token, party=gln, role="viewer", name="mirror", at=stage.now)
    return token


def test_a_regulator_keeps_a_copy_and_makes_evidence_of_it(
    traded: Stage, live_server: LiveServer, tmp_path: Path
) -> None:
    policy = signers.policy()
    asked = ["--log", str(policy.log), "--folder", str(tmp_path / "copy"), "--once"]
    url = f"{live_server.url}/log"
    assert mirror.main([url, *asked]) == 2, "entries are not for everybody"
    assert mirror.main([url, *asked, "--authorization", token_of(traded, MAKES)]) == 2
    assert mirror.main([url, *asked, "--authorization", token_of(traded, RULES)]) == 0
    out = tmp_path / "evidence.json"
    assert mirror.main([*asked, "--evidence", LOT.stream, "--out", str(out)]) == 0
    found = verify(Evidence.parse(out.read_bytes()), policy, traded.now, EcdsaSignatures())
    assert found.valid
    assert len(found.facts) == 5
    assert policy.log.name == "unbroken.example/demo"
