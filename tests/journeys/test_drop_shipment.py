"""Drop shipment: the wholesaler buys of the maker and sells to the pharmacy; the goods go straight.

Custody goes by who has the goods. Who owns them is signed along, sealed, and disturbs no verdict.
"""

from typing import Any

import pytest

from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.proofs import sealed_entries
from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import SALE_MEMBERS, Sale
from supplychain.domain.verdicts import VerdictCode
from supplychain.formats import epcis
from supplychain.formats.epcis_document import Document
from supplychain.models import Leg
from supplychain.queries.access import own_disclosures
from supplychain.queries.lots import lot_detail, lots_of
from supplychain.queries.own_goods import lot_evidence
from supplychain.queries.stock import inbound_to
from supplychain.recording.import_reports import EventReport
from supplychain.services.export_epcis import export_epcis
from supplychain.services.import_epcis import import_epcis
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.ship_lot import ship_lot
from supplychain.services.verify_scan import verify_scan
from tests.people import CARRIER
from tests.stages import (
    HEALS,
    LIES,
    MAKES,
    NOT_REQUIRED,
    RULES,
    SELLS,
    TABLETS,
    Stage,
    a_lot,
)
from tests.supplychain.formats.epcis_files import CBV, document, seen

LOT = a_lot("DROP")
KEEPS = str(CARRIER.gln)
PLACES = {
    MAKES: "urn:epc:id:sgln:0614141.00001.0",
    SELLS: "urn:epc:id:sgln:9506000.02001.0",
    HEALS: "urn:epc:id:sgln:9506000.04001.0",
    KEEPS: "urn:epc:id:sgln:9506000.03001.0",
}


def dropped(on: Stage, quantity: int = 10, shipment: str = "D-1", sale: Sale | None = None) -> str:
    """The maker sends to the pharmacy what it sold to the wholesaler."""
    recorded = ship_lot(
        party=MAKES,
        lot=LOT,
        quantity=quantity,
        receiver=HEALS,
        shipment=shipment,
        order="PO-9",
        conditions=NOT_REQUIRED,
        at=on.later(),
        nonce=on.nonce(),
        salt=on.nonce(),
        sale=sale or Sale(buyer=Gln(SELLS)),
    )
    return recorded.entry_id


def taken(on: Stage, sale: Sale) -> str:
    (way,) = [one for one in inbound_to(HEALS) if one.lot.key == LOT]
    recorded = receive_shipment(
        party=HEALS,
        output=way.output,
        lot=LOT,
        received=way.quantity,
        damaged=0,
        conditions=NOT_REQUIRED,
        note="",
        at=on.later(),
        nonce=on.nonce(),
        sale=sale,
        salt=on.nonce(),
    )
    return recorded.entry_id


@pytest.fixture
def made(stage: Stage) -> Stage:
    stage.register(LOT, 100)
    stage.log()
    return stage


@pytest.fixture
def sold(made: Stage) -> Stage:
    """Ten units on the way from the maker to the pharmacy, sold to the wholesaler; and received."""
    dropped(made)
    taken(made, Sale(seller=Gln(SELLS)))
    made.log()
    return made


def opened(gln: str) -> list[dict[str, Any]]:
    """What the party reads of the sealed members, entry by entry."""
    found: list[dict[str, Any]] = []
    for entry in sealed_entries(LOT.stream):
        shown = "~".join((entry.text, *own_disclosures(entry, gln), ""))
        members = Entry.parse(shown).opened
        found.append({name: members[name] for name in SALE_MEMBERS if name in members})
    return found


@pytest.mark.usefixtures("sold")
def test_the_goods_are_with_whom_they_were_sent_to_and_the_owners_are_sealed() -> None:
    assert lot_detail(HEALS, LOT).held == 10  # type: ignore[union-attr]
    evidence = lot_evidence(MAKES, LOT, lambda _: ())
    assert evidence is not None
    assert SELLS not in "".join(item.entry for item in evidence.items)
    assert opened(HEALS) == opened(SELLS) == [{"buyer": SELLS}, {"seller": SELLS}]
    assert opened(MAKES) == [{"buyer": SELLS}, {}]
    assert opened(LIES) == opened(RULES) == [{}, {}]


def test_the_verdict_is_the_same_as_without_a_sale(sold: Stage) -> None:
    result = verify_scan(scanned=f"(01){TABLETS}(10){LOT.lot}", at=sold.later(), asking=HEALS)
    assert result.verdict.code is VerdictCode.OK
    assert SELLS not in {str(act.signer.gln) for act in result.acts}


def test_the_owner_between_sees_the_hand_off_and_takes_its_evidence(sold: Stage) -> None:
    assert [line.key for line in lots_of(SELLS)] == [LOT]
    detail = lot_detail(SELLS, LOT)
    assert detail is not None
    assert [one.what for one in detail.movements] == ["custody.ship", "custody.receive"]
    assert (detail.held, detail.inbound, detail.outbound) == (0, 0, 0)
    sold.ship(HEALS, LOT, 3, SELLS)
    sold.log()
    evidence = lot_evidence(SELLS, LOT, lambda entry: own_disclosures(entry, SELLS))
    assert isinstance(evidence, Evidence)
    assert len([one for one in evidence.items if one.disclosures]) == 3


def test_a_receipt_takes_the_dispatch_that_is_on_its_way_to_the_receiver(made: Stage) -> None:
    """The buyer has nothing to receive: possession, not ownership, says who may."""
    dropped(made)
    assert [way.receiver for way in inbound_to(HEALS)] == [HEALS]
    assert inbound_to(SELLS) == []


# --- in partners' files -----------------------------------------------------------------------


def moved(biz_step: str, amount: int, minute: int, **named: tuple[str, str]) -> str:
    """An event of units without serials; `named` are lists by type: source and destination."""
    sides = []
    for side in ("source", "destination"):
        ones = "".join(
            f'<{side} type="{CBV}:sdt:{kind}">{PLACES[pair[side == "destination"]]}</{side}>'
            for kind, pair in named.items()
            if pair[side == "destination"]
        )
        sides.append(f"<{side}List>{ones}</{side}List>" if ones else "")
    goods = (
        "<quantityList><quantityElement>"
        f"<epcClass>urn:epc:class:lgtin:0614141.0{TABLETS[8:13]}.{LOT.lot}</epcClass>"
        f"<quantity>{amount}</quantity></quantityElement></quantityList>"
    )
    return seen(
        biz_step=biz_step, minute=minute, more=f"<extension>{goods}{''.join(sides)}</extension>"
    )


def told(on: Stage, party: str, *events: str) -> list[EventReport]:
    """The files come in on the day after."""
    on.now, data = on.now.replace(day=21), document(*events)
    reports = import_epcis(
        data=data, party=party, at=on.later(), seed=b"s" * 32, on_error="proceed"
    )
    on.log()
    return list(reports)


def sales() -> list[tuple[str, str, str, str]]:
    rows = Leg.objects.order_by("at").values_list("giver", "receiver", "seller", "buyer")
    return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.fixture
def november(made: Stage) -> Stage:
    """Before the events of files, which are of eight o'clock."""
    made.now = made.now.replace(month=11, day=20, hour=6)
    return made


@pytest.mark.parametrize(
    "said",
    [
        {"owning_party": (MAKES, SELLS), "possessing_party": (MAKES, HEALS)},
        {"owning_party": (MAKES, SELLS), "possessing_party": ("", HEALS)},
        {"owning_party": (MAKES, SELLS), "location": (MAKES, HEALS)},
    ],
)
def test_a_file_says_who_gets_it_and_who_buys_it(november: Stage, said: Any) -> None:
    (report,) = told(november, MAKES, moved("shipping", 10, 5, **said))
    assert report.outcome == "accepted", report
    assert sales() == [(MAKES, HEALS, "", SELLS)]


def test_a_place_that_is_no_party_of_its_own_changes_nothing(november: Stage) -> None:
    PLACES["dock"] = "urn:epc:id:sgln:0614141.77777.0"
    said = {"owning_party": (MAKES, SELLS), "location": (MAKES, "dock")}
    (report,) = told(november, MAKES, moved("shipping", 10, 5, **said))
    assert report.outcome == "accepted", report
    assert sales() == [(MAKES, SELLS, "", "")]


def test_the_receipt_of_a_file_closes_the_dispatch_of_its_own_seller(november: Stage) -> None:
    """Two are on the way to the pharmacy: one from the maker, one from the wholesaler."""
    november.deliver(MAKES, LOT, 20, SELLS)
    plain = november.ship(SELLS, LOT, 10, HEALS)
    dropped(november)
    bought = {"owning_party": (SELLS, HEALS), "possessing_party": (MAKES, HEALS)}
    (first,) = told(november, HEALS, moved("receiving", 10, 30, **bought))
    assert first.outcome == "accepted", first
    assert [way.dispatch for way in inbound_to(HEALS)] == [plain.entry_id]
    assert sales()[-1] == (MAKES, HEALS, SELLS, "")
    (second,) = told(november, HEALS, moved("receiving", 10, 31, owning_party=(SELLS, HEALS)))
    assert second.outcome == "accepted", second
    assert sales()[-1] == (SELLS, HEALS, "", "")


def test_a_receipt_that_names_the_owner_alone_takes_what_was_sold_to_him(november: Stage) -> None:
    other = dropped(november, shipment="D-0", sale=Sale())
    dropped(november, shipment="D-1")
    (report,) = told(november, HEALS, moved("receiving", 10, 30, owning_party=(SELLS, HEALS)))
    assert report.outcome == "accepted", report
    assert [way.dispatch for way in inbound_to(HEALS)] == [other]
    assert sales()[-1] == (MAKES, HEALS, SELLS, "")


def test_a_keeper_has_goods_that_stay_their_owners(november: Stage) -> None:
    november.admit(CARRIER)
    november.log()
    kept = {"owning_party": (MAKES, MAKES), "possessing_party": (MAKES, KEEPS)}
    (into,) = told(november, MAKES, moved("shipping", 10, 5, **kept))
    (arrived,) = told(november, KEEPS, moved("receiving", 10, 6, **kept))
    out = {"owning_party": (MAKES, HEALS), "possessing_party": (KEEPS, HEALS)}
    (on,) = told(november, KEEPS, moved("shipping", 10, 7, **out))
    assert {one.outcome for one in (into, arrived, on)} == {"accepted"}, (into, arrived, on)
    assert sales() == [
        (MAKES, KEEPS, "", MAKES),
        (MAKES, KEEPS, "", MAKES),
        (KEEPS, HEALS, MAKES, ""),
    ]
    (foreign,) = told(november, MAKES, moved("shipping", 10, 8, **out))
    assert foreign.code == "NOT_THE_GIVER"


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_what_is_written_names_owners_and_holders_to_whom_may_know(
    sold: Stage, version: str
) -> None:
    def parties(to: str) -> list[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
        at = sold.later()
        data = export_epcis(party=MAKES, lot=LOT, to=to, at=at, version=version, prefix_length=7)  # type: ignore[arg-type]
        read: Document = epcis.read(data)
        return [
            (
                [(o.type, o.value) for o in one.sources],
                [(o.type, o.value) for o in one.destinations],
            )
            for one in read.events
            if one.biz_step == "shipping"
        ]

    def owner(gln: str) -> tuple[str, str]:
        return ("owning_party", PLACES[gln])

    (to_pharmacy,) = parties(HEALS)
    assert to_pharmacy == ([owner(MAKES)], [owner(SELLS), ("possessing_party", PLACES[HEALS])])
    (to_stranger,) = parties(LIES)
    assert to_stranger == ([owner(MAKES)], [owner(HEALS)])
