"""Goods on the way that do not arrive: lost, or taken back."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from ledger.core.entry import stream_id
from supplychain.admin.chosen_goods import (
    LISTED_MAX,
    NOT_HERE,
    GoodsForm,
    ReasonedForm,
    goods,
    named,
)
from supplychain.admin.desks import Doing
from supplychain.admin.endings import KINDS, LossGoodsForm
from supplychain.admin.journeys import JourneyPage
from supplychain.admin.scanning import lines_of, scanned, told_of, with_faults
from supplychain.admin.signing_pages import Fact
from supplychain.queries.pack_lists import PackLine
from supplychain.queries.packs import serials_in
from supplychain.queries.scanned_goods import Goods, PackAt
from supplychain.queries.stock import InTransit
from supplychain.recording.submissions import Recorded
from supplychain.services.report_loss import report_loss
from supplychain.services.void_shipment import void_shipment
from supplychain.web.wording import units


class PartOfAWay(JourneyPage):
    """A page about all or some of what is still on the way of a dispatch."""

    here = "sent"

    goods: list[Goods]
    _form: GoodsForm

    def find(self, **address: Any) -> None:
        """The dispatch, and which of its packs were scanned."""
        super().find(**address)
        text = self.request.POST.get("scans", "") if self.journey.serialised else ""
        self.goods = with_faults(scanned(text, self.at), self._fault, unknown=NOT_HERE)

    def _fault(self, pack: PackAt) -> str:
        return "" if pack.output == self.journey.output else NOT_HERE

    def asked(self) -> dict[str, Any]:
        """What the form of such a page is made with."""
        return {
            "sources": [("in_transit", "On the way")],
            "listed": self._listed() if self.journey.serialised else None,
            "goods": self.goods,
            "fixed": True,
        }

    def _listed(self) -> list[PackLine]:
        """The packs to tick, none where there are so many that nobody reads them."""
        if self.journey.quantity > LISTED_MAX:
            return []
        ref, stream = self.journey.output, stream_id(self.line.key.stream)
        way = (self.journey.giver, self.journey.receiver)
        return [PackLine(str(one), "in_transit", *way, "") for one in serials_in(stream, ref)]

    def more(self) -> dict[str, Any]:
        """The dispatch, and what each scanned line is."""
        lots = {pack.lot for one in self.goods for pack in one.packs}
        return {"journey": self.journey, "scanned": told_of(self.goods, lines_of(lots))}


class LoseOnTheWay(PartOfAWay):
    """Units of a dispatch that will never arrive."""

    doing = Doing.LOSE
    verb = "Sign the report"
    note = "What is reported lost is closed on the dispatch; nobody can receive it any more."
    grave = True

    def title(self) -> str:
        """The heading."""
        return f"Report a loss on the way, lot {self.line.key.lot}"

    def back(self) -> str:
        """To the list that it came from."""
        own = self.journey.giver == self.desk.gln
        return reverse("desk:sent" if own else "desk:receive")

    def form(self, data: Any = None, files: Any = None) -> LossGoodsForm:
        """What happened to how many, or to which packs."""
        del files
        first = {} if self.journey.serialised else {"quantity": self.journey.quantity}
        form = LossGoodsForm(data, **self.asked(), initial=first | {"kind": "lost"})
        self._form = form
        return form

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The report."""
        yield Fact("Shipment number", self.journey.shipment)
        yield from goods(self.line)
        yield Fact(KINDS[said["kind"]], units(said["quantity"]), strong=True)
        if self._form.packs:
            yield Fact("Packs", named(self._form.packs))
        yield Fact("Reason", said["reason"])

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return report_loss(
            party=self.desk.gln,
            lot=self.line.key,
            quantity=said["quantity"],
            kind=said["kind"],
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
            output=self.journey.output,
            packs=self._form.packs,
        )


class VoidForm(ReasonedForm):
    """What is taken back: all that was not received, unless an amount or packs are said."""

    def __init__(self, *args: Any, whole: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.whole = whole
        self.fields["quantity"].required = False
        self.fields["quantity"].help_text = f"Leave it empty to take back all {whole:,}."

    def clean(self) -> dict[str, Any]:
        """Nothing chosen means everything."""
        found = self.cleaned_data
        if not (found.get("quantity") or found.get("picked") or self.goods):
            found["quantity"] = self.whole
        return super().clean()


class Void(PartOfAWay):
    """A dispatch taken back, or a part of it."""

    doing = Doing.VOID
    verb = "Sign: taken back"
    note = "What you take back is in your stock again; the rest stays on the way."

    def title(self) -> str:
        """The heading."""
        return f"Take back from shipment {self.journey.shipment}"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:sent")

    def parties(self, journey: InTransit) -> set[str]:
        """The giver's alone."""
        return {journey.giver}

    def form(self, data: Any = None, files: Any = None) -> VoidForm:
        """How much or which packs, and why."""
        del files
        form = VoidForm(data, **self.asked(), whole=self.journey.quantity)
        self._form = form
        return form

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The void."""
        yield from goods(self.line)
        yield Fact("Taken back", units(said["quantity"]), strong=True)
        if self._form.packs:
            yield Fact("Packs", named(self._form.packs))
        yield Fact("Stays on the way", units(self.journey.quantity - said["quantity"]))
        yield Fact("Was sent to", self.journey.receiver_name)
        yield Fact("Shipment number", self.journey.shipment)
        yield Fact("Reason", said["reason"])

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return void_shipment(
            party=self.desk.gln,
            lot=self.line.key,
            output=self.journey.output,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
            quantity=said["quantity"],
            packs=self._form.packs,
        )
