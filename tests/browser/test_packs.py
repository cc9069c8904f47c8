"""Many packs, a case, and a pack that is dispensed, in a real browser."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from supplychain.domain.containers import Container
from supplychain.models import Membership
from supplychain.services.aggregate_packs import aggregate_packs
from tests.browser.test_scan import _SMALL, _wedge
from tests.stages import HEALS, MAKES, Stage, a_lot, serials
from tests.supplychain.web.conftest import now

__all__ = ["now"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("here")]
LOT = a_lot("P1")
PACKS = serials(*range(12))
SSCC = "106141412345678908"


def code(number: int) -> str:
    return f"01{LOT.gtin}17271231" + f"10P1\x1d21S{number:06d}"


@pytest.fixture
def here(now: Stage) -> Stage:
    """Twelve packs at the pharmacy, eight of them in a case; all logged."""
    now.register(LOT, 12, packs=PACKS)
    now.deliver(MAKES, LOT, 12, HEALS, packs=PACKS)
    aggregate_packs(
        party=HEALS,
        container=Container(f"00/{SSCC}"),
        packs={LOT: PACKS[4:]},
        children=(),
        at=now.later(),
        nonce=now.nonce(),
    )
    now.log()
    return now


def sign_in(page: Page, then: str) -> None:
    user = User.objects.create_user("poppy", password="correct horse")
    Membership.objects.create(user=user, gln=HEALS, role="signer")
    page.goto(f"/sign-in?next={then}")
    page.get_by_label("User name").fill("poppy")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()


def count(page: Page, number: int) -> None:
    expect(page.locator("[data-run-count]")).to_have_text(str(number))


def test_pack_after_pack_is_scanned_and_only_trouble_is_listed(page: Page) -> None:
    sign_in(page, "/bulk")
    expect(page.get_by_label("Codes, one on each line")).to_be_focused()
    expect(page.locator("[data-run-form][data-run-ready]")).to_be_attached()
    for n, number in enumerate((0, 1, 99, 2), 1):
        _wedge(page, code(number))
        count(page, n)
    troubles = page.locator("[data-run-troubles] > li")
    expect(troubles).to_have_count(1)
    expect(troubles).to_contain_text("S000099")
    expect(troubles).to_contain_text("UNKNOWN_SERIAL")
    expect(page.locator("[data-run-do]")).to_have_text("Look after the pack named below.")
    expect(page.locator("[data-run-said]")).to_contain_text("4. OK.")
    assert page.evaluate(_SMALL) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="All rows as CSV").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert [line.split(",")[1] for line in text.splitlines()] == [
        "verdict",
        "OK",
        "OK",
        "STOP",
        "OK",
    ]
    with page.expect_download() as sheets:
        page.get_by_role("button", name="All rows as PDF").click()
    paper = " ".join(one.extract_text() for one in PdfReader(sheets.value.path()).pages)
    assert paper.count("S000099") == 2, "among those to look after, and among all"
    assert "S000002" in paper


def test_a_scan_with_a_pause_in_it_is_taken_whole(page: Page) -> None:
    sign_in(page, "/bulk")
    expect(page.locator("[data-run-form][data-run-ready]")).to_be_attached()
    field = page.get_by_label("Codes, one on each line")
    expect(field).to_be_focused()
    page.keyboard.type(code(1).partition("\x1d")[0])
    page.keyboard.press("Control+BracketRight")
    page.wait_for_timeout(200)  # more than the 50 ms that are between the keys of a scanner
    page.keyboard.type(code(1).partition("\x1d")[2])
    page.keyboard.press("Enter")
    count(page, 1)
    expect(page.locator("[data-run-troubles] > li")).to_have_count(0)
    expect(field).to_have_value("")


def test_a_scan_elsewhere_on_the_page_leaves_the_field_alone(page: Page) -> None:
    sign_in(page, "/bulk")
    expect(page.locator("[data-run-form][data-run-ready]")).to_be_attached()
    page.get_by_label("Codes, one on each line").fill("typed before")
    page.locator("body").click(position={"x": 5, "y": 5})
    _wedge(page, code(1))
    count(page, 1)
    expect(page.get_by_label("Codes, one on each line")).to_have_value("typed before")


def test_codes_by_hand_are_checked_line_by_line(page: Page) -> None:
    sign_in(page, "/bulk")
    expect(page.get_by_label("Codes, one on each line")).to_be_focused()
    expect(page.locator("[data-run-form][data-run-ready]")).to_be_attached()
    page.keyboard.type(f"(01){LOT.gtin}(10)P1(21)S000000", delay=60)
    page.keyboard.press("Enter")
    count(page, 1)
    expect(page.get_by_label("Codes, one on each line")).to_have_value("")
    page.get_by_label("Codes, one on each line").fill(f"{code(1)}\nrubbish\n")
    page.get_by_role("button", name="Check them").click()
    count(page, 3)
    expect(page.locator("[data-run-troubles] > li")).to_contain_text("NOT_GS1")


def test_a_run_is_checked_without_a_script(page_without_javascript: Page) -> None:
    page = page_without_javascript
    sign_in(page, "/bulk")
    page.get_by_label("Codes, one on each line").fill(
        "\n".join(code(n).replace("\x1d", "␝") for n in (0, 1, 99))
    )
    page.get_by_role("button", name="Check them").click()
    count(page, 3)
    expect(page.locator("[data-run-troubles] > li")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="All rows as CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 4


def test_a_good_pack_is_scanned_and_dispensed(page: Page) -> None:
    sign_in(page, "/scan")
    expect(page.locator("[data-sound-toggle]")).to_be_visible()
    _wedge(page, code(0))
    page.get_by_role("button", name="Sign: dispensed").click()
    expect(page.get_by_role("heading", name="Dispensed and signed")).to_be_visible()
    assert page.evaluate(_SMALL) == []
    _wedge(page, f"00{SSCC}")
    expect(page.locator('[data-verdict="CANNOT_CHECK"]')).to_contain_text(re.compile("8 packs"))
