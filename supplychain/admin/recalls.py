"""Recalls: those that we follow, those that we answer, and one screen from lot to every holder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ledger.core.entry import stream_id
from supplychain.admin.desks import Desk, desk_page, lot_of, not_allowed, show
from supplychain.admin.forms import REASON_MAX
from supplychain.admin.journal import write_down
from supplychain.admin.listing import as_csv, page_of, plain_rows, query_without_page, wants_csv
from supplychain.admin.saying import said_of
from supplychain.admin.seeing import whereabouts_seen
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.lots import LotKey
from supplychain.domain.members import QUANTITY_MAX
from supplychain.domain.outputs import State
from supplychain.domain.recall_reach import Reach, Reached, Rung
from supplychain.queries.organisations import names_of
from supplychain.queries.packs import is_serialised
from supplychain.queries.recalls import (
    Recalled,
    packs_of_recall,
    reach_of,
    recall_of,
    recall_to,
    recalls_in_force,
    recalls_to,
)
from supplychain.queries.scans import sees_all
from supplychain.services.acknowledge_recall import acknowledge_recall

_RUNGS: Final = {
    Rung.RETURNED: "Home again or destroyed",
    Rung.DISPENSED: "With patients",
    Rung.ACKNOWLEDGED: "Acknowledged",
    Rung.TOLD: "Told, no answer yet",
    Rung.UNTOLD: "Not told yet",
    Rung.UNTRACED: "Lost, stolen or exported",
}
_WIDTH: Final = 1000
_HEADER: Final = (
    "gln", "name", "in stock", "in quarantine", "returned", "on the way to it", "dispensed",
    "destroyed", "lost or stolen", "told", "mailed", "acknowledged", "set aside", "note",
    "sent back",
)  # fmt: skip
_PACKS_HEADER: Final = ("gtin", "lot", "serial", "holder", "on the way to", "state", "container")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the meter: its rung, its words, its units, and where it lies, out of 1000."""

    rung: str
    words: str
    units: int
    start: int
    width: int


class AnswerForm(forms.Form):
    """What a holder found."""

    found = forms.IntegerField(
        label="Units set aside",
        min_value=0,
        max_value=QUANTITY_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="Counted on your shelves. 0 where you have none.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=REASON_MAX,
        help_text="Who recalls reads it. Name no patient.",
    )


@desk_page
@require_safe
def recalls(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those that the organisation has to answer, and those that it follows."""
    page = page_of(request, _followed(desk))
    return show(
        request,
        desk,
        "recalls",
        here="recalls",
        title="Recalls",
        page=page,
        rows=[(line, flag, meter(reach_of(line, flag))) for line, flag in page],
        to_answer=recalls_to(desk.gln) if desk.party.may_hold else [],
        issued=request.GET.get("issued", ""),
        answered=request.GET.get("answered", ""),
        query=query_without_page(request),
    )


@desk_page
@require_safe
def recall(request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str) -> HttpResponse:
    """From lot to every holder: how much, told, acknowledged, returned."""
    found = _recall(desk, lot_of(gtin, lot), entry)
    names = names_of({one.gln for one in found.reach.parties} | {found.flag.by})
    if wants_csv(request):
        rows = (_cells(one, names) for one in found.reach.parties)
        return as_csv(f"recall-{found.line.key.lot}", _HEADER, rows)
    return show(
        request,
        desk,
        "recall",
        here="recalls",
        title=f"Recall of lot {found.line.key.lot}",
        line=found.line,
        flag=found.flag,
        by=names.get(found.flag.by, found.flag.by),
        reach=found.reach,
        meter=meter(found.reach),
        waiting=sum(one.waiting for one in found.reach.parties),
        rows=[_shown(one, names) for one in found.reach.parties],
        serialised=is_serialised(stream_id(found.line.key.stream)),
    )


@desk_page
@require_safe
def recall_packs(
    _request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str
) -> HttpResponseBase:
    """Each pack of a lot with serial numbers, and where it is, as CSV."""
    key = lot_of(gtin, lot)
    _recall(desk, key, entry)
    rows = (
        (one.lot.gtin, one.lot.lot, one.serial, one.holder, one.receiver, one.state, one.container)
        for one in packs_of_recall(key)
    )
    response = StreamingHttpResponse(
        plain_rows(_PACKS_HEADER, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="recall-{key.lot}-packs.csv"'
    return response


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str) -> HttpResponse:
    """Acknowledge a recall: it was read, and so many units were set aside."""
    if not desk.acting.may_prepare:
        return not_allowed(request, desk)
    asked = recall_to(desk.gln, lot_of(gtin, lot), entry)
    if asked is None:
        raise Http404
    before = asked.answer
    first = {"found": before.found, "note": before.note} if before else {"found": asked.units}
    form = AnswerForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            _answer(request, desk, asked.line.key, entry, form, timezone.now())
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            return redirect(f"{reverse('desk:recalls')}?answered={asked.line.key.lot}")
    title = f"Answer the recall of lot {asked.line.key.lot}"
    return show(
        request, desk, "recall_answer", here="recalls", title=title, asked=asked, form=form,
        line=asked.line,
    )  # fmt: skip


def _answer(
    request: HttpRequest, desk: Desk, lot: LotKey, entry: str, form: AnswerForm, at: datetime
) -> None:
    said = form.cleaned_data
    with transaction.atomic():
        changed = acknowledge_recall(
            party=desk.gln, lot=lot, recall=entry, found=said["found"], note=said["note"], at=at
        )
        if changed:
            write_down(request, f"Acknowledge the recall of {lot}: {said['found']} set aside")


def meter(reach: Reach) -> list[Stretch]:
    """The rungs as stretches side by side, the furthest first; the widths add up to 1000."""
    stretches, below = [], 0
    for rung, words in _RUNGS.items():
        units = reach.rungs.get(rung, 0)
        start = below * _WIDTH // (reach.units or 1)
        end = (below + units) * _WIDTH // (reach.units or 1)
        stretches.append(Stretch(rung.value, words, units, start, end - start))
        below += units
    return stretches


def _followed(desk: Desk) -> list[tuple[Any, Any]]:
    everything = sees_all(desk.party)
    if not (everything or desk.party.may_make):
        return []
    return recalls_in_force(None if everything else desk.gln)


def _recall(desk: Desk, key: LotKey, entry: str) -> Recalled:
    """The recall, for the lot's maker and who sees all; 404 for anybody else."""
    found = recall_of(key, entry) if whereabouts_seen(desk, key) else None
    if found is None:
        raise Http404
    return found


def _shown(one: Reached, names: dict[str, str]) -> dict[str, Any]:
    return {
        "party": one,
        "name": names.get(one.gln, one.gln),
        "has": list(_has(one)),
        "home": one.sent_back + one.of(State.DESTROYED),
    }


def _has(one: Reached) -> Iterator[str]:
    words = {
        State.HELD: "in stock",
        State.QUARANTINED: "in quarantine",
        State.RETURNED: "returned, not saleable",
        State.IN_TRANSIT: "sent, not received",
        State.DISPENSED: "dispensed",
        State.LOST: "lost",
        State.STOLEN: "stolen",
        State.EXPORTED: "exported",
    }
    for state, phrase in words.items():
        if units := one.of(state):
            yield f"{units:,} {phrase}"
    if one.incoming:
        yield f"{one.incoming:,} on the way to it"


def _cells(one: Reached, names: dict[str, str]) -> tuple[object, ...]:
    contact = one.contact
    return (
        one.gln,
        names.get(one.gln, one.gln),
        one.of(State.HELD),
        one.of(State.QUARANTINED),
        one.of(State.RETURNED),
        one.incoming,
        one.of(State.DISPENSED),
        one.of(State.DESTROYED),
        one.of(State.LOST, State.STOLEN),
        _moment(contact.told_at),
        _moment(contact.mailed_at),
        _moment(contact.acknowledged_at),
        "" if contact.found is None else contact.found,
        contact.note,
        one.sent_back,
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
