"""Goods that come to an end, or back: dispensed, destroyed, lost, taken back."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.urls import reverse

from supplychain.admin.desks import Doing
from supplychain.admin.forms import DestroyForm, DispenseForm, LossForm, ReasonForm
from supplychain.admin.journeys import JourneyPage
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.domain.outputs import State
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.stock import InTransit
from supplychain.recording.submissions import Recorded
from supplychain.services.destroy_units import destroy_units
from supplychain.services.dispense_units import dispense_units
from supplychain.services.report_loss import report_loss
from supplychain.services.void_shipment import void_shipment
from supplychain.web.wording import day, units


def goods(line: LotLine) -> Iterator[Fact]:
    """Which goods an entry is about."""
    yield Fact("Product", f"{line.name} {line.strength}, {line.form}")
    yield Fact("Lot", f"{line.key.lot} · GTIN {line.key.gtin}")
    yield Fact("Expiry date", day(line.expiry.on))


class Dispense(LotPage):
    """Units for patients."""

    doing = Doing.DISPENSE
    verb = "Sign: dispensed"
    note = "Dispensed units leave the chain for good. No patient is ever named here."

    def title(self) -> str:
        """The heading."""
        return f"Dispense from lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> DispenseForm:
        """How many."""
        del files
        return DispenseForm(data)

    def more(self) -> dict[str, Any]:
        """How many there are."""
        return {"detail": self.detail}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The end of these units."""
        yield from goods(self.line)
        yield Fact("Dispensed", units(said["quantity"]), strong=True)
        yield Fact("Left in your stock", units(self.detail.held - said["quantity"]))

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return dispense_units(
            party=self.desk.gln,
            lot=self.line.key,
            quantity=said["quantity"],
            at=self.at,
            nonce=nonce,
            usable_only=True,
        )


class Destroy(LotPage):
    """Units destroyed."""

    doing = Doing.DESTROY
    verb = "Sign: destroyed"
    note = "Destroyed units never come back. Recalled, held and expired goods may be destroyed."
    grave = True

    def title(self) -> str:
        """The heading."""
        return f"Destroy units of lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> DestroyForm:
        """From stock or from quarantine, whichever there is."""
        del files
        amounts = {"held": self.detail.held, "quarantined": self.detail.quarantined}
        names = {"held": "Stock", "quarantined": "Quarantine"}
        sources = [
            (state, f"{names[state]} ({units(amount)})")
            for state, amount in amounts.items()
            if amount
        ]
        initial = {"source": sources[-1][0]} if sources else {}
        return DestroyForm(data, sources=sources, initial=initial)

    def more(self) -> dict[str, Any]:
        """How many there are."""
        return {"detail": self.detail}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The end of these units."""
        yield from goods(self.line)
        yield Fact("Destroyed", units(said["quantity"]), strong=True)
        yield Fact("From", "quarantine" if said["source"] == "quarantined" else "stock")
        yield Fact("Reason", said["reason"])

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return destroy_units(
            party=self.desk.gln,
            lot=self.line.key,
            quantity=said["quantity"],
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
            state=State(said["source"]),
        )


def _loss_facts(line: LotLine, said: dict[str, Any]) -> Iterator[Fact]:
    yield from goods(line)
    yield Fact(
        "Stolen" if said["kind"] == "stolen" else "Lost", units(said["quantity"]), strong=True
    )
    yield Fact("Reason", said["reason"])


class Lose(LotPage):
    """Units of stock that are gone."""

    doing = Doing.LOSE
    verb = "Sign the report"
    note = "A pack of a lot with stolen units is looked at twice wherever it is scanned."
    grave = True

    def title(self) -> str:
        """The heading."""
        return f"Report a loss of lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> LossForm:
        """What happened to how many."""
        del files
        return LossForm(data)

    def more(self) -> dict[str, Any]:
        """How many there are."""
        return {"detail": self.detail}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The report."""
        return _loss_facts(self.line, said)

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
        )


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
        yield from _loss_facts(self.line, said)

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
