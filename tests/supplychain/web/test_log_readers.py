"""Who reads the log's entries: authorities and auditors, by session or by token."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from supplychain.services.issue_token import issue_token
from tests.stages import MAKES, RULES, Stage, a_lot
from tests.supplychain.web.conftest import SignIn

BUNDLE = "/log/tile/entries/000.p/1"


@pytest.fixture(autouse=True)
def _logged(stage: Stage) -> None:
    """Something to read."""
    stage.register(a_lot(), 10)
    stage.log()


def test_an_authority_reads_in_its_browser(sign_in: SignIn) -> None:
    assert sign_in(RULES).get(BUNDLE).status_code == 200


def test_a_party_does_not(sign_in: SignIn) -> None:
    assert sign_in(MAKES).get(BUNDLE).status_code == 403


def test_a_passer_by_does_not_and_reads_hashes_all_the_same(client: Client) -> None:
    assert client.get(BUNDLE).status_code == 401
    assert client.get("/log/tile/0/000.p/1").status_code == 200


def test_staff_without_an_organisation_does_not(client: Client) -> None:
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(BUNDLE).status_code == 403


@pytest.mark.parametrize(("gln", "status"), [(RULES, 200), (MAKES, 403)])
def test_a_program_reads_with_its_organisations_token(
    client: Client, stage: Stage, gln: str, status: int
) -> None:
    token = f"a token of {gln} for tests only"
    issue_token(token=token, party=gln, role="viewer", name="mirror", at=stage.now)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(BUNDLE, headers=headers).status_code == status


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic YTpi", "Bearer \xe9"])
def test_a_token_that_is_none_is_nobodys(client: Client, header: str) -> None:
    assert client.get(BUNDLE, headers={"Authorization": header}).status_code == 401
