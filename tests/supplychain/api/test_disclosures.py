"""Sealed members by the API: granted, opened, told to their owner, revoked."""

import pytest

from ledger.core.entry import sign
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Statement
from ledger.proofs import latest_seen
from supplychain.domain.disclosure_statements import Grant, Sealed, SealedMember, stream_of
from supplychain.domain.identifiers import Gln
from supplychain.models import Organisation
from tests.stages import HEALS, HEALS_TOO, LIES, MAKES, RULES, SELLS, Stage
from tests.supplychain.api.conftest import A_LOT, LOT, Programs, problem

OPENINGS = "disclosures/openings"
ORDERS = {**A_LOT, "to": LIES, "members": ["order"]}


@pytest.fixture
def sealed(traded: Stage) -> Stage:
    traded.index()
    return traded


def orders(response: object) -> int:
    assert response.status_code == 200, response.content  # type: ignore[attr-defined]
    evidence = Evidence.parse(response.content)  # type: ignore[attr-defined]
    return sum(len(item.disclosures) for item in evidence.items)


def test_a_grant_is_given_used_told_and_ended(sealed: Stage, program: Programs) -> None:
    maker, reader = program(MAKES), program(LIES)
    grant = maker.post("disclosures", ORDERS).json()["entry_id"]
    sealed.log()
    assert orders(reader.post(OPENINGS, A_LOT)) == 1
    (told,) = maker.get("disclosures/readings").json()["results"]
    assert (told["reader"], told["grant"], told["members"]) == (LIES, grant, ["order"])
    (given,) = maker.get("disclosures").json()["results"]
    (taken,) = reader.get("disclosures", q=LIES).json()["results"]
    assert given == taken
    assert (given["to"], given["owner"], given["revoked_by"]) == (LIES, MAKES, None)
    ended = maker.post("disclosures/revocations", {"grant": grant, "reason": "Over"})
    assert ended.status_code == 201
    problem(reader.post(OPENINGS, A_LOT), 422, "NOTHING_TO_OPEN")
    assert maker.get("disclosures").json()["results"][0]["revoked_by"] == ended.json()["entry_id"]


@pytest.mark.usefixtures("sealed")
def test_an_authority_opens_by_a_deed_and_not_by_looking(program: Programs) -> None:
    looking = program(RULES).get(f"lots/{LOT.gtin}/{LOT.lot}/evidence")
    assert orders(looking) == 0
    assert program(MAKES).get("disclosures/readings").json()["count"] == 0
    assert orders(program(RULES).post(OPENINGS, A_LOT)) == 1
    assert program(MAKES).get("disclosures/readings").json()["count"] == 1


@pytest.mark.usefixtures("sealed")
def test_who_may_not_is_told_so(program: Programs) -> None:
    problem(program(HEALS, "viewer").post(OPENINGS, A_LOT), 403, "ROLE_FORBIDDEN")
    problem(program(HEALS).post(OPENINGS, A_LOT), 422, "NOTHING_TO_OPEN")
    problem(program(LIES).post(OPENINGS, {**A_LOT, "lot": "NONE"}), 422, "NOTHING_TO_OPEN")
    problem(program(LIES).post(OPENINGS, {"gtin": "1"}), 400, "INVALID_REQUEST")
    nobody = {**ORDERS, "to": "0614141999996"}
    problem(program(MAKES).post("disclosures", nobody), 422, "GRANTEE_UNKNOWN")
    problem(
        program(MAKES).post("disclosures", {**ORDERS, "members": ["price"]}), 400, "INVALID_REQUEST"
    )
    others = {**ORDERS, "entries": ["0" * 64]}
    problem(program(MAKES).post("disclosures", others), 422, "NOT_THE_OWNERS_ENTRY")
    unknown = {"grant": "0" * 64, "reason": "Over"}
    problem(program(MAKES).post("disclosures/revocations", unknown), 422, "GRANT_UNKNOWN")


@pytest.mark.usefixtures("traded")
def test_before_an_operator_is_there_nothing_is_opened(program: Programs) -> None:
    problem(program(RULES).post(OPENINGS, A_LOT), 503, "KEYS_MISSING")


def of_own_key(on: Stage, key: PrivateKey, owner: str) -> str:
    said = Grant(Sealed(LOT, (SealedMember.ORDER,)), Gln(HEALS_TOO))
    digests, disclosures = seal(said.sealed(), [on.nonce()])
    statement = Statement(
        log="unbroken.example/demo",
        stream=stream_of(Gln(owner)),
        type=said.type,
        at=on.later(),
        nonce=on.nonce(),
        seen=latest_seen(),
        consumes=(),
        creates=0,
        body=said.as_body(),
        sealed=digests,
    )
    return sign(statement, key, disclosures)


def test_who_keeps_its_own_key_grants_by_itself(
    traded: Stage, program: Programs, own_key: PrivateKey
) -> None:
    answer = program(SELLS).post("entries", {"entry": of_own_key(traded, own_key, SELLS)})
    assert answer.status_code == 201
    entry = f"entries/{answer.json()['entry_id']}"
    assert program(SELLS).get(entry).json()["stream"] == f"disclosure:{SELLS}"
    problem(program(LIES).get(entry), 404, "ENTRY_UNKNOWN")
    assert program(RULES).get(entry).status_code == 200
    Organisation.objects.filter(gln=LIES).update(roles=["auditor"])
    assert program(LIES).get(entry).status_code == 200


def test_nobody_grants_in_the_stream_of_another(
    traded: Stage, program: Programs, own_key: PrivateKey
) -> None:
    text = of_own_key(traded, own_key, MAKES)
    problem(program(SELLS).post("entries", {"entry": text}), 422, "NOT_THE_OWNER")
