"""A logger's file at the desk in a real browser: looked into, mapped, reviewed; no script runs."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from supplychain.services.create_user import create_user
from tests.stages import HEALS, INSULIN, MAKES, Stage, a_lot
from tests.supplychain.formats.berlinger_files import CONFIGURED, DAYS, data_of, signed, steady
from tests.supplychain.web.conftest import now

__all__ = ["now"]

pytestmark = pytest.mark.browser
LOT = a_lot("G24", INSULIN)
PASSWORD = "correct horse battery"
PICTURES = os.environ.get("UNBROKEN_PICTURES")
WIDTHS = {"phone": 390, "desktop": 1280}


@pytest.fixture(params=WIDTHS)
def desk(request: pytest.FixtureRequest, now: Stage, browser: Browser, site: str) -> Iterator[Page]:
    """The form of a dispatch in a browser without scripts, on a phone and on a desk."""
    now.register(LOT, 100)
    now.log()
    create_user(name="mara", password=PASSWORD, email="", party=MAKES, role="signer")
    size = {"width": WIDTHS[request.param], "height": 900}
    context = browser.new_context(base_url=site, java_script_enabled=False, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("User name").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/admin/desk/ship/{LOT.gtin}/{LOT.lot}")
    page.get_by_label("Units to send").fill("20")
    page.get_by_label("To", exact=True).select_option(HEALS)
    page.get_by_label("Shipment number").fill("S-1")
    yield page
    context.close()


def attach(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.set_input_files("input[name=file]", file)  # type: ignore[arg-type]  # a file's payload


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody wants to look at it."""
    if PICTURES:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def no_wider_than_the_window(page: Page) -> None:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_a_table_of_no_known_make_is_mapped_without_a_script(desk: Page, now: Stage) -> None:
    rows = ["Device;LIBERO 7", "Times in;UTC+01:00", "Nr;Zeit;Wert;Bemerkung"]
    for n in range(36):
        at = now.now + timedelta(hours=1) - timedelta(minutes=10 * (36 - n))
        rows.append(f"{n + 1};{at:%d.%m.%Y %H:%M};5,{n % 3};")
    attach(desk, "kuehlschrank.csv", "\r\n".join(rows).encode("cp1252"))
    desk.get_by_role("button", name="Review the dispatch").click()
    expect(desk.get_by_role("heading", name="How is this table read?")).to_be_visible()
    picture(desk, "mapping")
    no_wider_than_the_window(desk)
    desk.get_by_label("Column of the temperature").fill("Wert")
    desk.get_by_label("Unit", exact=True).select_option("C")
    desk.get_by_label("Time zone of the times").select_option("+01:00")
    desk.get_by_label("Order of dates in the file").select_option("DMY")
    desk.get_by_label("Keep this for the model").fill("LIBERO")
    desk.get_by_role("button", name="Review the dispatch").click()
    expect(desk.locator("svg.temperature-chart")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("36 readings")
    picture(desk, "mapped-review")
    no_wider_than_the_window(desk)


def test_a_signed_file_shows_its_signature_and_the_devices_own_days(desk: Page, now: Stage) -> None:
    begins = now.now.replace(tzinfo=None, second=0) - timedelta(hours=12)
    rows = steady(40, start=begins) + steady(60, start=begins + timedelta(hours=6), value="7.4")
    raw = signed(CONFIGURED + DAYS + data_of(rows))
    attach(desk, "fridge.txt", raw.replace(b"7.4", b"7.1", 1))
    desk.get_by_label("Time zone of the times").select_option("+00:00")
    desk.get_by_role("button", name="Review the dispatch").click()
    expect(desk.locator("main")).to_contain_text("Refused as evidence: the content was changed")
    picture(desk, "edited")
    attach(desk, "fridge.txt", raw)
    desk.get_by_role("button", name="Review the dispatch").click()
    expect(desk.locator("svg.temperature-chart")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("Signature valid, but")
    picture(desk, "signed-review")
    no_wider_than_the_window(desk)


def test_a_second_logger_is_added_and_the_enter_key_reviews(desk: Page, now: Stage) -> None:
    begins = now.now.replace(tzinfo=None, second=0) - timedelta(hours=2)
    attach(desk, "fridge.txt", signed(CONFIGURED + data_of(steady(12, start=begins))))
    desk.get_by_label("Time zone of the times").select_option("+00:00")
    desk.get_by_role("button", name="Add this file, and bring another").click()
    expect(desk.get_by_text("fridge.txt")).to_be_visible()
    expect(desk.get_by_label("Time zone of the times")).to_have_value("")
    picture(desk, "another-logger")
    no_wider_than_the_window(desk)
    rows = [f"{now.now - timedelta(minutes=10 * n):%FT%TZ},5.{n % 3}" for n in range(12)]
    attach(desk, "box.csv", "\n".join(["time,temperature_c", *rows]).encode())
    desk.locator("input[name=device]").fill("BOX-7")
    desk.get_by_label("Shipment number").press("Enter")
    expect(desk.locator("svg.temperature-chart")).to_be_visible()
    expect(desk.locator("main")).to_contain_text("CSV BOX-7")
    expect(desk.locator("main")).to_contain_text("130500000001")
    picture(desk, "two-loggers")
    no_wider_than_the_window(desk)
