"""Live trackers at the desk in a real browser: loaded, listed, unloaded; on a phone and a desk."""

import pytest
from playwright.sync_api import Page, expect

from supplychain.domain.conditions import Reading
from supplychain.services.put_device import put_device
from supplychain.services.take_readings import take_readings
from tests.browser.test_loggers import LOT, desk, no_wider_than_the_window, picture
from tests.stages import MAKES, Stage
from tests.supplychain.web.conftest import now

__all__ = ["desk", "now"]

pytestmark = pytest.mark.browser


def test_a_tracker_is_loaded_heard_of_and_unloaded(desk: Page, now: Stage) -> None:
    for name in ("TRK-7", "TRK-8"):
        put_device(
            party=MAKES,
            name=name,
            model="Polar 3",
            place="",
            calibrated_on=None,
            every_days=365,
            today=now.now.date(),
        )
    for name in ("TRK-7", "TRK-8"):
        desk.goto("/admin/desk/journeys")
        desk.get_by_role("link", name="Load a tracker").click()
        desk.get_by_label("Tracker").select_option(name)
        desk.get_by_label("Place").fill("Van 3")
        picture(desk, "tracker-load")
        no_wider_than_the_window(desk)
        desk.get_by_role("button", name="Load it").click()
    at = now.later()
    heard = {"TRK-7": [Reading(int(at.timestamp()), 500)]}
    take_readings(party=MAKES, readings=heard, at=at, most=256)
    desk.goto("/admin/desk/journeys")
    expect(desk.get_by_text("Heard", exact=True)).to_be_visible()
    expect(desk.get_by_text("Silent", exact=True)).to_be_visible()
    picture(desk, "trackers")
    no_wider_than_the_window(desk)
    desk.get_by_role("button", name=f"Unload TRK-8 from lot {LOT.lot}").click()
    expect(desk.get_by_role("button", name="Unload TRK-8")).to_have_count(0)
    expect(desk.get_by_role("button", name="Unload TRK-7")).to_have_count(1)
