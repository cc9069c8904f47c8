"""The pages around the scan: start, log, policy, signing in, and errors."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from ledger import auditing, signers
from ledger.alarms import acknowledge, raise_alarm
from ledger.core.checkpoint import Checkpoint, Vkey
from ledger.core.note import WITNESS_KEY
from ledger.core.signatures import OPENSSL, LogKey
from ledger.models import WitnessState
from tests.stages import HEALS, Stage, a_lot
from tests.supplychain.web.conftest import SignIn

pytestmark = pytest.mark.usefixtures("stage")
DEMO = {
    "logins": [{"user": "rosa", "password": "pw-of-rosa", "who": "Rosa", "role": "Pharmacist"}],
    "codes": [
        {
            "code": "(01)1",
            "label": "A gap",
            "expected": "CAUTION",
            "why": "Three hours.",
            "as": "rosa",
        }
    ],
    "urls": {"The log": "/log"},
}


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo.json").write_text(json.dumps(DEMO))


def test_the_start_page_without_a_demonstration_is_the_scan_page(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    assert client.get("/").templates[0].name == "scan/scan.html"


@pytest.mark.usefixtures("demo")
def test_the_start_page_of_a_demonstration_shows_people_and_codes(client: Client) -> None:
    html = client.get("/").content.decode()
    for words in ("Rosa", "pw-of-rosa", "A gap", "Caution", "Scan as Rosa"):
        assert words in html


@pytest.mark.usefixtures("demo")
def test_one_click_signs_in_and_scans(client: Client) -> None:
    User.objects.create_user("rosa", password="pw-of-rosa")
    form = {"username": "rosa", "password": "pw-of-rosa", "next": "/scan?code=%2801%291"}
    response = client.post("/sign-in", form)
    assert (response.status_code, response["Location"]) == (302, "/scan?code=%2801%291")


@pytest.mark.usefixtures("demo")
def test_who_is_signed_in_already_scans_without_a_form(client: Client) -> None:
    client.force_login(User.objects.create_user("rosa"))
    assert "Scan as Rosa</a>" in client.get("/").content.decode()


def test_people_with_a_desk_land_there_and_all_others_at_the_scan(client: Client) -> None:
    User.objects.create_user("nora", password="long enough 1", is_staff=True)
    User.objects.create_user("rosa", password="long enough 1")
    for user, place in (("nora", "/admin/"), ("rosa", "/scan")):
        response = client.post("/sign-in", {"username": user, "password": "long enough 1"})
        assert response["Location"] == place


def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    User.objects.create_user("rosa", password="long enough 1")
    form = {"username": "rosa", "password": "long enough 1", "next": "https://evil.example/"}
    assert client.post("/sign-in", form)["Location"] == "/scan"


def test_a_wrong_password_is_told_without_telling_which_was_wrong(client: Client) -> None:
    html = client.post("/sign-in", {"username": "nobody", "password": "x"}).content.decode()
    assert "do not belong together" in html


def test_signing_out_is_by_post_only(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/"
    assert "Sign in" in client.get("/scan").content.decode()


def test_the_log_page_tells_a_standing_alarm_from_an_acknowledged_one(
    client: Client, stage: Stage
) -> None:
    assert "No alarm is in force" in client.get("/log").content.decode()
    raise_alarm(code="ENTRY_CHANGED", about="index 3", message="Not the one.", at=stage.now)
    html = client.get("/log").content.decode()
    assert "The log is in alarm" in html
    assert "ENTRY_CHANGED" in html
    acknowledge(which="index 3", by="Audrey", reason="seen", at=stage.now)
    html = client.get("/log").content.decode()
    assert "with 1 known fault." in html
    assert "Audrey" in html


def test_the_log_page_shows_each_witness_and_whether_more_are_waited_for(
    client: Client, stage: Stage
) -> None:
    assert "Witnesses" not in client.get("/log").content.decode()
    vkey = Vkey("w.example", LogKey.generate().public, WITNESS_KEY)
    call_command("trust_witness", "partner", str(vkey), "https://w.example", stdout=StringIO())
    html = client.get("/log").content.decode()
    assert "partner" in html
    assert "Nothing cosigned yet" in html
    assert "None of them is asked for" in html
    again = ["partner", str(vkey), "https://w.example", "--quorum", "all"]
    call_command("trust_witness", *again, stdout=StringIO())
    WitnessState.objects.create(
        name="partner",
        key_id=vkey.id.hex(),
        size=7,
        line_at=stage.now,
        answer="It says 500",
        failures=1,
        next_at=stage.now,
    )
    html = client.get("/log").content.decode()
    assert "waits for more of them" in html
    raise_alarm(code="ENTRY_CHANGED", about="index 3", message="odd", at=stage.now)
    acknowledge(which="index 3", by="Audrey", reason="seen", at=stage.now)
    html = client.get("/log").content.decode()  # the stage's checkpoint is months old by now
    assert "The log waits for its witnesses since" in html
    assert "1 known fault stands below" in html
    assert "The log goes on" not in html
    assert "7 entries, cosigned" in html
    assert "It says 500" in html


def test_the_log_page_shows_size_what_waits_and_the_last_audit(
    client: Client, stage: Stage
) -> None:
    assert "None yet" in client.get("/log").content.decode()
    stage.register(a_lot(), 10)
    auditing.run(
        auditing.Opinions(OPENSSL),
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
        clock=lambda: stage.now,
    )
    html = client.get("/log").content.decode()
    assert "<dd>1</dd>" in html
    assert "second library as well: clean" in html


def test_the_checkpoint_is_fetched_as_a_signed_note(client: Client) -> None:
    response = client.get("/log/checkpoint")
    assert response["Content-Type"].startswith("text/plain")
    text = response.content.decode().partition("\n\n")[0] + "\n"
    assert Checkpoint.parse(text).size > 0


def test_the_policy_page_tells_to_get_it_from_a_second_source(client: Client) -> None:
    assert "get it from a second source too" in client.get("/log").content.decode()
    assert client.get("/policy.json")["Content-Type"] == "application/json"


def test_our_own_mistake_is_told_without_its_text(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo.json").write_text("{")
    client.raise_request_exception = False
    response = client.get("/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "Something broke on our side" in html
    assert "Error" not in html


def test_a_form_without_its_token_is_told_kindly() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "That form was too old" in response.content.decode()
