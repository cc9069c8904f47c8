"""Receive by scanning: what came, what is damaged, what is missing, and what is too much."""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from supplychain.admin import nonces
from supplychain.admin.desks import Doing
from supplychain.admin.forms import REASON_MAX, arrival, moment_for_field, units_field
from supplychain.admin.judged import judged
from supplychain.admin.owners import OWNERS, OwnersForm, owner_facts, owners_of, said_sale
from supplychain.admin.scanning import (
    lines_of,
    scanned,
    scans_field,
    strictest,
    told_of,
    with_faults,
)
from supplychain.admin.signing_pages import Fact, SigningPage
from supplychain.admin.temperature import TemperatureForm
from supplychain.domain.exception_cases import USUAL, ExceptionCase, Kind, Wanted
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.scanned_goods import Goods, PackAt, those_of
from supplychain.queries.stock import InTransit, inbound_to, sale_of, used_by
from supplychain.queries.trackers import trackers_with
from supplychain.recording.receiving import receipt_nonce
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded
from supplychain.services.raise_exception_case import raise_exception_case
from supplychain.services.receive_scanned import receive_scanned
from supplychain.web.pages import LegPlot
from supplychain.web.wording import moment, units

SALT_BYTES: Final = 16
HERE_ALREADY: Final = "HERE_ALREADY: This is in your stock already."
EXTRA: Final = "EXTRA: This is not on the way to you: set it aside."
_PLAIN: Final = ("", HERE_ALREADY, EXTRA)


@dataclass(frozen=True, slots=True)
class Line:
    """One dispatch: what was sent of it, and what came."""

    way: InTransit
    good: int
    damaged: int

    @property
    def missing(self) -> int:
        """What was not scanned."""
        return self.way.quantity - self.good - self.damaged


class ReceiveScannedForm(OwnersForm, TemperatureForm):
    """What arrived; with what is missing and too much it has to add up."""

    scans = scans_field("Scan what came in good order", "Packs, cases or pallets.", required=False)
    damaged = scans_field("Scan what is damaged or doubtful", "Packs.", required=False)
    missing = units_field("Missing units", lowest=0, help_text="Sent, and not among the scanned.")
    extra = units_field("Extra packs", lowest=0, help_text="Scanned, and not on the way to you.")
    arrived = arrival()
    note = forms.CharField(label="Note", required=False, max_length=REASON_MAX)
    field_order = ("scans", "damaged", "missing", "extra", "arrived", "note", *OWNERS)

    def __init__(self, *args: Any, page: "ReceiveScanned", gln: str, **more: Any) -> None:
        self.page = page
        super().__init__(*args, gln=gln, **more)
        self.offer_owners(gln, giver="Who sent them", receiver="You")

    def clean(self) -> dict[str, Any]:
        """Add up."""
        found = super().clean()
        unread = [one for one in self.page.goods + self.page.bad if one.fault not in _PLAIN]
        if unread:
            self.add_error("scans", f"{len(unread)} codes cannot be read: see the list below.")
        missing, extra = self.page.counted
        self._reconcile(found, "missing", missing)
        self._reconcile(found, "extra", extra)
        return found

    def _reconcile(self, found: dict[str, Any], name: str, counted: int) -> None:
        said = found.get(name)
        if said is not None and said != counted:
            many = f"{counted:,} by the scans, {said:,} by you: scan the rest, or say {counted:,}."
            self.add_error(name, many)


class ReceiveScanned(SigningPage):
    """A receipt of scanned goods."""

    doing = Doing.RECEIVE
    here = "receive"
    template = "receive_scanned"
    verb = "Sign the receipt"

    goods: list[Goods]
    bad: list[Goods]
    lots: dict[LotKey, LotLine]
    dispatches: list[Line]

    def find(self, **address: Any) -> None:
        """What was scanned so far, and the dispatches that it belongs to."""
        super().find(**address)
        post = self.request.POST
        text = post.get("scans", self.request.GET.get("scans", ""))
        self.goods = self._scanned(text)
        self.bad = self._scanned(post.get("damaged", ""))
        self.lots = lines_of(those_of(self.goods + self.bad))
        self.dispatches = self._dispatches()

    def _scanned(self, text: str) -> list[Goods]:
        return with_faults(scanned(text, self.at), self._fault, unknown=EXTRA)

    @property
    def extras(self) -> list[Goods]:
        """What was scanned and is not on the way here."""
        return [one for one in self.goods + self.bad if one.fault == EXTRA]

    def _fault(self, pack: PackAt) -> str:
        if pack.receiver == self.desk.gln and pack.state == "in_transit":
            return ""
        return HERE_ALREADY if pack.holder == self.desk.gln else EXTRA

    def _packs(self) -> tuple[list[PackAt], list[PackAt]]:
        """Good and damaged; what was scanned as both is damaged."""
        bad = [pack for packs in those_of(self.bad).values() for pack in packs]
        damaged = {(pack.lot, pack.serial) for pack in bad}
        every = [pack for packs in those_of(self.goods).values() for pack in packs]
        return [pack for pack in every if (pack.lot, pack.serial) not in damaged], bad

    def _dispatches(self) -> list[Line]:
        good, bad = self._packs()
        came = Counter((pack.lot, pack.output) for pack in good)
        broken = Counter((pack.lot, pack.output) for pack in bad)
        ways = {(way.lot.key, way.output): way for way in inbound_to(self.desk.gln)}
        return [Line(ways[one], came[one], broken[one]) for one in sorted({*came, *broken})]

    def title(self) -> str:
        """The heading."""
        return "Receive by scanning"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:receive")

    def form(self, data: Any = None, files: Any = None) -> ReceiveScannedForm:
        """Filled in as if everything had come in good order just now."""
        return ReceiveScannedForm(
            self._agreed(data),
            files,
            profile=strictest(self.lots.values()),
            at=self.at,
            gln=self.desk.gln,
            page=self,
            trackers=self._trackers(),
            initial={
                "scans": self.request.GET.get("scans", ""),
                "missing": 0,
                "extra": 0,
                "arrived": moment_for_field(self.at),
                **owners_of(self._sent()),
            },
        )

    @property
    def counted(self) -> tuple[int, int]:
        """By the scans: what is missing of the dispatches, and what is on none of them."""
        return sum(one.missing for one in self.dispatches), len(self.extras)

    def _agreed(self, data: Any) -> Any:
        """With the counts by the scans, where somebody was shown just these and agreed."""
        missing, extra = self.counted
        if not data or data.get("agreed") != f"{missing} {extra}":
            return data
        said = data.copy()
        said["missing"], said["extra"] = missing, extra
        return said

    def _trackers(self) -> list[str]:
        """Those that went with all of the dispatches."""
        along = [set(trackers_with(one.way)) for one in self.dispatches]
        return sorted(set.intersection(*along)) if along else []

    def more(self) -> dict[str, Any]:
        """What each line is, and how the dispatches add up."""
        return {
            "scanned": told_of(self.goods + self.bad, self.lots),
            "dispatches": self.dispatches,
            "counted": self.counted,
            "storage": strictest(self.lots.values()),
        }

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The receipt as it will stand in the ledger."""
        for one in self.dispatches:
            way = one.way
            yield Fact("Dispatch", f"{way.giver_name}, shipment {way.shipment}")
            yield Fact(f"Lot {way.lot.key.lot}, in good order", units(one.good), strong=True)
            yield Fact("Into quarantine", units(one.damaged), strong=bool(one.damaged))
            yield Fact("Still missing", units(one.missing), strong=bool(one.missing))
        if self.extras:
            yield Fact(
                "Extra, set aside", f"{len(self.extras)} (an exception for each)", strong=True
            )
        yield Fact("Arrived", moment(said["arrived"]))
        yield from owner_facts(self._sale(said))
        if said["note"]:
            yield Fact("Note", said["note"])

    def plot(self, said: dict[str, Any]) -> LegPlot | None:
        """What the readings say of the longest of the ways."""
        sent = min((one.way.dispatched_at for one in self.dispatches), default=None)
        came = said["arrived"].astimezone(UTC)
        if sent is None or sent > came:
            return None
        return judged(
            said["conditions"],
            strictest(self.lots.values()).id,
            (sent, came),
            said.get("loggers", ()),
        )

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """The receipt, and an exception for each pack that nobody sent."""
        good, damaged = self._packs()
        entries = receive_scanned(
            party=self.desk.gln,
            good=good,
            damaged=damaged,
            containers=[one.container for one in self.goods if one.container and not one.fault],
            conditions=said["conditions"],
            note=said["note"],
            at=self.at,
            nonce=nonce,
            arrived=said["arrived"].astimezone(UTC),
            sale=self._sale(said),
            salt=secrets.token_bytes(SALT_BYTES),
        )
        for n, one in enumerate(self.extras):
            raise_exception_case(
                party=self.desk.gln,
                case=_case(one),
                source=f"scan:{nonce.hex()}#{n}",
                at=self.at,
            )
        return entries

    def _signed_before(self, request: HttpRequest, **address: Any) -> Recorded | None:
        """What was scanned is here since, because of this very form."""
        del address
        nonce = nonces.read(request.POST.get("nonce", ""), self._user(request))
        text = "\n".join(request.POST.get(name, "") for name in ("scans", "damaged"))
        packs = those_of(scanned(text, self.at)) if nonce else {}
        here = {(lot, pack.output.entry_id) for lot, several in packs.items() for pack in several}
        found = (
            recorded_before(self.desk.gln, lot.stream, receipt_nonce(nonce or b"", lot, output))
            for lot, entry in sorted(here)
            for output in used_by(lot, entry)
        )
        return next(filter(None, found), None)

    def _sale(self, said: dict[str, Any]) -> Sale:
        givers = {one.way.giver for one in self.dispatches}
        giver = givers.pop() if len(givers) == 1 else ""
        return said_sale(said, giver=giver, receiver=self.desk.gln)

    def _sent(self) -> Sale:
        """The owners that all of the dispatches name."""
        sales = {sale_of(one.way.lot.key, one.way.dispatch) for one in self.dispatches}
        return sales.pop() if len(sales) == 1 else NO_SALE


def _case(extra: Goods) -> ExceptionCase:
    line = extra.line
    kind = Kind.PRODUCT_WITHOUT_DATA
    return ExceptionCase(
        kind=kind,
        gtin=str(line.gtin or ""),
        lot=str(line.lot or ""),
        serial=str(line.serial or ""),
        words=f"Scanned at a receipt: {line.container}" if line.container else "",
        wanted=USUAL.get(kind, Wanted.SEND_DATA),
    )
