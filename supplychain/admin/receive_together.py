"""Receive all lots of one shipment on one page: an amount for each, one time, one temperature."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse

from supplychain.admin import nonces
from supplychain.admin.desks import Doing, lot_of, output_of
from supplychain.admin.forms import REASON_MAX, arrival, moment_for_field, units_field
from supplychain.admin.judged import judged
from supplychain.admin.scanning import strictest
from supplychain.admin.shipments import LINES_MAX, Shipment, shipments_in
from supplychain.admin.signing_pages import Fact, SigningPage
from supplychain.admin.temperature import TemperatureForm
from supplychain.queries.stock import InTransit, inbound_to
from supplychain.recording.receiving import receipt_nonce
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded
from supplychain.services.receive_lines import Line, receive_lines
from supplychain.web.pages import LegPlot
from supplychain.web.wording import moment, units

AMOUNTS: Final = ("received", "damaged", "missing")
LABELS: Final = {"received": "Good", "damaged": "Damaged", "missing": "Missing"}


class TogetherForm(TemperatureForm):
    """What arrived of each line; its three amounts have to add up to what was sent."""

    arrived = arrival()
    note = forms.CharField(label="Note", required=False, max_length=REASON_MAX)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: tuple[InTransit, ...], **more: Any) -> None:
        self.ways = ways
        super().__init__(*args, **more)
        for n, way in enumerate(ways):
            for name in AMOUNTS:
                label = f"{LABELS[name]}, lot {way.lot.key.lot}"
                self.fields[f"{name}_{n}"] = units_field(label, lowest=0)

    def rows(self) -> Iterator[tuple[InTransit, list[forms.BoundField]]]:
        """Each line with its three fields."""
        for n, way in enumerate(self.ways):
            yield way, [self[f"{name}_{n}"] for name in AMOUNTS]

    def clean(self) -> dict[str, Any]:
        """Add up, line by line; and what is signed is what was seen."""
        found = super().clean()
        for n, way in enumerate(self.ways):
            amounts = [found.get(f"{name}_{n}") for name in AMOUNTS]
            if None not in amounts and sum(filter(None, amounts)) != way.quantity:
                total = sum(filter(None, amounts))
                self.add_error(f"missing_{n}", f"These make {total:,} of {way.quantity:,}.")
        if found.get("seen", "").replace("\r", "") != seen_of(self.ways):
            self.data = {**self.data, "seen": seen_of(self.ways)}
            self.add_error(None, "What is on the way has changed meanwhile: look it over again.")
        return found


def seen_of(ways: Iterable[InTransit]) -> str:
    """The lines of a form, so that it is known again when they are on the way no more."""
    return "\n".join(
        f"{one.output.entry_id}/{one.output.n}/{one.lot.key.gtin}/{one.lot.key.lot}" for one in ways
    )


class ReceiveTogether(SigningPage):
    """A receipt of several lots."""

    doing = Doing.RECEIVE
    here = "receive"
    template = "receive_together"
    verb = "Sign the receipts"

    shipment: Shipment

    def find(self, **address: Any) -> None:
        """The shipment; 404 where fewer than two lots of it are on the way."""
        number = (address["giver"], address["number"])
        found = (one for one in shipments_in(inbound_to(self.desk.gln)))
        mine = next((one for one in found if (one.giver, one.number) == number), None)
        if mine is None:
            raise Http404
        self.shipment = mine

    def title(self) -> str:
        """The heading."""
        return f"Receive shipment {self.shipment.number}"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:receive")

    def form(self, data: Any = None, files: Any = None) -> TogetherForm:
        """Filled in as if everything had come in good order just now."""
        ways = self.shipment.ways
        initial: dict[str, Any] = {
            "arrived": moment_for_field(self.at),
            "seen": seen_of(ways),
        }
        for n, way in enumerate(ways):
            initial |= {f"received_{n}": way.quantity, f"damaged_{n}": 0, f"missing_{n}": 0}
        return TogetherForm(
            data,
            files,
            profile=strictest(way.lot for way in ways),
            at=self.at,
            gln=self.desk.gln,
            ways=ways,
            initial=initial,
        )

    def more(self) -> dict[str, Any]:
        """What was sent."""
        storage = strictest(way.lot for way in self.shipment.ways)
        return {"shipment": self.shipment, "storage": storage}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The receipts as they will stand in the ledger."""
        yield Fact("From", f"{self.shipment.giver_name} ({self.shipment.giver})")
        yield Fact("Shipment number", self.shipment.number)
        for n, way in enumerate(self.shipment.ways):
            good, bad, missing = (said[f"{name}_{n}"] for name in AMOUNTS)
            odd = [f"{bad:,} into quarantine"] if bad else []
            odd += [f"{missing:,} still missing"] if missing else []
            label = f"{way.lot.name} {way.lot.strength}, lot {way.lot.key.lot}"
            yield Fact(label, ", ".join([f"{units(good)} in good order", *odd]), strong=True)
        yield Fact("Arrived", moment(said["arrived"]))
        if said["note"]:
            yield Fact("Note", said["note"])

    def plot(self, said: dict[str, Any]) -> LegPlot | None:
        """What the readings say of the longest of the ways."""
        sent = min(way.dispatched_at for way in self.shipment.ways)
        came = said["arrived"].astimezone(UTC)
        if sent > came:
            return None
        profile = strictest(way.lot for way in self.shipment.ways)
        return judged(said["conditions"], profile.id, (sent, came), said.get("loggers", ()))

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """One call."""
        return receive_lines(
            party=self.desk.gln,
            lines=[
                Line(way.lot.key, way.output, said[f"received_{n}"], said[f"damaged_{n}"])
                for n, way in enumerate(self.shipment.ways)
            ],
            conditions=said["conditions"],
            note=said["note"],
            at=self.at,
            nonce=nonce,
            arrived=said["arrived"].astimezone(UTC),
        )

    def _signed_before(self, request: HttpRequest, **address: Any) -> Recorded | None:
        """What came is on the way no more, because of this very form."""
        del address
        nonce = nonces.read(request.POST.get("nonce", ""), self._user(request))
        names = request.POST.get("seen", "").split("\n")[:LINES_MAX] if nonce else []
        found = (self._before(nonce or b"", name) for name in names)
        return next(filter(None, found), None)

    def _before(self, nonce: bytes, name: str) -> Recorded | None:
        entry, _, rest = name.partition("/")
        n, _, rest = rest.partition("/")
        gtin, _, lot = rest.partition("/")
        if not (n.isascii() and n.isdigit()) or len(n) > len(str(LINES_MAX)):
            return None
        key, output = lot_of(gtin, lot.strip("\r")), output_of(entry, int(n))
        own = receipt_nonce(nonce, key, output)
        return recorded_before(self.desk.gln, key.stream, own)
