"""Packs in doubt: whose number was in two places; and who may say that there is just one."""

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.forms import REASON_MAX
from supplychain.admin.journal import write_down
from supplychain.admin.listing import as_csv, page_of, query_without_page, searched, wants_csv
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.two_places import Doubt
from supplychain.queries.sightings import DoubtLine, Part, open_doubts
from supplychain.services.settle_doubts import settle_doubts

WHAT: Final = {
    Doubt.ENDED: "It left the trade, and was scanned in another place",
    Doubt.SEEN: "Two sites had it in hand, and no hand-off lies between",
    Doubt.HELD: "By the records it is elsewhere than where it was scanned",
}
PARTS: Final = {
    Part.SCANNED: "You scanned it",
    Part.OTHER: "You have or had it",
    Part.OVERSEES: "You oversee it",
}
_HEADER: Final = ("since", "gtin", "serial", "lot", "what", "your part")


class SettleForm(forms.Form):
    """Why there is just one pack after all."""

    reason = forms.CharField(
        label="What explains it?",
        max_length=REASON_MAX,
        help_text="Such as: one of the two was a picture; the other site mistyped the number.",
    )


@desk_page
@require_safe
def doubts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The packs in doubt that concern the organisation, the newest first."""
    wanted = searched(request).casefold()
    listed = [one for one in open_doubts(desk.gln) if wanted in _words(one)]
    if wants_csv(request):
        return as_csv("packs-in-doubt", _HEADER, map(_row, listed))
    page = page_of(request, listed)
    rows = [(one, WHAT[one.doubt], PARTS[one.part], _may_settle(desk, one)) for one in page]
    more = {"rows": rows, "page": page, "query": query_without_page(request), "q": wanted}
    return show(request, desk, "doubts", here="exceptions", title="Packs in doubt", **more)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Settle what is in doubt about the pack that the address names."""
    line = _line(desk, request.GET.get("gtin", ""), request.GET.get("serial", ""))
    if not _may_settle(desk, line):
        return not_allowed(request, desk)
    form = SettleForm(request.POST or None)
    if form.is_valid():
        reason, at = form.cleaned_data["reason"], timezone.now()
        try:
            settle_doubts(party=desk.gln, pack=line.pack, reason=reason, at=at)
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            write_down(request, f"Settle what was in doubt about pack {line.pack}")
            return redirect(reverse("desk:doubts"))
    more: dict[str, Any] = {"line": line, "what": WHAT[line.doubt], "form": form}
    title = "There is just one pack"
    return show(request, desk, "doubt_settle", here="exceptions", title=title, **more)


def _may_settle(desk: Desk, line: DoubtLine) -> bool:
    return desk.may_sign and line.part is Part.OVERSEES


def _line(desk: Desk, gtin: str, serial: str) -> DoubtLine:
    """The pack among those that concern the organisation; 404 for any other."""
    named = (one for one in open_doubts(desk.gln) if str(one.pack) == f"{gtin}/{serial}")
    found = next(named, None)
    if found is None:
        raise Http404
    return found


def _words(line: DoubtLine) -> str:
    return f"{line.pack.gtin} {line.pack.serial} {line.lot}".casefold()


def _row(line: DoubtLine) -> tuple[object, ...]:
    pack = line.pack
    since = line.at.isoformat()
    return (since, pack.gtin, pack.serial, line.lot, WHAT[line.doubt], PARTS[line.part])
