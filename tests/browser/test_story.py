"""From maker to pharmacy through the real pages, each step by the person whose it is."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from supplychain.services.create_user import create_user
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage
from tests.supplychain.web.conftest import now

__all__ = ["now"]

pytestmark = pytest.mark.browser
LOT = "G24-118B"
PEOPLE = {"mara": MAKES, "wendy": SELLS, "poppy": HEALS}
PASSWORD = "correct horse battery"
SCAN = f"/scan?code=01{INSULIN}1727123110{LOT}"
At = Callable[[str], Page]


@pytest.fixture
def at(now: Stage, browser: Browser, site: str) -> Iterator[At]:
    """A person's own browser, signed in; one script error or breach of the policy fails."""
    del now
    troubles: list[str] = []
    opened: dict[str, Page] = {}

    def page_of(name: str) -> Page:
        if name not in opened:
            create_user(name=name, password=PASSWORD, email="", party=PEOPLE[name], role="signer")
            opened[name] = _signed_in(browser, site, name, troubles)
        return opened[name]

    yield page_of
    for page in opened.values():
        page.context.close()
    assert troubles == []


def _signed_in(browser: Browser, site: str, name: str, troubles: list[str]) -> Page:
    page = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900}).new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.goto("/admin/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Needs you now")).to_be_visible()
    return page


def _file(start: datetime, end: datetime, *celsius: float) -> dict[str, object]:
    """A logger's file with a reading every ten minutes."""
    lines, moment = ["time,temperature_c"], start
    while moment <= end:
        lines.append(f"{moment:%Y-%m-%dT%H:%M:%SZ},{celsius[(len(lines) - 1) % len(celsius)]}")
        moment += timedelta(minutes=10)
    return {"name": "truck-7.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def _attach(page: Page, file: dict[str, object]) -> None:
    page.set_input_files("input[name=file]", file)  # type: ignore[arg-type]  # a file's payload


def _register(page: Page) -> None:
    page.get_by_role("link", name="Register a lot").click()
    page.get_by_label("Product").select_option(INSULIN)
    page.get_by_label("Lot number").fill(LOT)
    page.get_by_label("Units").fill("1000")
    page.get_by_label("Expiry date").fill("2027-12-31")
    page.get_by_role("button", name="Review").click()
    expect(page.locator(".facts")).to_contain_text("31 Dec 2027")
    page.get_by_role("button", name="Sign and register").click()


def _ship(page: Page, stage: Stage, quantity: str, receiver: str) -> None:
    page.goto("/admin/desk/ship")
    page.get_by_role("link", name=f"Ship lot {LOT}").click()
    page.get_by_label("Units to send").fill(quantity)
    page.get_by_label("To", exact=True).select_option(receiver)
    page.get_by_label("Shipment number").fill(f"S-{quantity}")
    _attach(page, _file(stage.now - timedelta(hours=6), stage.now, 5.1, 5.4))
    page.get_by_role("button", name="Review the dispatch").click()
    expect(page.locator("svg.temperature-chart")).to_be_visible()
    page.get_by_role("button", name="Sign the dispatch").click()


def _receive(page: Page, stage: Stage, sent: datetime, *celsius: float) -> None:
    stage.later(timedelta(hours=3))
    page.goto("/admin/")
    page.get_by_role("link", name=f"Receive lot {LOT}").click()
    _attach(page, _file(sent, stage.now, *celsius))
    page.get_by_role("button", name="Review the receipt").click()
    expect(page.locator("svg.temperature-chart")).to_be_visible()
    page.get_by_role("button", name="Sign the receipt").click()


def _logged(page: Page, stage: Stage) -> None:
    """The page tells the entry's index as soon as the sequencer has given it one."""
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    stage.log()
    expect(page.locator("[data-index]")).to_contain_text(re.compile("Entry \\d+ in the log"))
    stage.later()


def _hand_on(at: At, stage: Stage, way: tuple[str, str], quantity: str, *celsius: float) -> None:
    giver, receiver = way
    _ship(at(giver), stage, quantity, PEOPLE[receiver])
    sent = stage.now
    _logged(at(giver), stage)
    _receive(at(receiver), stage, sent, *celsius)
    _logged(at(receiver), stage)


def test_a_lot_goes_from_maker_to_pharmacy_and_its_scan_says_ok(at: At, now: Stage) -> None:
    _register(at("mara"))
    _logged(at("mara"), now)
    _hand_on(at, now, ("mara", "wendy"), "200", 5.0, 5.2)
    _hand_on(at, now, ("wendy", "poppy"), "20", 4.8, 5.9)
    pharmacist = at("poppy")
    pharmacist.goto(SCAN)
    expect(pharmacist.locator('[data-verdict="OK"]')).to_be_visible()
    maker = at("mara")
    maker.goto(f"/admin/desk/lots/{INSULIN}/{LOT}")
    expect(maker.locator("main")).to_contain_text("all accounted for")
    expect(maker.locator("tbody tr", has_text="Poppy Pharmacy")).to_contain_text("20")


def test_a_recall_at_the_makers_desk_stops_the_next_scan(at: At, now: Stage) -> None:
    _register(at("mara"))
    _logged(at("mara"), now)
    _hand_on(at, now, ("mara", "poppy"), "20", 5.0)
    maker = at("mara")
    maker.goto(f"/admin/desk/lots/{INSULIN}/{LOT}")
    maker.get_by_role("link", name="Recall", exact=True).click()
    expect(maker.locator("main")).to_contain_text("Poppy Pharmacy")
    maker.get_by_text("I: may be life-threatening").first.click()
    maker.get_by_label("Reason").fill("Glass particles")
    maker.get_by_label("I have read whom this recall reaches").check()
    maker.get_by_role("button", name="Review").click()
    maker.get_by_role("button", name="Sign the recall").click()
    _logged(maker, now)
    pharmacist = at("poppy")
    pharmacist.goto(SCAN)
    expect(pharmacist.locator('[data-verdict="STOP"]')).to_be_visible()
    pharmacist.goto("/admin/")
    expect(pharmacist.get_by_role("region", name="Recalled or on hold")).to_contain_text(
        "Glass particles"
    )


def test_a_journey_that_was_too_warm_is_seen_before_it_is_signed_and_at_the_scan(
    at: At, now: Stage
) -> None:
    _register(at("mara"))
    _logged(at("mara"), now)
    _hand_on(at, now, ("mara", "poppy"), "20", 5.0, 7.5, 11.2, 9.0)
    pharmacist = at("poppy")
    pharmacist.goto("/admin/")
    expect(pharmacist.locator("#n-warm")).to_be_visible()
    pharmacist.goto(SCAN)
    expect(pharmacist.locator("main")).to_contain_text("TEMPERATURE_EXCURSION")


def test_the_sum_of_a_receipt_is_told_while_typing_and_the_ways_of_temperature_fold(
    at: At, now: Stage
) -> None:
    _register(at("mara"))
    _ship(at("mara"), now, "20", HEALS)
    now.later(timedelta(hours=3))
    page = at("poppy")
    page.goto("/admin/desk/receive")
    page.get_by_role("link", name=f"Receive lot {LOT}").click()
    total = page.locator("[data-sum]")
    expect(total).to_contain_text("all 20 accounted for")
    page.get_by_label("Received, in good order").fill("17")
    expect(total).to_contain_text("3 of 20 not accounted for yet")
    page.get_by_label("Still missing").fill("4")
    expect(total).to_contain_text("1 more than the 20")
    expect(page.locator('[data-way="typed"]')).to_be_hidden()
    page.get_by_text("Readings to type in").first.click()
    expect(page.locator('[data-way="typed"]')).to_be_visible()
    expect(page.locator('[data-way="none"]')).to_be_hidden()


def test_without_javascript_a_dispatch_is_signed_all_the_same(
    at: At, now: Stage, page_without_javascript: Page
) -> None:
    _register(at("mara"))
    page = page_without_javascript
    page.goto("/admin/desk/ship")
    page.get_by_label("User name").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    _ship(page, now, "30", SELLS)
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_desk_is_wider_than_its_window_or_hard_to_hit(
    at: At, now: Stage, width: int
) -> None:
    page = at("mara")
    _register(page)
    _ship(page, now, "30", SELLS)
    page.set_viewport_size({"width": width, "height": 844})
    lot = f"{INSULIN}/{LOT}"
    pages = ["ship", "receive", "sent", "lots", "lots/new", "products", "products/new", "notices"]
    pages += [f"{one}/{lot}" for one in ("lots", "ship", "destroy", "lose", "hold", "recall")]
    for address in ("/admin/", *(f"/admin/desk/{one}" for one in pages)):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(_SMALL) == [], address


_SMALL = """() => [...document.querySelectorAll("main :is(.button, button, summary), .deskbar a")]
  .filter((one) => !one.closest("[aria-hidden=true]"))
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 80))"""
