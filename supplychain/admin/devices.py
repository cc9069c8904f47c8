"""The fleet: the organisation's loggers, and what is on the way with them."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.forms import DeviceForm
from supplychain.admin.journal import write_down
from supplychain.admin.listing import as_csv, page_of, query_without_page, wants_csv
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.calibrations import Due
from supplychain.models import Device
from supplychain.queries.devices import DeviceLine, fleet
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import inbound_to, outbound_of
from supplychain.queries.trackers import trackers_of
from supplychain.services.put_device import put_device

WORDS = {
    Due.GOOD: "Calibrated",
    Due.SOON: "Due soon",
    Due.OVERDUE: "Overdue",
    Due.UNKNOWN: "Not written down",
}
_HEADER = ("device", "model", "place", "calibrated on", "good until", "status", "last heard")


@desk_page
@require_safe
def devices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The loggers, the most urgent first."""
    lines = fleet(desk.gln, timezone.now().date())
    if wants_csv(request):
        return as_csv("devices", _HEADER, (_cells(one) for one in lines))
    page = page_of(request, lines)
    return show(
        request,
        desk,
        "devices",
        here="devices",
        title="Loggers",
        page=page,
        rows=[(one, WORDS[one.due]) for one in page],
        query=query_without_page(request),
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One logger, to be added or changed; nothing of it is signed."""
    if not desk.acting.may_prepare:
        return not_allowed(request, desk)
    known = Device.objects.filter(gln=desk.gln, name=request.GET.get("name", "")).first()
    form = DeviceForm(request.POST or None, initial=_initial(known, request))
    if form.is_valid():
        try:
            with transaction.atomic():
                made = put_device(party=desk.gln, today=timezone.now().date(), **form.cleaned_data)
                write_down(request, f"Write down the logger {made}")
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            return redirect("desk:devices")
    title = f"Logger {known}" if known else "Write down a logger"
    back = reverse("desk:devices")
    return show(request, desk, "device", here="devices", title=title, form=form, back=back)


@desk_page
@require_safe
def journeys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is on the way to the organisation or from it, the longest first, and live trackers."""
    at = timezone.now()
    ways = [*inbound_to(desk.gln), *outbound_of(desk.gln)]
    page = page_of(request, sorted(ways, key=lambda way: way.dispatched_at))
    rows = [(way, profile_of(way.lot.profile), _lasting(at - way.dispatched_at)) for way in page]
    return show(
        request,
        desk,
        "journeys",
        here="devices",
        title="Journeys under way",
        page=page,
        rows=rows,
        trackers=[(one, one.troubles(at), one.is_silent(at)) for one in trackers_of(desk.gln)],
        query=query_without_page(request),
    )


def _lasting(took: timedelta) -> str:
    hours = took.seconds // 3600
    return f"{took.days} d {hours} h" if took.days else f"{hours} h"


def _initial(known: Device | None, request: HttpRequest) -> dict[str, object]:
    if known is None:
        return {"name": request.GET.get("name", "")[:64], "every_days": 365}
    names = ("name", "model", "place", "calibrated_on", "every_days")
    return {name: getattr(known, name) for name in names}


def _cells(one: DeviceLine) -> tuple[object, ...]:
    row = one.row
    about = (row.model, row.place, row.calibrated_on or "") if row else ("", "", "")
    heard = one.heard_at.isoformat() if one.heard_at else ""
    return (one.name, *about, one.until or "", WORDS[one.due], heard)
