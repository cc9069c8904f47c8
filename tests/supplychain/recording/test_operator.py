"""The operator is a party of the registry, and none of the trade."""

import secrets
from io import StringIO

import pytest
from django.conf import settings

from ledger import indexing, operator_key
from ledger.core.entry import sign
from ledger.core.index import OPERATOR
from ledger.core.statement import Statement
from ledger.proofs import latest_seen
from supplychain.domain.errors import Invalid
from supplychain.domain.parties import Party
from supplychain.management.commands.up import admit_operator
from supplychain.queries.organisations import organisation
from supplychain.recording.recording import record
from supplychain.recording.submissions import Recorded, Submission
from supplychain.services.verify_scan import verify_scan
from tests.stages import MAKES, TABLETS, Stage, a_lot


def told(stage: Stage) -> list[Submission]:
    """What the authority signs elsewhere, to be posted like any other entry."""
    submissions = []
    for act in operator_key.wanting(stage.operator_key):
        statement = Statement(
            log=settings.LOG_ORIGIN,
            stream="registry",
            type=act.TYPE,
            at=stage.now,
            nonce=secrets.token_bytes(16),
            seen=latest_seen(),
            consumes=(),
            creates=0,
            body=act.as_body(),
        )
        submissions.append(Submission(sign(statement, stage.authority)))
    return submissions


def test_an_authority_that_signs_elsewhere_posts_the_operators_admission(stage: Stage) -> None:
    answers = record(told(stage), stage.now)
    assert [type(one) for one in answers] == [Recorded, Recorded]
    stage.log()
    assert indexing.is_admitted(stage.operator_key)
    assert organisation(OPERATOR) is None
    assert operator_key.wanting(stage.operator_key) == []


def test_no_party_of_the_trade_has_the_operators_name() -> None:
    with pytest.raises(Invalid):
        Party.from_profile(OPERATOR, {"name": "Operator", "roles": ["wholesaler"]})


def test_a_party_that_does_not_trade_is_no_trouble_for_a_scan(stage: Stage) -> None:
    stage.register(a_lot(), 10)
    stage.log()
    stage.index()
    result = verify_scan(scanned=f"(01){TABLETS}(10)A1", at=stage.later(), asking=MAKES)
    assert (result.verdict.code, result.verdict.codes) == ("OK", ())


def test_the_operator_is_admitted_where_the_authoritys_key_is_at_hand(stage: Stage) -> None:
    out = StringIO()
    admit_operator(out.write)
    assert "nothing is proven complete" in out.getvalue()
    (stage.folder / "operator.pem").write_bytes(stage.operator_key.as_pem())
    admit_operator(out.write)
    stage.log()
    assert indexing.is_set_up()
