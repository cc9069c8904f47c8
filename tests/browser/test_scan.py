"""The pharmacist's page in a real browser: keys, voice, focus, history, and no connection."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from supplychain.models import Membership
from tests.stages import HEALS, INSULIN, SELLS, Stage
from tests.supplychain.web.conftest import CODE, hand_on, now, sound

__all__ = ["now", "sound"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("sound")]
SERIAL = CODE + "\x1d21SN-7"
GARBAGE = "01" + "9" * 16
Wedge = Callable[[str], None]
_TYPE = """([text, separator]) => {
  document.activeElement?.blur();
  let at = performance.now();  // a scanner keeps its pace whatever else this machine does
  const press = (type, init) => {
    const event = new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init });
    Object.defineProperty(event, "timeStamp", { value: (at += 5) });
    document.body.dispatchEvent(event);
  };
  for (const character of text) {
    if (character !== "\\u001d") press("keydown", { key: character });
    else for (const init of separator) press(init.up ? "keyup" : "keydown", init);
  }
  press("keydown", { key: "Enter", code: "Enter" });
}"""
_SMALL = """() => [...document.querySelectorAll("main :is(button, a, summary, input), nav *")]
  .filter((one) => one.matches("button, a, summary, input") && one.checkVisibility())
  .filter((one) => getComputedStyle(one).display !== "inline")
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map((one) => one.outerHTML.slice(0, 80))"""
SEPARATORS = {
    "0x1D": [{"key": "\x1d"}],
    "Ctrl+]": [{"key": "]", "code": "BracketRight", "ctrlKey": True}],
    "F8": [{"key": "F8", "code": "F8"}],
    "Alt+029": [
        {"key": "Alt", "altKey": True},
        *({"key": digit, "altKey": True} for digit in "029"),
        {"key": "Alt", "up": True},
    ],
}


@pytest.fixture
def pharmacist(page: Page) -> Page:
    """A page at which the pharmacist is signed in, by the real form."""
    user = User.objects.create_user("poppy", password="correct horse")
    Membership.objects.create(user=user, gln=HEALS, role="signer")
    page.goto("/sign-in")
    page.get_by_label("User name").fill("poppy")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    _ready(page)
    return page


def _ready(page: Page) -> None:
    """Wait until the scripts of the scan page listen."""
    expect(page.locator("[data-sound-toggle]")).to_be_visible()


def _wedge(page: Page, text: str, separator: str = "0x1D") -> None:
    page.evaluate(_TYPE, [text, SEPARATORS[separator]])


def _verdict(page: Page, code: str) -> None:
    expect(page.locator(f'[data-verdict="{code}"]')).to_be_visible()


def test_a_code_is_typed_and_checked_without_a_mouse(pharmacist: Page) -> None:
    pharmacist.keyboard.type(CODE)
    pharmacist.keyboard.press("Enter")
    _verdict(pharmacist, "OK")
    expect(pharmacist.locator("[data-verdict-word]")).to_be_focused()


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_wedge_keeps_its_separator_however_it_sends_it(pharmacist: Page, separator: str) -> None:
    _wedge(pharmacist, SERIAL, separator)
    _verdict(pharmacist, "OK")
    assert "%1D21SN-7" in pharmacist.url


def test_a_separator_from_the_keyboard_reaches_the_judgement(pharmacist: Page) -> None:
    pharmacist.keyboard.type(CODE)
    pharmacist.keyboard.press("Control+BracketRight")
    pharmacist.keyboard.type("21SN-7")
    pharmacist.keyboard.press("Enter")
    _verdict(pharmacist, "OK")
    assert "%1D21SN-7" in pharmacist.url


def test_a_scan_over_an_open_answer_replaces_it(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    _wedge(pharmacist, GARBAGE)
    _verdict(pharmacist, "SCAN_AGAIN")
    expect(pharmacist.locator("[data-verdict]")).to_have_count(1)


def test_slow_keys_outside_a_field_are_no_scan(pharmacist: Page) -> None:
    pharmacist.locator("body").click(position={"x": 5, "y": 500})
    pharmacist.keyboard.type("0100614141", delay=80)
    pharmacist.keyboard.press("Enter")
    expect(pharmacist).to_have_url(re.compile("/scan$"))


def test_a_separator_typed_by_hand_stays_in_the_field(pharmacist: Page) -> None:
    field = pharmacist.get_by_label("Code on the pack")
    field.focus()
    pharmacist.keyboard.type("10A", delay=70)
    pharmacist.keyboard.press("Control+BracketRight")
    pharmacist.keyboard.type("21B", delay=70)
    assert field.input_value() == "10A\x1d21B"


def test_the_answer_is_announced(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    said = pharmacist.locator("[data-announce]")
    expect(said).to_contain_text("OK. Go ahead")
    expect(said).to_contain_text("Genuine: Yes.")


def test_going_back_asks_anew(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    _wedge(pharmacist, GARBAGE)
    _verdict(pharmacist, "SCAN_AGAIN")
    pharmacist.go_back()
    _verdict(pharmacist, "OK")


def test_the_last_scans_are_listed_and_can_be_cleared(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    _wedge(pharmacist, GARBAGE)
    _verdict(pharmacist, "SCAN_AGAIN")
    lines = pharmacist.locator("[data-recent-list] li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Scan again")
    pharmacist.get_by_role("button", name="Clear the list").click()
    expect(lines).to_have_count(0)


def test_the_list_of_one_party_is_not_shown_to_the_next(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    pharmacist.get_by_role("button", name="Sign out").click()
    pharmacist.goto("/scan")
    expect(pharmacist.locator("[data-recent]")).to_be_hidden()


def test_sound_is_muted_and_stays_muted(pharmacist: Page) -> None:
    button = pharmacist.get_by_role("button", name="Sound is on")
    button.click()
    pharmacist.reload()
    expect(pharmacist.get_by_role("button", name="Sound is off")).to_be_visible()


def test_without_a_connection_the_answer_is_that_nothing_can_be_checked(
    failing_page: Page,
) -> None:
    page = failing_page
    page.goto("/scan")
    _ready(page)
    page.context.set_offline(True)
    _wedge(page, CODE)
    _verdict(page, "CANNOT_CHECK")
    expect(page.locator("main")).to_contain_text("NO_CONNECTION")
    page.context.set_offline(False)
    _wedge(page, GARBAGE)
    _verdict(page, "SCAN_AGAIN")


def test_an_answer_that_waits_for_its_checkpoint_turns_by_itself(
    pharmacist: Page, sound: Stage
) -> None:
    hand_on(sound, SELLS, HEALS, 5)
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "CANNOT_CHECK")
    sound.log()
    _verdict(pharmacist, "OK")


def test_without_javascript_the_form_works_all_the_same(page_without_javascript: Page) -> None:
    page = page_without_javascript
    page.goto("/scan")
    page.keyboard.type(GARBAGE)
    page.keyboard.press("Enter")
    _verdict(page, "SCAN_AGAIN")


def test_the_folds_open_with_the_keyboard_and_show_chart_and_steps(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    for title in ("Custody, step by step", "Temperature", "What was read"):
        fold = pharmacist.locator("details", has_text=title).first
        fold.locator("summary").focus()
        pharmacist.keyboard.press("Space")
        expect(fold).to_have_attribute("open", "")
    expect(pharmacist.locator("svg.temperature-chart").first).to_be_visible()
    expect(pharmacist.locator(".timeline")).to_contain_text("60 units sent to Wendover Wholesale")


def test_the_evidence_is_downloaded(pharmacist: Page) -> None:
    _wedge(pharmacist, CODE)
    _verdict(pharmacist, "OK")
    pharmacist.get_by_text("Evidence to take away").click()
    with pharmacist.expect_download() as download:
        pharmacist.get_by_role("link", name="Download the evidence").click()
    assert download.value.suggested_filename == f"evidence-{INSULIN}-G24-118B.json"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(pharmacist: Page, width: int) -> None:
    pharmacist.set_viewport_size({"width": width, "height": 844})
    for address in ("/", "/scan", f"/scan?code={SERIAL}", f"/scan?code={GARBAGE}", "/log"):
        pharmacist.goto(address)
        pharmacist.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true })"
        )
        assert pharmacist.evaluate("document.documentElement.scrollWidth") <= width


def test_what_can_be_pressed_on_the_scan_page_is_large_enough(pharmacist: Page) -> None:
    pharmacist.goto(f"/scan?code={CODE}")
    small = pharmacist.evaluate(_SMALL)
    assert small == []


def test_the_page_says_for_whom_it_answers(pharmacist: Page) -> None:
    expect(pharmacist.locator(".masthead__who")).to_contain_text("Poppy Pharmacy")
