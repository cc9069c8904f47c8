"""Files that a worker looks over or takes over: how far it is, and what would become of them."""

import secrets
from datetime import UTC, datetime
from hashlib import sha256 as hash_of
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed, show
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.queries.captures import LOOK, Capture, capture_of, content_of
from supplychain.recording.import_reports import as_csv, reports_of
from supplychain.recording.import_source import OnError
from supplychain.services.forget_capture import forget_capture
from supplychain.services.import_epcis import import_epcis
from supplychain.services.submit_capture import submit_capture
from supplychain.services.take_captures import take_captures

SEED_BYTES: Final = 32
IN_REQUEST_MAX: Final = 200_000
"""A file of so many bytes takes a second at most; nobody has to wait for a worker."""
SHOWN_MAX: Final = 100


def look_over(request: HttpRequest, desk: Desk, data: bytes, name: str) -> HttpResponse:
    """What would become of each event, on a page from which it is taken over.

    Raises RuleBroken where too many of the organisation's files wait.
    """
    number = _left(request, desk, data, name, LOOK)
    if len(data) <= IN_REQUEST_MAX:
        take_captures(take=import_epcis, clock=_now, seeds=_seed, only=number)
    return redirect("desk:capture", number=number)


def take_over(
    request: HttpRequest, desk: Desk, data: bytes, name: str, on_error: OnError
) -> HttpResponse:
    """At once, or by a worker where that takes longer. Raises RuleBroken or LedgerError."""
    with transaction.atomic():
        write_down(request, f"Take over the file {name}")
        if len(data) > IN_REQUEST_MAX:
            number = _left(request, desk, data, name, on_error)
            return redirect("desk:capture", number=number)
        import_epcis(data=data, party=desk.gln, at=_now(), seed=_seed(), on_error=on_error)
    return redirect("desk:partner-file", sha256=hash_of(data).hexdigest())


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: HttpRequest, desk: Desk, number: UUID) -> HttpResponse:
    """How far it is, asking again by itself; then the answers, or what they would be."""
    found = capture_of(desk.gln, number)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _decided(request, desk, found)
    if found.running or found.code:
        return show(request, desk, "capture", here="files", title="A partner's file", one=found)
    if not found.looks:
        return redirect("desk:partner-file", sha256=found.sha256)
    return _csv(found) if request.GET.get("format") == "csv" else _looked_over(request, desk, found)


def _decided(request: HttpRequest, desk: Desk, found: Capture) -> HttpResponse:
    """Take over what was looked over; or leave it."""
    if not desk.may(Doing.TAKE_OVER):
        return not_allowed(request, desk)
    if found.running or found.code or not found.looks:
        return redirect("desk:capture", number=found.number)
    try:
        with transaction.atomic():
            data = content_of(desk.gln, found.number)
            if not forget_capture(party=desk.gln, number=found.number):
                raise Http404
            match request.POST.get("do"):
                case "rollback" | "proceed" as on_error:
                    return take_over(request, desk, data, found.name, on_error)
                case _:
                    return redirect("desk:partner-files")
    except REFUSALS as refusal:
        return _looked_over(request, desk, found, said_of(refusal))


def _looked_over(
    request: HttpRequest, desk: Desk, found: Capture, refused: str = ""
) -> HttpResponse:
    more: dict[str, Any] = {
        "one": found,
        "refused": refused,
        "bad": reports_of(found.faults[:SHOWN_MAX]),
        "counts": [(name, count) for name, count in sorted(found.counts.items()) if count],
    }
    return show(request, desk, "looked_over", here="files", title="Looked over", **more)


def _csv(found: Capture) -> HttpResponse:
    """The events that would not be taken."""
    answer = HttpResponse(as_csv(reports_of(found.faults)), content_type="text/csv; charset=utf-8")
    named = f"not-taken-{found.sha256[:12]}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    return answer


def _left(
    request: HttpRequest, desk: Desk, data: bytes, name: str, on_error: OnError | Literal["look"]
) -> UUID:
    number = uuid4()
    submit_capture(
        number=number,
        party=desk.gln,
        data=data,
        name=name,
        on_error=on_error,
        by=request.user.get_username(),
        at=_now(),
    )
    return number


def _now() -> datetime:
    return timezone.now().astimezone(UTC)


def _seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)
