"""Live trackers at the desk in a real browser: loaded, listed, unloaded; on a phone and a desk."""

import pytest
from playwright.sync_api import Page, expect

from supplychain.domain.conditions import Reading
from supplychain.models import Membership
from supplychain.services.load_tracker import load_tracker
from supplychain.services.put_device import put_device
from supplychain.services.take_readings import take_readings
from tests.browser.test_loggers import LOT, desk, no_wider_than_the_window, picture
from tests.stages import HEALS, MAKES, Stage
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


def test_a_dispatch_rests_on_the_tracker_that_rides_along(desk: Page, now: Stage) -> None:
    put_device(
        party=MAKES,
        name="TRK-7",
        model="Polar 3",
        place="",
        calibrated_on=None,
        every_days=365,
        today=now.now.date(),
    )
    load_tracker(party=MAKES, device="TRK-7", lot=LOT, said_by="mara", at=now.later())
    at = now.later()
    heard = {"TRK-7": [Reading(int(at.timestamp()), 500)]}
    take_readings(party=MAKES, readings=heard, at=at, most=256)
    desk.goto(f"/admin/desk/ship/{LOT.gtin}/{LOT.lot}")
    desk.get_by_label("Units to send").fill("100")
    desk.get_by_label("To", exact=True).select_option(HEALS)
    desk.get_by_label("Shipment number").fill("S-1")
    desk.get_by_label("Your tracker").check()
    desk.get_by_label("Which one?").select_option("TRK-7")
    picture(desk, "tracker-ship")
    no_wider_than_the_window(desk)
    desk.get_by_role("button", name="Review the dispatch").click()
    expect(desk.get_by_text("What your tracker TRK-7 told of the last day")).to_be_visible()


def test_an_administrator_lets_trackers_in_and_out(desk: Page, now: Stage) -> None:
    del now
    Membership.objects.update(role="administrator")
    desk.goto("/admin/desk/devices")
    desk.get_by_role("link", name="Ways in of trackers").click()
    for kind, name in (("A token", "Vans"), ("An address", "Cold Cloud")):
        desk.get_by_label(kind).check()
        desk.get_by_label("Name", exact=True).fill(name)
        desk.get_by_role("button", name="Let it in").click()
        expect(desk.get_by_text(f"{name} may come in.")).to_be_visible()
    picture(desk, "tracker-access")
    no_wider_than_the_window(desk)
    desk.get_by_role("button", name="Revoke Vans").click()
    expect(desk.get_by_text("revoked")).to_have_count(1)
