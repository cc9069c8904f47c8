"""Who may sit at which desk, and what is done there."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from ledger.alarms import raise_alarm
from supplychain.models import Membership
from tests.stages import HEALS, LIES, MAKES, RULES, SELLS, TABLETS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, words

LOT = a_lot()
SIGNING_PAGES = ("ship", "dispense", "destroy", "lose", "hold", "recall")
LISTS = ("lots", "products", "ship", "receive", "sent", "notices")


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.deliver(MAKES, LOT, 40, SELLS)
    now.deliver(SELLS, LOT, 10, HEALS)
    now.log()
    return now


def test_nobody_comes_to_a_desk_without_signing_in(client: Client, stocked: Stage) -> None:
    del stocked
    for url in ("/admin/desk/lots", about("ship", LOT)):
        response = client.get(url)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in")


def test_the_admin_sends_everybody_to_the_one_sign_in_page(client: Client, stage: Stage) -> None:
    del stage
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/sign-in?next=/admin/"


def test_a_member_sees_the_desk_first(at_desk: AtDesk, stocked: Stage) -> None:
    stocked.ship(MAKES, LOT, 5, SELLS)
    html = words(at_desk(SELLS).get("/admin/"))
    assert "Needs you now" in html
    assert "To receive" in html
    assert "Wendover Wholesale" in html


def test_a_superuser_without_an_organisation_sees_the_tables_and_why(
    client: Client, stage: Stage
) -> None:
    del stage
    client.force_login(User.objects.create_superuser("root"))
    html = words(client.get("/admin/"))
    assert "belong to no organisation" in html
    assert "Checkpoints" in html
    assert client.get("/admin/desk/lots").status_code == 403
    assert client.get(about("ship", LOT)).status_code == 403


def test_staff_without_an_organisation_is_told_so(client: Client, stage: Stage) -> None:
    del stage
    client.force_login(User.objects.create_user("nora", is_staff=True))
    response = client.get("/admin/")
    assert response.status_code == 403
    assert "belongs to no organisation" in words(response)


def test_a_member_who_is_no_staff_has_no_desk(client: Client, stage: Stage) -> None:
    del stage
    user = User.objects.create_user("rosa")
    Membership.objects.create(user=user, gln=HEALS, role="signer")
    client.force_login(user)
    assert client.get("/admin/desk/lots").status_code == 403


def test_a_member_who_runs_the_installation_has_both(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    html = words(at_desk(SELLS, superuser=True).get("/admin/"))
    assert "Needs you now" in html
    assert "Tables, for who runs this installation" in html


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_may_not_sign_sees_the_lists_and_no_form(
    at_desk: AtDesk, stocked: Stage, role: str
) -> None:
    del stocked
    client = at_desk(SELLS, role)
    for place in ("lots", "receive", "sent", "notices"):
        assert client.get(f"/admin/desk/{place}").status_code == 200
    html = words(client.get(about("lots", LOT)))
    assert about("ship", LOT) not in html
    for page in SIGNING_PAGES:
        assert client.get(about(page, LOT)).status_code == 403
        assert client.post(about(page, LOT), {"do": "sign"}).status_code == 403


def test_a_viewer_of_the_maker_registers_no_product_and_an_operator_does(
    at_desk: AtDesk, stage: Stage
) -> None:
    del stage
    said = {"gtin": "614141000036", "name": "Aspirin", "strength": "100 mg", "form": "50 pieces"}
    said["profile"] = "below-25/1"
    assert at_desk(MAKES, "viewer").post("/admin/desk/products/new", said).status_code == 403
    response = at_desk(MAKES, "operator").post("/admin/desk/products/new", said)
    assert response["Location"].endswith("?added=00614141000036")


@pytest.mark.parametrize("role", ["signer", "qa", "administrator"])
def test_every_signing_role_signs(at_desk: AtDesk, stocked: Stage, role: str) -> None:
    del stocked
    response = Paper(at_desk(SELLS, role), about("lose", LOT)).sign(
        quantity=1, reason="Fell", kind="lost"
    )
    assert response.status_code == 302


def test_what_an_organisation_is_not_licensed_for_is_not_offered(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    client = at_desk(SELLS)
    assert client.get(about("dispense", LOT)).status_code == 403
    assert client.get(about("recall", LOT)).status_code == 403
    assert client.get("/admin/desk/lots/new").status_code == 403
    assert about("dispense", LOT) not in words(client.get(about("lots", LOT)))


def test_lots_of_others_do_not_exist(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(LIES)
    for page in ("lots", "ship", "dispense", "destroy", "lose"):
        assert client.get(about(page, LOT)).status_code == 404
    dispatch = stocked.ship(SELLS, LOT, 2, HEALS)
    assert client.get(f"/admin/desk/signed/{dispatch.entry_id}").status_code == 404


def test_dispatches_of_others_do_not_exist(at_desk: AtDesk, stocked: Stage) -> None:
    stocked.ship(SELLS, LOT, 2, HEALS)
    way = stocked.inbound(HEALS, LOT)
    for page in ("receive", "void", "lost-on-the-way"):
        assert at_desk_once(at_desk, LIES).get(about_way(page, way)).status_code == 404
    assert at_desk(SELLS).get(about_way("receive", way)).status_code == 404
    assert at_desk(HEALS).get(about_way("void", way)).status_code == 404


def at_desk_once(at_desk: AtDesk, gln: str) -> Client:
    User.objects.filter(username=f"signer-{gln}").delete()
    return at_desk(gln)


@pytest.mark.parametrize("gln", [MAKES, HEALS])
def test_an_address_that_names_no_lot_is_not_found(at_desk: AtDesk, gln: str) -> None:
    client = at_desk(gln)
    pages = [page for page in SIGNING_PAGES if (page == "dispense") == (gln == HEALS)]
    for page in ("lots", *pages):
        for lot in ("%00", "A%0A1", "ä", "x" * 21, "NEVER"):
            for gtin in (TABLETS, "1", "00614141000013"):
                assert client.get(f"/admin/desk/{page}/{gtin}/{lot}").status_code == 404


@pytest.mark.parametrize("entry", ["x", "%00", "0" * 64, "G" * 64])
def test_an_address_that_names_no_entry_is_not_found(at_desk: AtDesk, entry: str) -> None:
    client = at_desk(MAKES)
    assert client.get(f"/admin/desk/signed/{entry}").status_code == 404
    for n in ("0", "1000", "9" * 5000):
        assert client.get(f"/admin/desk/receive/{entry}/{n}/{TABLETS}/A1").status_code == 404
    assert client.get(f"/admin/desk/lift/{entry}/{TABLETS}/A1").status_code == 404


def test_who_watches_sees_the_alarms_of_the_log_first(at_desk: AtDesk, now: Stage) -> None:
    client = at_desk(RULES)
    assert "No alarm of the log stands" in words(client.get("/admin/"))
    raise_alarm(code="ENTRY_CHANGED", about="7", message="Entry 7 was changed.", at=now.now)
    assert "Entry 7 was changed." in words(client.get("/admin/"))
    assert "Entry 7 was changed." not in words(at_desk(SELLS).get("/admin/"))
