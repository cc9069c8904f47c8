"""Receive a dispatch: what came in good order, what is damaged, what is missing."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.urls import reverse

from supplychain.admin.desks import Doing
from supplychain.admin.forms import REASON_MAX, arrival, moment_for_field, units_field
from supplychain.admin.journeys import JourneyPage
from supplychain.admin.judged import judged, resting_on
from supplychain.admin.owners import OWNERS, OwnersForm, owner_facts, owners_of, said_sale
from supplychain.admin.signing_pages import Fact
from supplychain.admin.temperature import TemperatureForm
from supplychain.domain.excursions import Covers
from supplychain.domain.intervals import Interval
from supplychain.domain.sales import Sale
from supplychain.queries.profiles import profile_of
from supplychain.queries.rides import told_of
from supplychain.queries.stock import InTransit, sale_of
from supplychain.queries.trackers import trackers_with
from supplychain.recording.submissions import Recorded
from supplychain.services.receive_shipment import receive_shipment
from supplychain.web.pages import LegPlot
from supplychain.web.wording import day, moment, units

SALT_BYTES = 16


class ReceiveForm(OwnersForm, TemperatureForm):
    """What arrived of a dispatch; the three amounts have to add up to what was sent."""

    received = units_field("Received, in good order", lowest=0)
    damaged = units_field("Damaged or doubtful", lowest=0, help_text="Goes into quarantine.")
    missing = units_field("Still missing", lowest=0, help_text="Stays open on the dispatch.")
    over = units_field(
        "Beyond what was sent",
        lowest=0,
        required=False,
        help_text="Set it aside: nobody's stock until its giver admits it.",
    )
    arrived = arrival()
    note = forms.CharField(label="Note", required=False, max_length=REASON_MAX)
    field_order = ("received", "damaged", "missing", "over", "arrived", "note", *OWNERS)

    def __init__(self, *args: Any, sent: int, serialised: bool, gln: str, **more: Any) -> None:
        """Of a lot with serial numbers, what came too much is scanned and never counted."""
        self.sent = sent
        super().__init__(*args, gln=gln, **more)
        self.offer_owners(gln, giver="Who sent them", receiver="You")
        if serialised:
            del self.fields["over"]

    def clean(self) -> dict[str, Any]:
        """Add up."""
        found = super().clean()
        amounts = [found.get(name) for name in ("received", "damaged", "missing")]
        if None not in amounts and sum(filter(None, amounts)) != self.sent:
            total = sum(filter(None, amounts))
            off = abs(self.sent - total)
            more = "too many" if total > self.sent else "not accounted for"
            self.add_error(
                "missing", f"These add up to {total:,} of {self.sent:,}: {off:,} {more}."
            )
        return found


class Receive(JourneyPage):
    """A receipt."""

    doing = Doing.RECEIVE
    here = "receive"
    template = "receive_one"
    verb = "Sign the receipt"

    def title(self) -> str:
        """The heading."""
        return f"Receive lot {self.line.key.lot}"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:receive")

    def parties(self, journey: InTransit) -> set[str]:
        """The receiver's alone."""
        return {journey.receiver}

    def form(self, data: Any = None, files: Any = None) -> ReceiveForm:
        """Filled in as if everything had come in good order just now."""
        sent = self.journey.quantity
        return ReceiveForm(
            data,
            files,
            profile=profile_of(self.line.profile),
            at=self.at,
            gln=self.desk.gln,
            sent=sent,
            serialised=self.journey.serialised,
            trackers=trackers_with(self.journey),
            initial={
                "received": sent,
                "damaged": 0,
                "missing": 0,
                "arrived": moment_for_field(self.at),
                **owners_of(sale_of(self.line.key, self.journey.dispatch)),
            },
        )

    def more(self) -> dict[str, Any]:
        """What was sent."""
        return {"journey": self.journey, "storage": profile_of(self.line.profile)}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The receipt as it will stand in the ledger."""
        yield Fact("From", f"{self.journey.giver_name} ({self.journey.giver})")
        yield Fact("Shipment number", self.journey.shipment)
        yield Fact("Product", f"{self.line.name} {self.line.strength}, {self.line.form}")
        yield Fact("Lot", f"{self.line.key.lot} · GTIN {self.line.key.gtin}")
        yield Fact("Expiry date", day(self.line.expiry.on))
        arrived = "Came back, to be checked" if self.journey.sent_back else "Received in good order"
        yield Fact(arrived, units(said["received"]), strong=True)
        yield Fact("Into quarantine", units(said["damaged"]), strong=bool(said["damaged"]))
        yield Fact("Still missing", units(said["missing"]), strong=bool(said["missing"]))
        if said.get("over"):
            yield Fact("Beyond what was sent", units(said["over"]), strong=True)
        yield Fact("Dispatched", moment(self.journey.dispatched_at))
        yield Fact("Arrived", moment(said["arrived"]))
        yield from owner_facts(self._sale(said))
        if said["note"]:
            yield Fact("Note", said["note"])

    def plot(self, said: dict[str, Any]) -> LegPlot | None:
        """What the readings say of the whole way."""
        covers = self._covers(said["arrived"])
        if covers is None:
            return None
        if device := said["conditions"].tracker:
            told = told_of(self.line.key, self.journey.dispatch, device, Interval(*covers))
            return LegPlot("Temperature", resting_on(device, told))
        return judged(said["conditions"], self.line.profile, covers, said.get("loggers", ()))

    def _covers(self, arrived: datetime) -> Covers | None:
        sent, came = self.journey.dispatched_at, arrived.astimezone(UTC)
        return (sent, came.replace(microsecond=0)) if sent <= came else None

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return receive_shipment(
            party=self.desk.gln,
            output=self.journey.output,
            lot=self.line.key,
            received=said["received"],
            damaged=said["damaged"],
            over=said.get("over") or 0,
            conditions=said["conditions"],
            note=said["note"],
            at=self.at,
            nonce=nonce,
            arrived=said["arrived"].astimezone(UTC),
            sale=self._sale(said),
            salt=secrets.token_bytes(SALT_BYTES),
        )

    def _sale(self, said: dict[str, Any]) -> Sale:
        return said_sale(said, giver=self.journey.giver, receiver=self.desk.gln)
