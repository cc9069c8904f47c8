"""What is on the way: lists of dispatches, and the pages about one of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, Doing, desk_page, lot_of, output_of, show
from supplychain.admin.listing import as_csv, page_of, query_without_page, wants_csv
from supplychain.admin.shipments import shipments_in
from supplychain.admin.signing_pages import SigningPage
from supplychain.domain.barcodes import Label, ScanFault, parse, read
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.stock import InTransit, in_transit, inbound_to, outbound_of

SCAN_MAX = 500
_HEADER = ("dispatched", "from", "to", "gtin", "lot", "product", "units", "shipment", "part")


@desk_page
@require_safe
def inbound(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Dispatches to the organisation, oldest first; a scanned pack leads to its own."""
    ways, code = inbound_to(desk.gln), request.GET.get("code", "")[:SCAN_MAX]
    if code and _is_label(code) and desk.may(Doing.RECEIVE):
        return redirect(f"{reverse('desk:receive-scanned')}?{urlencode({'scans': code})}")
    found, trouble = _of_pack(ways, code) if code else (ways, "")
    if code and not trouble and len(found) == 1 and desk.may(Doing.RECEIVE):
        return redirect(receive_url(found[0]))
    more = {"code": code, "trouble": trouble, "shipments": shipments_in(ways)}
    return _listed(request, desk, found, "receive", "Receive", **more)


@desk_page
@require_safe
def outbound(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Dispatches of the organisation that nobody received yet, oldest first."""
    return _listed(request, desk, outbound_of(desk.gln), "sent", "Sent, not received yet")


def receive_url(way: InTransit) -> str:
    """Where a dispatch is received."""
    ref, lot = way.output, way.lot.key
    return reverse("desk:receive-one", args=(ref.entry_id, ref.n, str(lot.gtin), str(lot.lot)))


def _is_label(code: str) -> bool:
    try:
        return isinstance(read(code, on=timezone.now().date()), Label)
    except ScanFault:
        return False


def _of_pack(ways: list[InTransit], code: str) -> tuple[list[InTransit], str]:
    """The dispatches of the lot that a scanned pack is of; else all of them, and why."""
    try:
        scanned = parse(code, on=timezone.now().date())
    except ScanFault as fault:
        return ways, f"{fault.message} ({fault.code})"
    found = [one for one in ways if one.lot.key == scanned.key]
    what = scanned.key or f"GTIN {scanned.gtin}, which names no lot,"
    return (found, "") if found else (ways, f"Nothing of {what} is on the way to you.")


def _listed(
    request: HttpRequest, desk: Desk, ways: list[InTransit], here: str, title: str, **more: Any
) -> HttpResponse:
    if wants_csv(request):
        return as_csv(here, _HEADER, (_cells(one) for one in ways))
    page = page_of(request, ways)
    query = query_without_page(request)
    return show(request, desk, here, here=here, title=title, page=page, query=query, **more)


def _cells(one: InTransit) -> tuple[object, ...]:
    return (
        one.dispatched_at.isoformat(),
        one.giver_name,
        one.receiver_name,
        one.lot.key.gtin,
        one.lot.key.lot,
        f"{one.lot.name} {one.lot.strength}",
        one.quantity,
        one.shipment,
        "rest" if one.rest else "whole",
    )


class JourneyPage(SigningPage):
    """A page about goods on the way, to or from the organisation."""

    line: LotLine
    journey: InTransit

    def parties(self, journey: InTransit) -> set[str]:
        """Whose page it is."""
        return {journey.giver, journey.receiver}

    def find(self, **address: Any) -> None:
        """The dispatch; 404 when it is somebody else's, or over."""
        lot = lot_of(address["gtin"], address["lot"])
        found = in_transit(lot, output_of(address["entry"], address["n"]))
        if found is None or self.desk.gln not in self.parties(found):
            raise Http404
        self.journey, self.line = found, found.lot
