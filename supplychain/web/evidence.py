"""Evidence to take away: one file with everything needed to check a lot without this server."""

import re
from functools import partial
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from ledger.core.evidence import OUTPUTS_MAX, Evidence
from ledger.signers import KeysMissing, policy
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.queries.access import own_disclosures
from supplychain.queries.own_goods import lot_evidence, parts_for
from supplychain.web.asking import asking_party

_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@require_safe
@gzip_page
@never_cache
@login_required(login_url="web:sign-in")
def evidence(request: HttpRequest, gtin: str, lot: str) -> HttpResponse:
    """The lot's evidence, for its maker, authorities and auditors; for others, of their goods.

    Where one file does not hold it, the page tells of its parts: none is left out unsaid.
    """
    key = lot_key(gtin, lot)
    asking = asking_party(request)
    parts = len(parts_for(asking.gln, key)) if asking else 0
    if asking is None or not parts:
        raise PermissionDenied
    part = _part(request, parts)
    if part is None:
        context = {"here": "scan", "asking": asking, "lot": key.lot, "parts": range(1, parts + 1)}
        return render(request, "scan/evidence_parts.html", context | {"most": OUTPUTS_MAX})
    found = lot_evidence(asking.gln, key, partial(own_disclosures, gln=asking.gln), part=part)
    if found is None or not found.items:
        raise Http404
    return as_evidence(found, key, part if parts > 1 else 0)


def _part(request: HttpRequest, parts: int) -> int | None:
    """Which part is asked for; None where one has to be chosen."""
    text = request.GET.get("part", "1" if parts == 1 else "")
    if text and not _NUMBER.fullmatch(text):
        raise Http404
    return int(text) if text else None


@require_safe
def trust_policy(_request: HttpRequest) -> HttpResponse:
    """What a verifier of this deployment trusts. Whoever relies on it gets it twice."""
    try:
        content = policy().as_bytes()
    except KeysMissing as missing:
        raise Http404 from missing
    return HttpResponse(content, content_type="application/json")


def evidence_url(key: LotKey) -> str:
    """Where the evidence of a lot is fetched."""
    return f"/evidence/{key.gtin}/{quote(str(key.lot), safe='')}"


def lot_key(gtin: str, lot: str) -> LotKey:
    """The lot that an address names; 404 for an address that can name none."""
    try:
        return LotKey(Gtin.parse(gtin), LotNumber.parse(lot))
    except Invalid as invalid:
        raise Http404 from invalid


def as_evidence(found: Evidence, key: LotKey, part: int = 0) -> HttpResponse:
    """An evidence file to keep; its name says which part it is, where there are several."""
    which = f"-part-{part}" if part else ""
    return _download(found.as_bytes(), f"evidence-{key.gtin}-{key.lot}{which}.json")


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep, under that name."""
    return _download(content, name, "application/pdf")


def _download(content: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    safe = "".join(one if one.isalnum() or one in "-." else "_" for one in name)
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
