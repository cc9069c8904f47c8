"""A pack goes to a patient, by its scan: only where the scan says that it may be used."""

import re
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.core.errors import LedgerError
from ledger.proofs import place_of
from supplychain.admin import nonces
from supplychain.admin.journal import write_down
from supplychain.domain.barcodes import ScanFault, parse
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.queries.access import may_see_lot
from supplychain.services.dispense_units import dispense_units
from supplychain.web.asking import asking_party
from supplychain.web.scan import answer

_ENTRY = re.compile(r"[0-9a-f]{64}")


@require_POST
@never_cache
def dispense(request: HttpRequest) -> HttpResponse:
    """Sign that the scanned pack goes to a patient; where its scan speaks against it, say that."""
    asking, at = asking_party(request), timezone.now()
    if asking is None or not asking.may_dispense:
        raise PermissionDenied
    code = request.POST.get("code", "")
    nonce = nonces.read(request.POST.get("nonce", ""), int(request.user.pk or 0))
    pack = _pack(code, at.date())
    if nonce is None or pack is None:
        return answer(request, code)  # the form was too old, or is not ours: look again
    lot, serial = pack
    try:
        recorded = dispense_units(
            party=asking.gln,
            lot=lot,
            quantity=1,
            packs=[serial],
            at=at,
            nonce=nonce,
            usable_only=True,
        )
    except (RuleBroken, LedgerError) as refusal:
        return answer(request, code, refusal=getattr(refusal, "message", str(refusal)))
    if not recorded.known:
        write_down(request, f"Dispense pack {serial} of lot {lot.lot}", recorded.entry_id)
    return redirect("web:dispensed", entry=recorded.entry_id)


@require_safe
@never_cache
def dispensed(request: HttpRequest, entry: str) -> HttpResponse:
    """That it is signed, and the field for the next pack."""
    asking = asking_party(request)
    place = place_of(entry) if _ENTRY.fullmatch(entry) else None
    if asking is None or place is None or not may_see_lot(asking.gln, _lot(place.stream)):
        raise Http404
    context = {"here": "scan", "asking": asking, "place": place, "entry": entry}
    return render(request, "scan/dispensed.html", {**context, "lot": _lot(place.stream)})


def _pack(code: str, on: date) -> tuple[LotKey, Serial] | None:
    try:
        read = parse(code, on=on)
    except ScanFault:
        return None
    return (read.key, read.serial) if read.key and read.serial else None


def _lot(stream: str) -> LotKey:
    try:
        return LotKey.from_stream(stream)
    except Invalid as invalid:
        raise Http404 from invalid
