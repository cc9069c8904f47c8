"""Whom to ask about packs of others is kept in plain admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from supplychain.models import Responder, VerificationMessage

pytestmark = pytest.mark.django_db
GOOD = {"company_prefix": "9506000", "gln": "9506000134352", "address": "https://maker.example/vrs"}


@pytest.fixture
def operator() -> Client:
    """Who runs the installation."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="correct horse"))
    return client


def add(client: Client, **changed: str) -> Responder | None:
    client.post("/admin/supplychain/responder/add/", GOOD | changed)
    return Responder.objects.first()


def test_a_responder_is_added(operator: Client) -> None:
    found = add(operator)
    assert found is not None
    assert (found.company_prefix, found.gln, found.address) == tuple(GOOD.values())
    assert b"maker.example" in operator.get("/admin/supplychain/responder/").content


def test_one_on_this_machine_may_be_asked_in_the_clear(operator: Client) -> None:
    assert add(operator, address="http://127.0.0.1:8001") is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"company_prefix": "950"},
        {"company_prefix": "95060x"},
        {"gln": "9506000134353"},
        {"gln": "950600013435"},
        {"address": "http://maker.example/vrs"},
        {"address": "https://u:p@maker.example/"},
        {"address": "https://maker.example/?x=1"},
        {"address": "ftp://maker.example/"},
        {"address": "maker.example"},
    ],
)
def test_what_cannot_be_asked_safely_is_refused(operator: Client, changed: dict[str, str]) -> None:
    assert add(operator, **changed) is None


def test_nobody_changes_what_was_asked_and_answered(operator: Client) -> None:
    assert operator.get("/admin/supplychain/verificationmessage/").status_code == 200
    assert operator.get("/admin/supplychain/verificationmessage/add/").status_code == 403
    assert not VerificationMessage.objects.exists()


def test_a_member_of_an_organisation_sees_neither(client: Client) -> None:
    client.force_login(User.objects.create_user("ann", password="correct horse"))
    for table in ("responder", "verificationmessage"):
        assert client.get(f"/admin/supplychain/{table}/").status_code in (302, 403)
