"""The demonstration keeps what its start page promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from ledger.models import Alarm, Entry
from supplychain.demo.cast import CAST, PEOPLE
from supplychain.demo.playing import Play, token_of
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.queries.containers import labelled
from supplychain.queries.people import acting_by_token
from supplychain.services.check_container import check_container
from supplychain.services.verify_scan import verify_scan
from supplychain.web.demo import demo_of
from tests.supplychain.demo.play import NOW, play, written

pytestmark = pytest.mark.django_db
GLNS = {person.user: str(person.party.gln) for person in PEOPLE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="module", autouse=True)
def played(
    folder: Path,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Play]:
    """The demonstration, played once: each test's own transaction is inside this one."""
    del django_db_setup  # asked for what it does
    found_in = {"KEYS_DIR": folder, "CHECKPOINT_FILE": folder / "checkpoint"}
    with override_settings(**found_in), django_db_blocker.unblock(), transaction.atomic():
        found = play(folder)
        found.perform()
        yield found
        transaction.set_rollback(True)


def spellings(code: dict[str, str]) -> Iterator[str]:
    """The code in each of the forms that the start page has of it."""
    yield code["code"]
    if code["bracketed"]:
        yield code["bracketed"]
        yield f"https://scan.example{code['path']}"


def answer(text: str, user: str) -> tuple[str, str]:
    """Verdict and first reason of a scan by this person; a repeated good scan is good."""
    label = labelled(text, on=NOW.date())
    asking = GLNS.get(user)
    if label is None:
        verdict = verify_scan(scanned=text, at=NOW, asking=asking).verdict
    else:
        verdict = check_container(container=label.container, at=NOW, asking=asking).verdict
    code = verdict.code.value.replace("ALREADY_SCANNED_HERE", "OK")
    worst = verdict.codes[0] if code != "OK" else ""
    return code, worst


def test_every_code_in_every_spelling_says_what_the_start_page_promises(folder: Path) -> None:
    codes = written(folder)["codes"]
    each = [(one, text) for one in codes for text in spellings(one)]
    promised = [(one["label"], (one["expected"], one["why"])) for one, _ in each]
    said = [(one["label"], answer(text, one["as"])) for one, text in each]
    assert said == promised
    assert {verdict for _, (verdict, _) in promised} == {
        "OK",
        "CAUTION",
        "STOP",
        "SCAN_AGAIN",
        "CANNOT_CHECK",
    }


def test_the_audit_names_the_rewritten_row_and_the_log_goes_on() -> None:
    alarm = Alarm.objects.get(acknowledged_by="operator", code="ENTRY_CHANGED")
    assert Entry.objects.filter(entry_id=alarm.about, type="custody.ship").exists()


def test_an_interrupted_demonstration_is_played_to_its_end(played: Play) -> None:
    entries, people = Entry.objects.count(), User.objects.count()
    played.perform()
    assert (Entry.objects.count(), User.objects.count()) == (entries, people)


def test_the_start_page_reads_what_was_written(folder: Path) -> None:
    demo = demo_of(written(folder))
    assert [login.user for login in demo.logins] == [*(one.user for one in PEOPLE), "operator"]
    assert all(one.login for one in demo.codes if one.lot.startswith(("INS", "PAR-88", "VAX")))


def test_the_places_of_all_who_play_can_be_told_as_urns() -> None:
    known = prefixes_known()
    assert {party for party in CAST if known.length(str(party.gln)) is None} == set()


def test_each_person_of_a_party_has_a_token_of_that_party() -> None:
    found = [acting_by_token(token_of(person)) for person in PEOPLE]
    assert [one and one.gln for one in found] == list(GLNS.values())
