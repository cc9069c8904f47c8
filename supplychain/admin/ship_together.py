"""Ship several lots of a product to one receiver: an amount of each, one form, one signature."""

import secrets
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse

from supplychain.admin.desks import lot_of
from supplychain.admin.dispatch_form import DispatchForm
from supplychain.admin.first_expired import suggestion
from supplychain.admin.forms import partners, units_field
from supplychain.admin.judged import judged
from supplychain.admin.owners import owner_facts
from supplychain.admin.several_lots import SeveralLots
from supplychain.admin.ship import SALT_BYTES
from supplychain.admin.shipments import LINES_MAX
from supplychain.admin.signing_pages import Fact
from supplychain.domain.lots import LotKey
from supplychain.queries.organisations import names_of, receivers_for
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import Stock, stock_of
from supplychain.recording.submissions import Recorded
from supplychain.services.ship_lines import ship_lines
from supplychain.web.pages import LegPlot
from supplychain.web.wording import day, units

AMOUNT_DIGITS_MAX: Final = 10
_SEPARATOR: Final = "\n"


class TogetherForm(DispatchForm):
    """How many of each lot go, and to whom."""

    lots = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, stock: list[Stock], **more: Any) -> None:
        super().__init__(*args, **more)
        self.stock = stock
        for n, line in enumerate(stock):
            self.fields[f"quantity_{n}"] = units_field(f"Units of lot {line.lot.key.lot}", lowest=0)

    def rows(self) -> Iterator[tuple[Stock, forms.BoundField]]:
        """Each lot with its amount."""
        for n, line in enumerate(self.stock):
            yield line, self[f"quantity_{n}"]


class ShipTogether(SeveralLots):
    """A dispatch of several lots."""

    here = "ship"
    template = "ship_together"
    verb = "Sign the dispatch"

    stock: list[Stock]
    takes: list[int]

    def find(self, **address: Any) -> None:
        """The lots by name, or those that fill an amount. Raises Http404 without any."""
        super().find(**address)
        own = [line for line in stock_of(self.desk.gln) if line.held]
        named = self.lots_named(self.request)
        if named:
            self.stock = [line for line in own if line.lot.key in named]
            self.takes = [0 for _ in self.stock]
        else:
            self._fill([line for line in own if not line.lot.blocked(self.at)])
        if not self.stock:
            raise Http404

    def _fill(self, ready: list[Stock]) -> None:
        """First expired, first out."""
        text = self.request.GET.get("amount", "")[:AMOUNT_DIGITS_MAX]
        amount = int(text) if text.isascii() and text.isdigit() else 0
        fill = suggestion(ready, self.request.GET.get("gtin", ""), amount).shares[:LINES_MAX]
        self.stock = [share.line for share in fill]
        self.takes = [share.take for share in fill]

    def lots_named(self, request: HttpRequest) -> list[LotKey]:
        """The lots that were on the page when it was shown."""
        names = request.POST.get("lots", "").replace("\r", "").split(_SEPARATOR)[:LINES_MAX]
        parts = (name.partition("/") for name in names if name)
        return [lot_of(gtin, lot) for gtin, _, lot in parts]

    def title(self) -> str:
        """The heading."""
        many = len(self.stock)
        return f"Ship {many} lots together" if many > 1 else f"Ship lot {self.stock[0].lot.key.lot}"

    def back(self) -> str:
        """To the choice."""
        return reverse("desk:ship")

    def form(self, data: Any = None, files: Any = None) -> TogetherForm:
        """With everybody to whom goods may be handed, and as many of each lot as were wanted."""
        keys = [line.lot.key for line in self.stock]
        initial: dict[str, Any] = {"lots": _SEPARATOR.join(f"{k.gtin}/{k.lot}" for k in keys)}
        initial |= {f"quantity_{n}": take for n, take in enumerate(self.takes)}
        return TogetherForm(
            data,
            files,
            profile=profile_of(self.stock[0].lot.profile),
            at=self.at,
            gln=self.desk.gln,
            receivers=partners(receivers_for(self.desk.gln)),
            stock=self.stock,
            initial=initial,
        )

    def more(self) -> dict[str, Any]:
        """The product's storage: it is one product."""
        return {"storage": profile_of(self.stock[0].lot.profile), "first": self.stock[0].lot}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The dispatch as it will stand in the ledger."""
        for line, count in self._lines(said):
            lot = line.lot
            label = f"{lot.name} {lot.strength}, lot {lot.key.lot}, {day(lot.expiry.on)}"
            yield Fact(label, units(count), strong=True)
        receiver = said["receiver"]
        name = names_of([receiver]).get(receiver, receiver)
        yield Fact("All together", units(sum(count for _, count in self._lines(said))), strong=True)
        yield Fact("To", f"{name} ({receiver})", strong=True)
        yield Fact("Shipment number", said["shipment"])
        if said["order"]:
            yield Fact("Order number", said["order"], sealed=True)
        yield from owner_facts(self.sale(said))

    def _lines(self, said: dict[str, Any]) -> Iterator[tuple[Stock, int]]:
        counted = ((line, said[f"quantity_{n}"]) for n, line in enumerate(self.stock))
        return ((line, count) for line, count in counted if count)

    def plot(self, said: dict[str, Any]) -> LegPlot:
        """What the readings say."""
        profile = self.stock[0].lot.profile
        return judged(said["conditions"], profile, None, said.get("loggers", ()))

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """One call."""
        return ship_lines(
            party=self.desk.gln,
            quantities={line.lot.key: count for line, count in self._lines(said)},
            receiver=said["receiver"],
            shipment=said["shipment"],
            order=said["order"] or None,
            conditions=said["conditions"],
            at=self.at,
            nonce=nonce,
            salt=secrets.token_bytes(SALT_BYTES),
            sale=self.sale(said),
        )
