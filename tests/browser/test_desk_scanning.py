"""Packs at the desk as people handle them: a scanner that types, a phone's width, no JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from supplychain.queries.stock import inbound_to, stock_of
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.issue_recall import issue_recall
from tests.browser.test_story import _SMALL, PASSWORD, At, at
from tests.stages import MAKES, SELLS, TABLETS, Stage, a_lot, serials
from tests.supplychain.web.conftest import now

__all__ = ["at", "now"]

pytestmark = pytest.mark.browser
LOT = a_lot("P1")
PALLET = "(00)106141412345678908"


def scan(page: Page, number: int) -> None:
    """As a keyboard wedge does: the lot, F8 for the separator, the serial, and Enter."""
    page.keyboard.type(f"01{LOT.gtin}1727123110{LOT.lot}")
    page.keyboard.press("F8")
    page.keyboard.type(f"21{serials(number)[0]}")
    page.keyboard.press("Enter")


def made(stage: Stage) -> None:
    stage.register(LOT, 6, packs=serials(*range(6)))
    stage.log()


def test_packs_are_born_shipped_and_received_by_keyboard_alone(at: At, now: Stage) -> None:
    maker = at("mara")
    maker.goto("/admin/desk/lots/new")
    maker.get_by_label("Product").select_option(TABLETS)
    maker.get_by_label("Lot number").fill("P1")
    maker.get_by_label("Units").fill("6")
    maker.get_by_label("Expiry date").fill("2027-12-31")
    expect(maker.locator("[data-when=range]")).to_be_hidden()
    maker.get_by_text("In a row").click()
    maker.get_by_label("Begin with").fill("S")
    maker.get_by_label("First number").fill("000000")
    maker.get_by_role("button", name="Review").click()
    expect(maker.locator(".facts")).to_contain_text("S000000 … S000005")
    maker.get_by_role("button", name="Sign and register").click()
    expect(maker.get_by_role("heading", name="Signed")).to_be_visible()
    maker.goto("/admin/desk/ship/scanned")
    maker.locator("[data-scans]").focus()
    for number in (0, 1, 1, 2):
        scan(maker, number)
    expect(maker.locator("[data-scan-count]")).to_have_text("4 codes.")
    maker.get_by_label("To", exact=True).select_option(SELLS)
    maker.get_by_label("Shipment number").fill("S-1")
    maker.get_by_role("button", name="Review the dispatch").click()
    expect(maker.locator(".facts")).to_contain_text("3 units")
    maker.get_by_role("button", name="Sign the dispatch").click()
    expect(maker.get_by_role("heading", name="Signed")).to_be_visible()
    now.later()
    wholesaler = at("wendy")
    wholesaler.goto("/admin/desk/receive/scanned")
    wholesaler.locator("[data-scans]").first.focus()
    for number in (0, 1, 4):
        scan(wholesaler, number)
    wholesaler.get_by_role("button", name="Review the receipt").click()
    expect(wholesaler.locator("[data-errors]")).to_contain_text("1 by the scans, 0 by you")
    wholesaler.get_by_label("Missing units").fill("1")
    wholesaler.get_by_label("Extra packs").fill("1")
    wholesaler.get_by_role("button", name="Review the receipt").click()
    wholesaler.get_by_role("button", name="Sign the receipt").click()
    expect(wholesaler.get_by_role("heading", name="Signed")).to_be_visible()
    assert [line.held for line in stock_of(SELLS)] == [2]
    wholesaler.goto("/admin/")
    expect(wholesaler.locator("#n-exceptions")).to_contain_text("1")


def test_without_javascript_packs_are_shipped_all_the_same(
    now: Stage, at: At, page_without_javascript: Page
) -> None:
    made(now)
    at("mara")
    page = page_without_javascript
    page.goto("/admin/desk/ship/scanned")
    page.get_by_label("User name").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("[data-scans]").fill(f"(01){LOT.gtin}(17)271231(10)P1(21)S000003")
    page.get_by_label("To", exact=True).select_option(SELLS)
    page.get_by_label("Shipment number").fill("S-1")
    page.get_by_role("button", name="Review the dispatch").click()
    page.get_by_role("button", name="Sign the dispatch").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    assert [way.quantity for way in inbound_to(SELLS)] == [1]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_new_page_is_wider_than_its_window_or_hard_to_hit(
    at: At, now: Stage, width: int
) -> None:
    addresses = troubled(at, now)
    for who, address in addresses:
        page = at(who)
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(_SMALL) == [], address


def troubled(at: At, stage: Stage) -> list[tuple[str, str]]:
    """A packed pallet, a short receipt and a recall; the pages that tell of them."""
    made(stage)
    page = at("mara")
    page.goto("/admin/desk/pack")
    page.get_by_label("Label of the case or pallet").fill(PALLET)
    page.locator("[data-scans]").fill(
        "\n".join(f"(01){LOT.gtin}(17)271231(10)P1(21)S00000{n}" for n in range(2))
    )
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Sign: packed").click()
    stage.ship(MAKES, LOT, 3, SELLS, packs=serials(3, 4, 5))
    stage.receive(SELLS, LOT, 1, 1, packs=serials(3), damaged_packs=serials(4))
    recall = issue_recall(
        party=MAKES, lot=LOT, recall_class="I", reason="Glass", at=stage.later(),
        nonce=stage.nonce(),
    ).entry_id  # fmt: skip
    stage.log()
    follow_checkpoints(at=stage.later())
    lot = f"{LOT.gtin}/{LOT.lot}"
    return [
        ("mara", "/admin/desk/recalls"),
        ("mara", f"/admin/desk/recalls/{recall}/{lot}"),
        ("mara", "/admin/desk/recalls/list"),
        ("mara", "/admin/desk/containers/00/106141412345678908"),
        ("mara", f"/admin/desk/packs/{lot}"),
        ("mara", f"/admin/desk/lots/{lot}"),
        ("mara", "/admin/desk/ship/scanned"),
        ("mara", "/admin/desk/lots/new"),
        ("mara", "/admin/desk/pack"),
        ("mara", "/admin/desk/organisation"),
        ("mara", f"/admin/desk/disclosures/grant/{lot}"),
        ("wendy", "/admin/"),
        ("wendy", f"/admin/desk/recalls/{recall}/answer/{lot}"),
        ("wendy", "/admin/desk/recalls"),
        ("wendy", "/admin/desk/exceptions"),
        ("wendy", "/admin/desk/exceptions/new"),
        ("wendy", "/admin/desk/receive/scanned"),
        ("wendy", "/admin/desk/receive"),
    ]


def test_packs_are_ticked_and_scanned_out_of_the_trade(at: At, now: Stage) -> None:
    made(now)
    maker = at("mara")
    maker.set_viewport_size({"width": 390, "height": 844})
    maker.goto(f"/admin/desk/lots/{LOT.gtin}/{LOT.lot}")
    maker.get_by_text("More that can be done with it").click()
    maker.get_by_role("link", name="Decommission").click()
    maker.get_by_label(str(serials(4)[0])).check()
    maker.locator("[data-scans]").focus()
    scan(maker, 2)
    expect(maker.locator("[data-scan-count]")).to_have_text("1 code.")
    maker.get_by_label("Reason").fill("Free samples")
    assert maker.evaluate("document.documentElement.scrollWidth") == 390
    maker.get_by_role("button", name="Review").click()
    expect(maker.locator(".facts")).to_contain_text("2 units")
    maker.get_by_role("button", name="Change something").click()
    expect(maker.get_by_label(str(serials(4)[0]))).to_be_checked()
    maker.get_by_role("button", name="Review").click()
    maker.get_by_role("button", name="Sign: decommissioned").click()
    expect(maker.get_by_role("heading", name="Signed")).to_be_visible()
    (line,) = stock_of(MAKES)
    assert line.held == 4


def test_a_shipment_of_two_lots_goes_and_comes_on_a_phone_without_javascript(
    now: Stage, at: At, page_without_javascript: Page
) -> None:
    for name in ("A1", "A2"):
        now.register(a_lot(name), 30)
    now.log()
    at("mara")
    at("wendy")
    page = page_without_javascript
    page.set_viewport_size({"width": 390, "height": 844})
    signed_in(page, "mara", "/admin/desk/ship")
    page.get_by_label("Product").select_option(TABLETS)
    page.get_by_label("Units wanted").fill("45")
    page.get_by_role("button", name="Which lots?").click()
    page.get_by_role("link", name="Ship these 2 lots together").click()
    page.get_by_label("To", exact=True).select_option(SELLS)
    page.get_by_label("Shipment number").fill("SHP/7")
    fits(page)
    page.get_by_role("button", name="Review the dispatch").click()
    fits(page)
    page.get_by_role("button", name="Sign the dispatch").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    now.later()
    page.context.clear_cookies()
    signed_in(page, "wendy", "/admin/desk/receive")
    fits(page)
    page.get_by_role("link", name="Receive them together").click()
    page.get_by_label("Good, lot A2").fill("14")
    page.get_by_role("button", name="Review the receipts").click()
    expect(page.locator("[data-errors]")).to_contain_text("These make 14 of 15.")
    page.get_by_label("Missing, lot A2").fill("1")
    fits(page)
    page.get_by_role("button", name="Review the receipts").click()
    page.get_by_role("button", name="Sign the receipts").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    assert sorted(line.held for line in stock_of(SELLS)) == [14, 30]


def signed_in(page: Page, name: str, there: str) -> None:
    page.goto(there)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def fits(page: Page) -> None:
    """No wider than the telephone: a page that has no scripts is measured from outside."""
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= 390
