"""Lists: searched, filtered, in pages, and as CSV."""

import csv
import io
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.test import Client

from supplychain.services.place_hold import place_hold
from supplychain.services.register_product import register_product
from tests.stages import INSULIN, MAKES, SELLS, TABLETS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, words

URL = "/admin/desk/lots"


def test_lots_are_found_by_every_word(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot("B7", INSULIN), 10)
    now.register(a_lot("C8"), 10)
    client = at_desk(MAKES)
    found = words(client.get(URL, {"q": "insulin b7"}))
    assert "Lot B7" in found
    assert "Lot C8" not in found
    assert "None of your lots is like that" in words(client.get(URL, {"q": "insulin c8"}))


def test_lots_are_filtered_by_what_stands_in_their_way(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot("GOOD"), 10)
    now.register(a_lot("HELD"), 10)
    now.register(a_lot("OLD"), 10, expiry=now.now.date())
    place_hold(party=MAKES, lot=a_lot("HELD"), reason="Why", at=now.later(), nonce=now.nonce())
    now.now = now.now.replace(year=2027, month=1)
    html = words(at_desk(MAKES).get(URL, {"state": "blocked"}))
    assert "Lot HELD" in html
    assert "Lot OLD" in html
    assert "Lot GOOD" not in html


def test_lots_come_in_pages_that_keep_the_search(at_desk: AtDesk, now: Stage) -> None:
    for n in range(51):
        now.register(a_lot(f"L{n:03d}"), 1)
    client = at_desk(MAKES)
    first = words(client.get(URL, {"q": "para"}))
    assert "Page 1 of 2" in first
    assert "?q=para&amp;page=2" in first
    assert "Lot L050" in words(client.get(URL, {"q": "para", "page": "2"}))
    for nonsense in ("0", "-1", "x", "9" * 400):
        assert client.get(URL, {"page": nonsense}).status_code == 200


def test_lots_go_out_as_csv_and_no_cell_is_a_formula(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot("=1+2"), 5, expiry=date(2027, 5, 31))
    response = at_desk(MAKES).get(URL, {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    header, row = csv.reader(io.StringIO(words(response)))
    assert row[header.index("lot")] == "'=1+2"
    assert row[header.index("expiry")] == "2027-05-31"
    assert row[header.index("in stock")] == "5"


def test_dispatches_and_products_go_out_as_csv(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot(), 5)
    now.ship(MAKES, a_lot(), 3, SELLS)
    maker = at_desk(MAKES)
    assert "Wendover Wholesale" in words(maker.get("/admin/desk/sent", {"format": "csv"}))
    assert "Paracetamol" in words(maker.get("/admin/desk/products", {"format": "csv"}))
    assert "Marlow Medicines" in words(at_desk(SELLS).get("/admin/desk/receive?format=csv"))


def test_a_product_with_a_wrong_check_digit_is_told_the_right_one(at_desk: AtDesk) -> None:
    said = {"gtin": "00614141000013", "name": "X", "strength": "1 mg", "form": "1"}
    response = at_desk(MAKES).post("/admin/desk/products/new", {**said, "profile": "below-25/1"})
    html = words(response)
    assert "expected 2, got 3" in html
    assert 'value="00614141000013"' in html


def test_a_product_of_another_maker_is_refused_with_its_code(at_desk: AtDesk) -> None:
    said = {"gtin": "09506000000008", "name": "X", "strength": "1 mg", "form": "1"}
    response = at_desk(MAKES).post("/admin/desk/products/new", {**said, "profile": "below-25/1"})
    assert "GTIN_NOT_YOURS" in words(response)


def test_the_lot_page_shows_the_maker_where_all_units_are(at_desk: AtDesk, now: Stage) -> None:
    lot = a_lot()
    now.register(lot, 100)
    now.deliver(MAKES, lot, 60, SELLS)
    now.log()
    maker, seller = at_desk(MAKES), at_desk(SELLS)
    assert "all accounted for" in words(maker.get(about("lots", lot)))
    html = words(seller.get(about("lots", lot)))
    assert "authorities see where all units of a lot are" in html
    assert "60 units sent to Wendover Wholesale" in html
    assert f"/evidence/{lot.gtin}/{lot.lot}" in html


def test_a_lot_number_of_odd_characters_has_a_page(at_desk: AtDesk, now: Stage) -> None:
    register_product(
        party=MAKES, gtin="00614141000043", name="<b>", strength="&", form="'", profile="below-25/1"
    )
    now.register(a_lot("A/%?&\"'"), 3)
    client = at_desk(MAKES)
    html = words(client.get(URL))
    link = html.partition('class="lotname" href="')[2].partition('"')[0]
    assert client.get(link.replace("&amp;", "&").replace("&#x27;", "'")).status_code == 200
    assert "&lt;b&gt;" in words(client.get("/admin/desk/products"))


def test_no_page_of_the_desk_asks_one_query_for_each_row(
    at_desk: AtDesk, now: Stage, django_assert_max_num_queries: object
) -> None:
    for n in range(20):
        now.register(a_lot(f"L{n}"), 5)
        now.ship(MAKES, a_lot(f"L{n}"), 2, SELLS)
    maker, seller = at_desk(MAKES), at_desk(SELLS)
    limit = django_assert_max_num_queries
    assert callable(limit)
    for client, url in (
        (maker, "/admin/"),
        (maker, URL),
        (maker, "/admin/desk/sent"),
        (seller, "/admin/desk/receive"),
        (maker, "/admin/desk/ship"),
    ):
        with limit(40):
            assert client.get(url).status_code == 200


def test_an_amount_is_filled_first_expired_first_or_said_to_be_short(
    at_desk: AtDesk, now: Stage
) -> None:
    now.register(a_lot("LATE"), 50)
    now.register(a_lot("SOON"), 30, expiry=now.now.date() + timedelta(days=60))
    now.register(a_lot("HELD"), 900, expiry=now.now.date() + timedelta(days=30))
    place_hold(party=MAKES, lot=a_lot("HELD"), reason="Why", at=now.later(), nonce=now.nonce())
    client = at_desk(MAKES)
    for amount, shares, short in ((40, [30, 10], 0), (30, [30], 0), (100, [30, 50], 20)):
        asked: dict[str, str | int] = {"gtin": TABLETS, "amount": amount}
        fill = client.get("/admin/desk/ship", asked).context["fill"]
        assert ([share.take for share in fill.shares], fill.short) == (shares, short)
    assert "20 of 100 units short" in words(client.get("/admin/desk/ship", asked))
    for nonsense in ({"amount": "x"}, {"amount": "1", "gtin": "1"}, {"amount": "9" * 99}):
        assert client.get("/admin/desk/ship", nonsense).context["fill"] is None


def test_the_suggested_amount_is_in_the_form(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot(), 50)
    html = words(at_desk(MAKES).get(about("ship", a_lot()) + "?quantity=10"))
    assert 'name="quantity" value="10"' in html


def test_a_scanned_pack_leads_to_its_dispatch(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot(), 50)
    now.ship(MAKES, a_lot(), 20, SELLS)
    client, url = at_desk(SELLS), "/admin/desk/receive"
    code = f"01{TABLETS}17271231" + "10A1\x1d21SN7"
    assert client.get(url, {"code": code})["Location"] == about_way(
        "receive", now.inbound(SELLS, a_lot())
    )
    assert "Nothing of" in words(client.get(url, {"code": f"01{TABLETS}10B2"}))
    for nonsense in ("x", "\x00", "\x1d" * 500, f"01{TABLETS}", "é"):
        assert client.get(url, {"code": nonsense}).status_code == 200


def test_the_journal_names_the_person_and_only_the_own_organisations(
    at_desk: AtDesk, now: Stage
) -> None:
    now.register(a_lot(), 50)
    maker = at_desk(MAKES, "qa")
    paper = Paper(maker, about("hold", a_lot()))
    paper.review(reason="Label check")
    assert "Nothing was done here yet" in words(maker.get("/admin/desk/journal"))
    for _ in range(2):
        paper.sign(reason="Label check")
    lines = maker.get("/admin/desk/journal").context["lines"]
    assert [(line.who, line.what) for line in lines] == [(f"qa-{MAKES}", "Put lot A1 on hold")]
    assert f"qa-{MAKES}" in words(maker.get("/admin/desk/journal?format=csv"))
    assert "Put lot" not in words(at_desk(SELLS).get("/admin/desk/journal"))


def test_the_plain_tables_show_and_never_change(client: Client, now: Stage) -> None:
    now.register(a_lot(), 50)
    client.force_login(User.objects.create_superuser("root"))
    for table in ("lot", "product", "organisation", "membership", "apitoken", "notice"):
        assert client.get(f"/admin/supplychain/{table}/").status_code == 200
        assert client.get(f"/admin/supplychain/{table}/add/").status_code == 403
    assert client.get("/admin/admin/logentry/").status_code == 200
