"""The temperature of one leg: a page, its readings for a chart that moves, and a report to print.

They are for whom the lot's evidence is for.
"""

from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.deciders import deciders_for
from supplychain.queries.own_goods import outputs_about, parts_for
from supplychain.queries.readings import LegReadings
from supplychain.web.asking import asking_party
from supplychain.web.chart_data import Window, chart_data, whole_of
from supplychain.web.evidence import as_pdf, lot_key
from supplychain.web.leg_page import leg_page, one_leg
from supplychain.web.temperature_report import leg_report, lot_report
from supplychain.web.temperatures import hand_offs


@require_safe
@never_cache
@login_required(login_url="web:sign-in")
def leg(request: HttpRequest, entry: str, gtin: str, lot: str) -> HttpResponse:
    """The page of one leg's temperature."""
    chain, found = _seen(request, entry, gtin, lot)
    context = {
        "here": "scan",
        "asking": asking_party(request),
        "leg": leg_page(chain, found, _names(request, chain.key)),
        "data_url": data_url(chain.key, entry),
        "report_url": report_url(chain.key, entry),
    }
    return render(request, "scan/leg.html", context)


@require_safe
@never_cache
@login_required(login_url="web:sign-in")
def leg_data(request: HttpRequest, entry: str, gtin: str, lot: str) -> HttpResponse:
    """Its readings between `from` and `to` (seconds since 1970), for `columns` of pixels."""
    _, found = _seen(request, entry, gtin, lot)
    if found.judgement is None:
        raise Http404
    asked = [request.GET.get(name, "") for name in ("from", "to", "columns")]
    try:
        window = Window.parse(asked[0], asked[1], asked[2], whole_of(found.series, found.judgement))
    except Invalid as invalid:
        return JsonResponse({"code": invalid.code, "detail": invalid.message}, status=_BAD)
    marks = hand_offs(found)
    return JsonResponse(chart_data(found.series, found.profile, found.judgement, marks, window))


@require_safe
@never_cache
@login_required(login_url="web:sign-in")
def leg_pdf(request: HttpRequest, entry: str, gtin: str, lot: str) -> HttpResponse:
    """The report about one leg."""
    chain, found = _seen(request, entry, gtin, lot)
    made = leg_report(chain, found, timezone.now(), settings.SITE_URL, _names(request, chain.key))
    return as_pdf(made, f"temperature-{chain.key.gtin}-{chain.key.lot}-{entry[:8]}.pdf")


@require_safe
@never_cache
@login_required(login_url="web:sign-in")
def lot_pdf(request: HttpRequest, gtin: str, lot: str) -> HttpResponse:
    """The report about all legs of a lot."""
    at = timezone.now()
    key, asking = lot_key(gtin, lot), asking_party(request)
    parts = parts_for(asking.gln, key) if asking else ()
    if asking is None or not parts:
        raise PermissionDenied
    chain = chain_of(key, at, asking=asking.gln, outputs=parts[0])
    if chain.lot is None:
        raise Http404
    names = _names(request, key)
    made = lot_report(chain, at, settings.SITE_URL, names, whole=len(parts) == 1)
    return as_pdf(made, f"temperature-{chain.key.gtin}-{chain.key.lot}.pdf")


_BAD = HTTPStatus.BAD_REQUEST


def leg_url(key: LotKey, entry: str) -> str:
    """Where the page of a leg is."""
    return reverse("web:leg", args=(entry, str(key.gtin), str(key.lot)))


def data_url(key: LotKey, entry: str) -> str:
    """Where the readings of a leg are fetched for a chart."""
    return reverse("web:leg-data", args=(entry, str(key.gtin), str(key.lot)))


def report_url(key: LotKey, entry: str = "") -> str:
    """Where the report about a lot is, or about one leg of it."""
    if entry:
        return reverse("web:leg-pdf", args=(entry, str(key.gtin), str(key.lot)))
    return reverse("web:lot-pdf", args=(str(key.gtin), str(key.lot)))


def _names(request: HttpRequest, key: LotKey) -> Mapping[str, str]:
    """The people of the asker's own quality who decided."""
    asking = asking_party(request)
    return {} if asking is None else deciders_for(asking.gln, key)


def _seen(request: HttpRequest, entry: str, gtin: str, lot: str) -> tuple[Chain, LegReadings]:
    """The leg, if the asker may see the lot and the lot has that leg."""
    key, asking = lot_key(gtin, lot), asking_party(request)
    if asking is None or not parts_for(asking.gln, key):
        raise PermissionDenied
    outputs = outputs_about(asking.gln, key, entry)
    if outputs is None:
        raise Http404
    chain = chain_of(key, timezone.now(), asking=asking.gln, outputs=outputs)
    found = one_leg(chain, entry)
    if found is None:
        raise Http404
    return chain, found
