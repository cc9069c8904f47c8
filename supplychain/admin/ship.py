"""Ship: choose a lot, then say what goes to whom and how warm it was."""

import secrets
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed, show, too_warm
from supplychain.admin.dispatch_form import DispatchForm
from supplychain.admin.first_expired import suggestion
from supplychain.admin.forms import AmountForm, partners, units_field
from supplychain.admin.judged import judged
from supplychain.admin.owners import OWNERS, owner_facts, said_sale
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.domain.sales import Sale
from supplychain.queries.organisations import names_of, receivers_for
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import Stock, stock_of
from supplychain.queries.trackers import trackers_loaded
from supplychain.recording.submissions import Recorded
from supplychain.services.ship_lot import ship_lot
from supplychain.web.pages import LegPlot
from supplychain.web.wording import day, units

SALT_BYTES = 16


@desk_page
@require_safe
def choose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The stock: what may go, first expired first, and what may not, with the reason."""
    if not desk.may(Doing.SHIP):
        return not_allowed(request, desk)
    at = timezone.now()
    rows = [(line, _why_not(line, line.lot.blocked(at))) for line in stock_of(desk.gln)]
    first: dict[str, Stock] = {}
    for line, reason in rows:
        if not reason:
            first.setdefault(str(line.lot.key.gtin), line)
    ready = [(line, first[str(line.lot.key.gtin)] is line) for line, reason in rows if not reason]
    form = AmountForm(request.GET if "amount" in request.GET else None, products=_named(first))
    asked = form.cleaned_data if form.is_valid() else None
    return show(
        request,
        desk,
        "ship_choose",
        here="ship",
        title="Ship: choose the lot",
        ready=ready,
        warm=too_warm(desk),
        form=form,
        fill=suggestion((line for line, _ in ready), asked["gtin"], asked["amount"])
        if asked
        else None,
        refused=[(line, reason) for line, reason in rows if reason],
    )


def _named(first: dict[str, Stock]) -> list[tuple[str, str]]:
    return [(gtin, f"{line.lot.name} {line.lot.strength}") for gtin, line in first.items()]


def _why_not(line: Stock, blocked: str) -> str:
    return blocked or ("" if line.held else "In quarantine")


class ShipForm(DispatchForm):
    """A dispatch of one lot."""

    tracker_words = "Your tracker"
    quantity = units_field("Units to send")
    field_order = ("quantity", "receiver", "shipment", "order", *OWNERS)


class ShipLot(LotPage):
    """A dispatch."""

    doing = Doing.SHIP
    here = "ship"
    template = "ship"
    verb = "Sign the dispatch"

    def title(self) -> str:
        """The heading."""
        return f"Ship lot {self.line.key.lot}"

    def back(self) -> str:
        """To the choice."""
        return reverse("desk:ship")

    def form(self, data: Any = None, files: Any = None) -> ShipForm:
        """With everybody to whom goods may be handed."""
        receivers = partners(receivers_for(self.desk.gln))
        limits = profile_of(self.line.profile)
        initial = {"quantity": self.request.GET.get("quantity", "")}
        return ShipForm(
            data,
            files,
            profile=limits,
            at=self.at,
            gln=self.desk.gln,
            receivers=receivers,
            trackers=trackers_loaded(self.desk.gln, self.line.key),
            initial=initial,
        )

    def more(self) -> dict[str, Any]:
        """How much there is."""
        return {"detail": self.detail, "storage": profile_of(self.line.profile)}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The dispatch as it will stand in the ledger."""
        receiver = said["receiver"]
        name = names_of([receiver]).get(receiver, receiver)
        yield Fact("Product", f"{self.line.name} {self.line.strength}, {self.line.form}")
        yield Fact("Lot", f"{self.line.key.lot} · GTIN {self.line.key.gtin}")
        yield Fact("Expiry date", day(self.line.expiry.on))
        yield Fact("Units sent", units(said["quantity"]), strong=True)
        yield Fact("Left in your stock", units(self.detail.held - said["quantity"]))
        yield Fact("To", f"{name} ({receiver})", strong=True)
        yield Fact("Shipment number", said["shipment"])
        if said["order"]:
            yield Fact("Order number", said["order"], sealed=True)
        yield from owner_facts(self._sale(said))

    def plot(self, said: dict[str, Any]) -> LegPlot:
        """What the readings say."""
        return judged(said["conditions"], self.line.profile, None, said.get("loggers", ()))

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return ship_lot(
            party=self.desk.gln,
            lot=self.line.key,
            quantity=said["quantity"],
            receiver=said["receiver"],
            shipment=said["shipment"],
            order=said["order"] or None,
            conditions=said["conditions"],
            at=self.at,
            nonce=nonce,
            salt=secrets.token_bytes(SALT_BYTES),
            sale=self._sale(said),
        )

    def _sale(self, said: dict[str, Any]) -> Sale:
        return said_sale(said, giver=self.desk.gln, receiver=said["receiver"])
