"""Say with which goods a live tracker rides, and that the ride is over."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ledger.core.links import OutputRef
from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.models import Device, TrackerLoad
from supplychain.queries.stock import outbound_of, stock_of
from supplychain.services.load_tracker import load_tracker
from supplychain.services.unload_tracker import unload_tracker


class LoadForm(forms.Form):
    """A tracker, and what it rides with: all that is held of a lot, or one dispatch."""

    place = forms.CharField(
        label="Place", required=False, max_length=100, help_text="The vehicle, room or fridge."
    )
    field_order = ("device", "goods", "place")

    def __init__(self, gln: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Device.objects.filter(gln=gln).values_list("name", flat=True)
        devices = [(name, name) for name in names]
        self.fields["device"] = forms.ChoiceField(label="Tracker", choices=devices)
        self.fields["goods"] = forms.ChoiceField(label="Rides with", choices=list(_goods(gln)))
        self.order_fields(self.field_order)


class UnloadForm(forms.Form):
    """A ride that is over."""

    device = forms.CharField(strip=False)
    lot = forms.CharField()


def _goods(gln: str) -> Iterator[tuple[str, str]]:
    """What it can be: the stream of a lot, and the output where it is a dispatch."""
    for one in stock_of(gln):
        if one.held:
            yield one.lot.key.stream, f"All {one.held} of {one.lot.name}, {one.lot.key}"
    for way in outbound_of(gln):
        name = f"{way.quantity} of {way.lot.name}, {way.lot.key}, sent to {way.receiver_name}"
        yield f"{way.output} {way.lot.key.stream}", name


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest, desk: Desk) -> HttpResponse:
    """From now on its batches are signed for these goods in the organisation's name."""
    if not desk.may_sign:
        return not_allowed(request, desk)
    form = LoadForm(desk.gln, request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = _load(desk, **form.cleaned_data)
                write_down(request, f"Load the tracker {made}")
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            return redirect("desk:journeys")
    back = reverse("desk:journeys")
    title = "Load a tracker"
    return show(request, desk, "load_tracker", here="devices", title=title, form=form, back=back)


def _load(desk: Desk, *, device: str, goods: str, place: str) -> TrackerLoad:
    output, _, stream = goods.rpartition(" ")
    return load_tracker(
        party=desk.gln,
        device=device,
        lot=LotKey.from_stream(stream),
        said_by=desk.acting.name,
        at=timezone.now(),
        state=State.IN_TRANSIT if output else State.HELD,
        outputs=(OutputRef.parse(output),) if output else (),
        place=place,
    )


@desk_page
@require_POST
def unload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the tracker tells of a later time is not of these goods."""
    if not desk.may_sign:
        return not_allowed(request, desk)
    form = UnloadForm(request.POST)
    if form.is_valid():
        with suppress(*REFUSALS), transaction.atomic():
            _unload(request, desk, **form.cleaned_data)
    return redirect("desk:journeys")  # which shows how things stand, whatever was sent


def _unload(request: HttpRequest, desk: Desk, *, device: str, lot: str) -> None:
    key = LotKey.from_stream(lot)
    ended = unload_tracker(party=desk.gln, device=device, lot=key, at=timezone.now())
    write_down(request, f"Unload the tracker {ended}")
