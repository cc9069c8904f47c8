"""The page after a signature: the entry, and its place in the log as soon as it has one."""

import time
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from ledger.proofs import EntryPlace, place_of
from supplychain.admin.desks import Desk, desk_page, output_of, show
from supplychain.admin.seeing import detail_seen
from supplychain.domain.disclosure_statements import stream_of
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey

WAIT_S: Final = 1.0
STEP_S: Final = 0.05
ASK_AGAIN_MAX: Final = 10


@desk_page
@require_safe
def signed(request: HttpRequest, desk: Desk, entry: str) -> HttpResponse:
    """What was signed; waits a moment for the sequencer, and then asks again by itself."""
    place = _waited(output_of(entry, 0).entry_id)
    if place is not None and place.stream == stream_of(Gln(desk.gln)):
        return redirect(reverse("desk:disclosures"))
    detail = detail_seen(desk, _lot(place)) if place else None
    if place is None or detail is None:
        raise Http404
    asked = min(len(request.GET.get("asked", "")), ASK_AGAIN_MAX)
    return show(
        request,
        desk,
        "signed",
        here="lots",
        title="Signed",
        entry=entry,
        place=place,
        line=detail.lot,
        again="again" in request.GET,
        others=request.GET.get("others", "")[:4],
        ask_again="" if place.covered or asked >= ASK_AGAIN_MAX else "x" * (asked + 1),
    )


def _waited(entry: str) -> EntryPlace | None:
    """The entry's place, after at most a second of waiting for it to be covered."""
    until = time.monotonic() + WAIT_S
    place = place_of(entry)
    while place is not None and not place.covered and time.monotonic() < until:
        time.sleep(STEP_S)
        place = place_of(entry)
    return place


def _lot(place: EntryPlace) -> LotKey:
    try:
        return LotKey.from_stream(place.stream)
    except Invalid as invalid:
        raise Http404 from invalid
