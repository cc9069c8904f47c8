"""Who may come in, and as what."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from supplychain.models import Membership
from supplychain.services.revoke_token import revoke_token
from tests.stages import MAKES, Stage
from tests.supplychain.api.conftest import A_LOT, Program, Programs, problem

NEW_LOT = {**A_LOT, "quantity": 1, "expiry": "2027-12-31"}


@pytest.mark.parametrize("token", ["", "wrong", "x" * 600, "\u00e9", "a b"])
@pytest.mark.usefixtures("now")
def test_without_a_valid_token_nobody_comes_in(token: str) -> None:
    response = Program(token).get("stock")
    code = "TOKEN_INVALID" if token else "NOT_AUTHENTICATED"
    problem(response, 401, code)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_worth_nothing(now: Stage, program: Programs) -> None:
    maker = program(MAKES)
    assert maker.get("stock").status_code == 200
    revoke_token(party=MAKES, name="test", at=now.now)
    problem(maker.get("stock"), 401, "TOKEN_INVALID")


@pytest.mark.usefixtures("now")
def test_a_wrong_token_does_not_pass_for_none() -> None:
    problem(Program("wrong").get("verify", code="x"), 401, "TOKEN_INVALID")


@pytest.mark.parametrize(
    ("role", "lot", "product"),
    [
        ("viewer", 403, 403),
        ("operator", 403, 400),
        ("signer", 201, 400),
        ("qa", 201, 400),
        ("administrator", 201, 400),
    ],
)
def test_a_role_may_so_much_and_no_more(
    program: Programs, role: str, lot: int, product: int
) -> None:
    mine = program(MAKES, role)
    assert mine.get("stock").status_code == 200
    assert mine.post("products", {}).status_code == product
    assert mine.post("entries", {}).status_code == product
    response = mine.post("lots", NEW_LOT)
    assert response.status_code == lot
    if lot == 403:
        problem(response, 403, "ROLE_FORBIDDEN")


SIGNING = (
    "lots",
    "shipments",
    "receipts",
    "voids",
    "dispenses",
    "destructions",
    "losses",
    "recalls",
    "holds",
    "holds/lifts",
    "recalls/lifts",
    "returns",
    "surpluses",
    "quarantines",
    "releases",
    "samples",
    "exports",
    "decommissions",
    "undos",
    "transformations",
    "expiries",
    "corrections",
)


@pytest.mark.parametrize("address", SIGNING)
def test_whoever_may_not_sign_may_not_do_it_here_either(program: Programs, address: str) -> None:
    problem(program(MAKES, "operator").post(address, {}), 403, "ROLE_FORBIDDEN")
    problem(program(MAKES).post(address, {}), 400, "INVALID_REQUEST")


def signed_in(role: str | None, *, csrf: bool = False) -> Client:
    user = User.objects.create_user("ann", password="correct horse")
    if role:
        Membership.objects.create(user=user, gln=MAKES, role=role)
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    return client


def post(client: Client, body: Any) -> Any:
    return client.post("/api/v1/lots", body, content_type="application/json")


@pytest.mark.usefixtures("now")
def test_a_person_who_is_signed_in_may_what_his_role_may() -> None:
    assert post(signed_in("signer"), NEW_LOT).status_code == 201


@pytest.mark.usefixtures("now")
def test_a_person_without_an_organisation_is_nobody_here() -> None:
    problem(signed_in(None).get("/api/v1/stock"), 401, "NOT_AUTHENTICATED")


@pytest.mark.usefixtures("now")
def test_a_session_is_not_ridden_by_another_site() -> None:
    problem(post(signed_in("signer", csrf=True), NEW_LOT), 403, "FORBIDDEN")
