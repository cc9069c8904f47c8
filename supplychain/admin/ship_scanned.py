"""Ship by scanning: packs, cases and pallets of any lots, in one dispatch."""

import secrets
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from supplychain.admin.dispatch_form import DispatchForm
from supplychain.admin.forms import partners
from supplychain.admin.judged import judged
from supplychain.admin.owners import OWNERS, owner_facts
from supplychain.admin.scanning import (
    lines_of,
    scanned,
    scans_field,
    strictest,
    told_of,
    with_faults,
)
from supplychain.admin.several_lots import SeveralLots
from supplychain.admin.signing_pages import Fact
from supplychain.domain.lots import LotKey
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.organisations import names_of, receivers_for
from supplychain.queries.scanned_goods import Goods, PackAt, those_of
from supplychain.recording.submissions import Recorded
from supplychain.services.ship_scanned import ship_scanned
from supplychain.web.pages import LegPlot
from supplychain.web.wording import units

SALT_BYTES: Final = 16
NOT_IN_STOCK: Final = "NOT_IN_STOCK: This is not in your stock: take the line out."


class ShipScannedForm(DispatchForm):
    """What goes to whom."""

    scans = scans_field(
        "Scan packs, cases or pallets", "One code on each line; a scanner's Enter begins the next."
    )
    field_order = ("scans", "receiver", "shipment", "order", *OWNERS)

    def __init__(self, *args: Any, goods: list[Goods], **more: Any) -> None:
        self.goods = goods
        super().__init__(*args, **more)

    def clean_scans(self) -> str:
        """Every line stands for goods that may go."""
        bad = [one for one in self.goods if one.fault]
        if bad:
            many = f"{len(bad)} of {len(self.goods)} codes cannot go: see the list below."
            raise forms.ValidationError(many)
        return str(self.cleaned_data["scans"])


class ShipScanned(SeveralLots):
    """A dispatch of scanned goods."""

    here = "ship"
    template = "ship_scanned"
    verb = "Sign the dispatch"

    goods: list[Goods]
    lots: dict[LotKey, LotLine]

    def find(self, **address: Any) -> None:
        """What was scanned so far."""
        super().find(**address)
        text = self.request.POST.get("scans", self.request.GET.get("scans", ""))
        self.goods = with_faults(scanned(text, self.at), self._fault, unknown=NOT_IN_STOCK)
        self.lots = lines_of(those_of(self.goods))

    def _fault(self, pack: PackAt) -> str:
        if pack.holder == self.desk.gln and pack.state == "held":
            return ""
        return NOT_IN_STOCK

    def title(self) -> str:
        """The heading."""
        return "Ship by scanning"

    def back(self) -> str:
        """To the choice."""
        return reverse("desk:ship")

    def form(self, data: Any = None, files: Any = None) -> ShipScannedForm:
        """With everybody to whom goods may be handed."""
        receivers = partners(receivers_for(self.desk.gln))
        return ShipScannedForm(
            data,
            files,
            profile=strictest(self.lots.values()),
            at=self.at,
            gln=self.desk.gln,
            receivers=receivers,
            goods=self.goods,
            initial={"scans": self.request.GET.get("scans", "")},
        )

    def more(self) -> dict[str, Any]:
        """What each line is."""
        return {
            "scanned": told_of(self.goods, self.lots),
            "sums": self._sums(),
            "storage": strictest(self.lots.values()),
        }

    def _sums(self) -> list[tuple[LotLine, int]]:
        lots = those_of(self.goods)
        return [(self.lots[lot], len(packs)) for lot, packs in lots.items()]

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The dispatch as it will stand in the ledger."""
        receiver = said["receiver"]
        name = names_of([receiver]).get(receiver, receiver)
        for line, count in self._sums():
            label = f"{line.name} {line.strength}, lot {line.key.lot}"
            yield Fact(label, units(count), strong=True)
        labels = [str(one.container) for one in self.goods if one.container]
        if labels:
            yield Fact("In cases or on pallets", ", ".join(labels))
        yield Fact("To", f"{name} ({receiver})", strong=True)
        yield Fact("Shipment number", said["shipment"])
        if said["order"]:
            yield Fact("Order number", said["order"], sealed=True)
        yield from owner_facts(self.sale(said))

    def plot(self, said: dict[str, Any]) -> LegPlot:
        """What the readings say."""
        return judged(
            said["conditions"], strictest(self.lots.values()).id, None, said.get("loggers", ())
        )

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """One call."""
        loose = [one for one in self.goods if one.container is None]
        return ship_scanned(
            party=self.desk.gln,
            packs={lot: [p.serial for p in packs] for lot, packs in those_of(loose).items()},
            containers=[one.container for one in self.goods if one.container],
            receiver=said["receiver"],
            shipment=said["shipment"],
            order=said["order"] or None,
            conditions=said["conditions"],
            at=self.at,
            nonce=nonce,
            salt=secrets.token_bytes(SALT_BYTES),
            sale=self.sale(said),
        )

    def lots_named(self, request: HttpRequest) -> list[LotKey]:
        """The lots of what was scanned."""
        return [*those_of(scanned(request.POST.get("scans", ""), self.at))]
