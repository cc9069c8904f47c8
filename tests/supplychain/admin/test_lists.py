"""Lists: searched, filtered, in pages, and as CSV."""

import csv
import io
from datetime import date

from supplychain.services.place_hold import place_hold
from supplychain.services.register_product import register_product
from tests.stages import INSULIN, MAKES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, about, words

URL = "/admin/desk/lots"


def test_lots_are_found_by_every_word(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot("B7", INSULIN), 10)
    now.register(a_lot("C8"), 10)
    client = at_desk(MAKES)
    found = words(client.get(URL, {"q": "insulin b7"}))
    assert "B7" in found
    assert "C8" not in found
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
    assert "Only the maker sees where all units of a lot are" in html
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
