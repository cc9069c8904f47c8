"""Goods on the way that do not arrive: lost, or taken back."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.urls import reverse

from supplychain.admin.chosen_goods import goods
from supplychain.admin.desks import Doing
from supplychain.admin.endings import KINDS
from supplychain.admin.forms import LossForm, ReasonForm
from supplychain.admin.journeys import JourneyPage
from supplychain.admin.signing_pages import Fact
from supplychain.queries.stock import InTransit
from supplychain.recording.submissions import Recorded
from supplychain.services.report_loss import report_loss
from supplychain.services.void_shipment import void_shipment
from supplychain.web.wording import units


class LoseOnTheWay(JourneyPage):
    """Units of a dispatch that will never arrive."""

    doing = Doing.LOSE
    here = "sent"
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

    def form(self, data: Any = None, files: Any = None) -> LossForm:
        """What happened to how many."""
        del files
        return LossForm(data, initial={"quantity": self.journey.quantity, "kind": "lost"})

    def more(self) -> dict[str, Any]:
        """The dispatch."""
        return {"journey": self.journey}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The report."""
        yield Fact("Shipment number", self.journey.shipment)
        yield from goods(self.line)
        yield Fact(KINDS[said["kind"]], units(said["quantity"]), strong=True)
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
        )


class Void(JourneyPage):
    """A dispatch taken back."""

    doing = Doing.VOID
    here = "sent"
    verb = "Sign: taken back"
    note = "All that was not received of this dispatch is in your stock again."

    def title(self) -> str:
        """The heading."""
        return f"Void the dispatch {self.journey.shipment}"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:sent")

    def parties(self, journey: InTransit) -> set[str]:
        """The giver's alone."""
        return {journey.giver}

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        """Why."""
        del files
        return ReasonForm(data)

    def more(self) -> dict[str, Any]:
        """The dispatch."""
        return {"journey": self.journey}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The void."""
        yield from goods(self.line)
        yield Fact("Taken back", units(self.journey.quantity), strong=True)
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
        )
