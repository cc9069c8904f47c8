"""Which person did what in the organisation's name: entries name the organisation alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.admin.models import ADDITION, LogEntry
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ledger.proofs import position_of
from supplychain.admin.desks import Desk, desk_page, show
from supplychain.admin.listing import as_csv, page_of, query_without_page, wants_csv

_REPR_MAX: Final = 200
_ROWS_MAX: Final = 10_000
_HEADER: Final = ("when", "who", "what", "entry")


@dataclass(frozen=True, slots=True)
class Line:
    """One act of a member; `entry_id` is empty for what is not signed."""

    at: datetime
    who: str
    what: str
    entry_id: str
    index: int | None


def write_down(request: HttpRequest, what: str, entry_id: str = "") -> None:
    """Keep who did it; in the transaction of the deed."""
    LogEntry.objects.create(
        user_id=int(request.user.pk or 0),
        object_id=entry_id,
        object_repr=what[:_REPR_MAX],
        action_flag=ADDITION,
        action_time=timezone.now(),
    )


@desk_page
@require_safe
def journal(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the organisation's members did at the desk, newest first."""
    found = LogEntry.objects.filter(user__membership__gln=desk.gln, content_type=None)
    rows = list(found.select_related("user").order_by("-action_time", "-id")[:_ROWS_MAX])
    if wants_csv(request):
        return as_csv("journal", _HEADER, (_cells(one) for one in rows))
    page = page_of(request, rows)
    index_of = position_of([one.object_id for one in page if one.object_id])
    return show(
        request,
        desk,
        "journal",
        here="journal",
        title="Journal",
        page=page,
        lines=[_line(one, index_of) for one in page],
        query=query_without_page(request),
    )


def _cells(one: LogEntry) -> tuple[object, ...]:
    when = one.action_time.isoformat(timespec="seconds")
    return when, one.user.get_username(), one.object_repr, one.object_id


def _line(one: LogEntry, index_of: Mapping[str, int]) -> Line:
    entry_id = one.object_id or ""
    return Line(
        one.action_time, one.user.get_username(), one.object_repr, entry_id, index_of.get(entry_id)
    )
