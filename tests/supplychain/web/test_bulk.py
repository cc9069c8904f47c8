"""The page for many packs in a run, as it works without a script."""

import csv
import io
import re
from html import unescape
from http import HTTPStatus
from urllib.parse import unquote

import pytest
from django.test import Client
from pypdf import PdfReader

from supplychain.models import Sighting
from supplychain.web import run_report
from tests.stages import HEALS, MAKES, Stage, a_lot, serials
from tests.supplychain.web.conftest import SignIn

LOT = a_lot("P1")
PACKS = serials(*range(4))


def code(number: int) -> str:
    return f"01{LOT.gtin}17271231" + f"10P1\x1d21S{number:06d}"


@pytest.fixture
def here(now: Stage) -> Stage:
    """Four packs at the pharmacy, logged."""
    now.register(LOT, 4, packs=PACKS)
    now.deliver(MAKES, LOT, 4, HEALS, packs=PACKS)
    now.log()
    return now


def page(client: Client, *codes: str) -> str:
    answer = client.post("/bulk", {"codes": "\r\n".join(codes)})
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def rows(html: str) -> list[dict[str, str]]:
    link = re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', html)
    assert link
    return list(csv.DictReader(io.StringIO(unquote(unescape(link[1])), newline="")))


@pytest.mark.usefixtures("here")
def test_only_problems_are_named_and_the_file_has_all(sign_in: SignIn) -> None:
    html = page(sign_in(HEALS), code(0), code(1), "", "  ", code(9), "=1+1", code(2))
    listed = html.partition("data-run-troubles")[2].partition("</ol>")[0]
    assert re.findall(r'trouble__number">(\d+)<', listed) == ["3", "4"]
    assert "UNKNOWN_SERIAL" in listed
    assert "S000001" not in listed
    assert "Set aside the packs named below" in html
    found = rows(html)
    assert [one["verdict"] for one in found] == ["OK", "OK", "STOP", "SCAN_AGAIN", "OK"]
    assert found[0]["read"] == code(0).replace("\x1d", "␝")
    assert found[3]["read"] == "'=1+1"  # no spreadsheet runs it
    assert (found[4]["lot"], found[4]["serial"]) == ("P1", "S000002")


@pytest.mark.usefixtures("here")
def test_a_separator_may_be_written_as_its_picture(sign_in: SignIn) -> None:
    html = page(sign_in(HEALS), code(0).replace("\x1d", "␝"))
    assert rows(html)[0]["verdict"] == "OK"


@pytest.mark.usefixtures("here")
def test_an_empty_page_waits_for_codes(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    for html in (client.get("/bulk").content.decode(), page(client, "", " ")):
        assert 'data-run-answer aria-labelledby="run-title" hidden' in html
        assert html.count("autofocus") == 1


@pytest.mark.usefixtures("here")
def test_too_long_a_run_is_given_back_whole(sign_in: SignIn) -> None:
    html = page(sign_in(HEALS), *(code(n) for n in range(301)))
    assert "301 codes: a run has at most 300." in html
    assert "21S000300" in html


def test_who_is_not_signed_in_is_led_there(client: Client) -> None:
    for answer in (client.get("/bulk"), client.post("/bulk", {"codes": "x"})):
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == "/sign-in?next=/bulk"


@pytest.mark.usefixtures("here")
def test_markup_in_a_code_stays_text(sign_in: SignIn) -> None:
    html = page(sign_in(HEALS), "<script>alert(1)</script>")
    assert "<script>alert" not in html


@pytest.mark.usefixtures("here")
def test_the_scan_page_leads_there_for_who_is_signed_in(sign_in: SignIn, client: Client) -> None:
    assert 'href="/bulk"' in sign_in(HEALS).get("/scan").content.decode()
    assert 'href="/bulk"' not in client.get("/scan").content.decode()


def reports(html: str) -> list[str]:
    return re.findall(r'name="report" value="([^"]*)"', html)


@pytest.mark.usefixtures("here")
def test_the_run_is_had_on_paper_and_nothing_is_scanned_again(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    kept = [*reports(page(client, code(0), code(9))), *reports(page(client, code(1)))]
    scans = Sighting.objects.count()
    answer = client.post("/bulk/report.pdf", {"report": kept})
    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="run-' in answer["Content-Disposition"]
    assert Sighting.objects.count() == scans
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    for fact in ("Poppy Pharmacy", "To look after", "S000009", "UNKNOWN_SERIAL", "S000001"):
        assert fact in text
    assert text.index("UNKNOWN_SERIAL") < text.index("All, in the order of the scans")
    again = client.post("/bulk/report.pdf", {"report": kept})
    assert again.content == answer.content


@pytest.mark.usefixtures("here")
def test_the_same_answer_brought_again_and_again_is_no_book(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(HEALS)
    kept = reports(page(client, code(0), code(1)))
    monkeypatch.setattr(run_report, "ROWS_MAX", 4)
    assert client.post("/bulk/report.pdf", {"report": kept * 2}).status_code == 200
    assert client.post("/bulk/report.pdf", {"report": kept * 3}).status_code == 400


@pytest.mark.usefixtures("here")
def test_what_somebody_made_up_or_another_was_told_is_not_printed(
    sign_in: SignIn, client: Client
) -> None:
    here_signed_in = sign_in(HEALS)
    (kept,) = reports(page(here_signed_in, code(0)))
    for made_up in ([], [kept[:-1] + "!"], ["x"], [kept, "x"]):
        assert here_signed_in.post("/bulk/report.pdf", {"report": made_up}).status_code == 400
    assert sign_in(MAKES).post("/bulk/report.pdf", {"report": [kept]}).status_code == 400
    assert client.post("/bulk/report.pdf", {"report": [kept]}).status_code == 302
    assert client.get("/bulk/report.pdf").status_code == 405
