"""A leg's temperature in a real browser: looked into with a mouse, and seen without scripts."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from supplychain.models import Leg, Membership
from tests.stages import INSULIN, MAKES, SELLS, Stage, a_lot, readings

pytestmark = pytest.mark.browser
LOT = a_lot("T1", INSULIN)


@pytest.fixture
def leg(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a journey of a day, a reading every ten minutes."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: stage.now)
    stage.register(LOT, 10)
    stage.ship(MAKES, LOT, 10, SELLS, readings(stage.now - timedelta(hours=1), stage.now, 500))
    sent = stage.now
    stage.later(timedelta(days=1))
    stage.receive(SELLS, LOT, 10, conditions=readings(sent, stage.now, 400, 500, 900, 600))
    stage.log()
    row = Leg.objects.get(receiver=SELLS, made_as="custody.receive")
    return reverse("web:leg", args=(row.entry_id, str(LOT.gtin), str(LOT.lot)))


def enter(page: Page, site: str) -> None:
    """Sign a wholesaler's member in."""
    user = User.objects.create_user("wendy", password="correct horse")
    Membership.objects.create(user=user, gln=SELLS, role="signer")
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


def test_a_stretch_is_looked_at_closer(page: Page, site: str, leg: str) -> None:
    enter(page, site)
    page.goto(leg)
    drawn = page.locator(".u-over")
    expect(drawn).to_be_visible()
    expect(page.locator(".temperature-chart")).to_be_hidden()
    box = drawn.bounding_box()
    assert box is not None
    with page.expect_response(lambda answer: "from=" in answer.url) as asked:
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=4)
        page.mouse.up()
    assert asked.value.ok
    expect(page.get_by_text("Shown: 2026-03-02")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text("All of it is shown.")).to_be_visible()


def test_without_scripts_the_picture_stays(
    page_without_javascript: Page, site: str, leg: str
) -> None:
    enter(page_without_javascript, site)
    page_without_javascript.goto(leg)
    expect(page_without_javascript.locator(".temperature-chart")).to_be_visible()
    expect(page_without_javascript.get_by_text("The same facts in words")).to_be_visible()
    expect(page_without_javascript.get_by_role("button", name="Show all")).to_be_hidden()
