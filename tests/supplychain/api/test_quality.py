"""Temperature of goods in stock, and decisions about it, through the API."""

from datetime import timedelta
from typing import Any

import pytest

from supplychain.services.ask_four_eyes import ask_four_eyes
from supplychain.services.issue_token import issue_token
from tests.stages import INSULIN, MAKES, SELLS, Stage, a_lot
from tests.supplychain.api.conftest import Program, Programs, problem

COLD = a_lot("Q1", INSULIN)
ABOUT = {"gtin": INSULIN, "lot": "Q1"}
RELEASE = {**ABOUT, "reason": "Stable for 48 hours at 25 °C"}


def kept(stage: Stage, *values: str, **members: Any) -> dict[str, Any]:
    """A day in the maker's fridge, with a reading every hour."""
    since = stage.now
    moments = [since + timedelta(hours=n) for n in range(25)]
    stage.later(timedelta(hours=25))
    typed = [
        {"time": at.isoformat(), "value": values[n % len(values)], "unit": "C"}
        for n, at in enumerate(moments)
    ]
    until = moments[-1].isoformat()
    return {**ABOUT, "from": since.isoformat(), "to": until, **members} | {
        "conditions": {"readings": typed}
    }


@pytest.fixture
def cold(now: Stage) -> Stage:
    now.register(COLD, 10)
    return now


def codes(stage: Stage, programs: Programs) -> list[str]:
    stage.log()
    found = programs(MAKES).get("verify", code=f"01{INSULIN}10Q1").json()
    return [one["code"] for one in found["reasons"]]


def test_a_stay_is_recorded_and_a_warm_one_is_decided_on(cold: Stage, program: Programs) -> None:
    stays = kept(cold, "5.1", "5.3", place="Fridge 2")
    assert program(MAKES).post("stays", stays).status_code == 201
    assert codes(cold, program) == []
    assert program(MAKES).post("stays", kept(cold, "5.1", "9.4")).status_code == 201
    assert codes(cold, program) == ["TEMPERATURE_EXCURSION"]
    cold.later()
    assert program(MAKES, "qa").post("quality-releases", RELEASE).status_code == 201
    assert codes(cold, program) == ["RELEASED_BY_QA"]
    again = program(MAKES, "qa").post("quality-releases", RELEASE)
    problem(again, 422, "NOTHING_TO_DECIDE")


def test_a_signer_decides_on_no_quality(cold: Stage, program: Programs) -> None:
    program(MAKES).post("stays", kept(cold, "9.4"))
    cold.later()
    problem(program(MAKES).post("quality-releases", RELEASE), 403, "ROLE_FORBIDDEN")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"conditions": {"none": "logger_missing"}}, "READINGS_NEEDED"),
        ({"from": "2026-03-20T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "COVERS_REVERSED"),
        ({"state": "quarantined"}, "NOT_HOLDER"),
        ({"outputs": [f"{'ab' * 32}#0"]}, "NOT_HOLDER"),
    ],
)
def test_what_is_no_stay_is_refused(
    cold: Stage, program: Programs, members: dict[str, Any], code: str
) -> None:
    body = kept(cold, "5.1") | members
    refused = program(MAKES).post("stays", body)
    assert refused.status_code in (400, 422)
    assert refused.json()["code"] == code


@pytest.mark.parametrize(
    "members",
    [
        {"state": "in_transit"},
        {"outputs": ["x"]},
        {"place": "x" * 101},
        {"from": "noon"},
        {"to": 5},
    ],
)
def test_members_of_another_shape_are_refused(
    cold: Stage, program: Programs, members: dict[str, Any]
) -> None:
    assert program(MAKES).post("stays", kept(cold, "5.1") | members).status_code == 400


def test_who_has_nothing_of_the_lot_records_nothing(cold: Stage, program: Programs) -> None:
    problem(program(SELLS).post("stays", kept(cold, "5.1")), 422, "NOT_HOLDER")


def qa(stage: Stage, name: str) -> Program:
    """A program whose token bears this name."""
    token = f"token-of-{name}-{stage.nonce().hex()}"
    issue_token(token=token, party=MAKES, role="qa", name=name, at=stage.now)
    return Program(token)


def test_where_two_people_decide_one_proposes_and_another_confirms(
    cold: Stage, program: Programs
) -> None:
    ask_four_eyes(party=MAKES, wanted=True)
    program(MAKES).post("stays", kept(cold, "9.4", "9.6"))
    cold.later()
    quinn, robin = qa(cold, "quinn"), qa(cold, "robin")
    problem(quinn.post("quality-releases", RELEASE), 422, "SECOND_PERSON_NEEDED")
    problem(program(MAKES).post("quality-proposals", RELEASE), 403, "ROLE_FORBIDDEN")
    made = quinn.post("quality-proposals", RELEASE)
    assert made.status_code == 201, made.content
    (listed,) = robin.get("quality-proposals").json()["results"]
    assert listed == made.json()
    assert (listed["decided_by"], listed["reason"]) == ("quinn", RELEASE["reason"])
    yes = f"quality-proposals/{listed['id']}/confirmation"
    problem(quinn.post(yes, {}), 422, "OWN_PROPOSAL")
    problem(robin.post(yes, {"confirmed_by": "Quinn"}), 422, "OWN_PROPOSAL")
    cold.later()
    problem(program(SELLS, "qa").post(yes, {}), 422, "PROPOSAL_UNKNOWN")
    assert robin.post(yes, {"confirmed_by": "Robin Elm"}).status_code == 201
    assert codes(cold, program) == ["RELEASED_BY_QA"]
    problem(robin.post(yes, {}), 409, "PROPOSAL_CLOSED")
    assert robin.get("quality-proposals").json()["results"] == []


def test_a_proposal_is_withdrawn_by_who_judges_and_by_nobody_else(
    cold: Stage, program: Programs
) -> None:
    ask_four_eyes(party=MAKES, wanted=True)
    program(MAKES).post("stays", kept(cold, "9.4", "9.6"))
    cold.later()
    quinn, robin = qa(cold, "quinn"), qa(cold, "robin")
    made = quinn.post("quality-proposals", RELEASE).json()
    away, this = "quality-withdrawals", {"proposal": made["id"]}
    problem(program(MAKES).post(away, this), 403, "ROLE_FORBIDDEN")
    problem(program(SELLS, "qa").post(away, this), 422, "PROPOSAL_UNKNOWN")
    told = robin.post(away, this)
    assert (told.status_code, told.json()) == (200, made)
    problem(robin.post(away, this), 409, "PROPOSAL_CLOSED")
    yes = f"quality-proposals/{made['id']}/confirmation"
    problem(robin.post(yes, {}), 409, "PROPOSAL_CLOSED")
    assert robin.get("quality-proposals").json()["results"] == []
