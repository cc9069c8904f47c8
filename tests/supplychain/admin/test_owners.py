"""Who owns goods that others have: said at the desk in each of the four hand-off forms, sealed."""

from typing import Any

import pytest

from supplychain.admin.owners import said_sale
from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import Sale
from supplychain.models import Leg
from supplychain.queries.stock import inbound_to, sale_of
from tests.stages import HEALS, LIES, MAKES, SELLS, Stage, a_lot, serials
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, words
from tests.supplychain.admin.test_hand_offs import hidden

LOT, PACKED = a_lot(), a_lot("P1")
ALL = serials(*range(3))
NONE = {"way": "none", "none": "not_required"}
GO = {**NONE, "receiver": HEALS, "shipment": "S-1"}
SCANS = "\n".join(f"(01){PACKED.gtin}(17)271231(10)P1(21){serial}" for serial in ALL)
LABELS = ("Owned until now by", "From now on by")


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.deliver(MAKES, LOT, 40, SELLS)
    now.register(PACKED, 3, packs=ALL)
    now.deliver(MAKES, PACKED, 3, SELLS, packs=ALL)
    now.log()
    return now


def owners(review: Any) -> list[str]:
    """The owners that a review tells, all of them sealed."""
    facts = [one for one in review.context["facts"] if one.label in LABELS]
    assert all(one.sealed for one in facts)
    return [one.value.rpartition("(")[2].rstrip(")") for one in facts]


def legs() -> set[tuple[str, str, str]]:
    return set(Leg.objects.values_list("made_as", "seller", "buyer"))


@pytest.mark.parametrize(
    ("seller", "buyer", "told"),
    [
        ("", MAKES, [MAKES]),
        (LIES, "", [LIES]),
        (LIES, LIES, [LIES, LIES]),
        ("", SELLS, [SELLS]),
        ("", HEALS, []),
        ("", "", []),
    ],
)
@pytest.mark.parametrize("scanned", [False, True])
def test_a_dispatch_says_sealed_who_owns_the_goods_where_giver_and_receiver_do_not(
    at_desk: AtDesk, stocked: Stage, seller: str, buyer: str, told: list[str], *, scanned: bool
) -> None:
    del stocked
    url = "/admin/desk/ship/scanned" if scanned else about("ship", LOT)
    goods = {"scans": SCANS} if scanned else {"quantity": 30}
    paper = Paper(at_desk(SELLS), url)
    review = paper.review(**GO, **goods, seller=seller, buyer=buyer)
    assert owners(review) == told
    assert paper.sign(**hidden(review)).status_code == 302
    (way,) = inbound_to(HEALS)
    sale = sale_of(way.lot.key, way.dispatch)
    assert [str(one) for one in (sale.seller, sale.buyer) if one] == told


@pytest.mark.parametrize("scanned", [False, True])
def test_a_receipt_starts_with_the_owners_of_its_dispatch_and_says_them(
    at_desk: AtDesk, stocked: Stage, *, scanned: bool
) -> None:
    url = "/admin/desk/ship/scanned" if scanned else about("ship", LOT)
    goods = {"scans": SCANS} if scanned else {"quantity": 30}
    Paper(at_desk(SELLS), url).sign(**GO, **goods, seller=LIES, buyer=MAKES)
    stocked.later()
    (way,) = inbound_to(HEALS)
    client, came = at_desk(HEALS), f"{stocked.now:%Y-%m-%dT%H:%M:%S}"
    if scanned:
        shown = client.get("/admin/desk/receive/scanned", {"scans": SCANS}).context["form"]
        paper = Paper(client, "/admin/desk/receive/scanned")
        said = {"scans": SCANS, "missing": 0, "extra": 0}
    else:
        paper = Paper(client, about_way("receive", way))
        shown = client.get(paper.url).context["form"]
        said = {"received": 30, "damaged": 0, "missing": 0}
    assert (shown["seller"].value(), shown["buyer"].value()) == (LIES, MAKES)
    review = paper.review(**NONE, **said, arrived=came, seller=SELLS, buyer=MAKES)
    assert owners(review) == [MAKES], "who gave them is who sold them, unless it says otherwise"
    assert paper.sign(**hidden(review)).status_code == 302
    assert ("custody.receive", "", MAKES) in legs()


def test_an_owner_is_one_of_the_organisations_here(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(SELLS), about("ship", LOT))
    wrong = paper.review(**GO, quantity=1, seller="0614141999996", buyer="x")
    assert {"seller", "buyer"} <= set(wrong.context["form"].errors)
    fold = words(wrong).partition("Owned by somebody else")[0].rpartition("<details")[2]
    assert " open>" in fold, "what is wrong is not folded away"


def test_of_the_owners_only_what_differs_is_said() -> None:
    said = {"seller": MAKES, "buyer": HEALS}
    assert said_sale(said, giver=MAKES, receiver=HEALS) == Sale()
    assert said_sale(said, giver=SELLS) == Sale(Gln(MAKES), Gln(HEALS))
    assert said_sale({}, giver=SELLS, receiver=HEALS) == Sale()
