"""Files that a worker takes over: how far it is, until there is an answer to each event."""

from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, desk_page, show
from supplychain.admin.journal import write_down
from supplychain.queries.captures import capture_of
from supplychain.recording.import_source import OnError
from supplychain.services.submit_capture import submit_capture

IN_REQUEST_MAX: Final = 200_000
"""A file of so many bytes takes a second at most; nobody has to wait for a worker."""


def leave_to_a_worker(
    request: HttpRequest, desk: Desk, data: bytes, name: str, on_error: OnError
) -> UUID:
    """The job that will take the file over. Raises RuleBroken where too many wait."""
    number = uuid4()
    with transaction.atomic():
        submit_capture(
            number=number,
            party=desk.gln,
            data=data,
            name=name,
            on_error=on_error,
            by=request.user.get_username(),
            at=timezone.now(),
        )
        write_down(request, f"Take over the file {name}")
    return number


@desk_page
@require_safe
def capture(request: HttpRequest, desk: Desk, number: UUID) -> HttpResponse:
    """How far it is, and asks again by itself; the answers once there are any."""
    found = capture_of(desk.gln, number)
    if found is None:
        raise Http404
    if not found.running and not found.code:
        return redirect("desk:partner-file", sha256=found.sha256)
    return show(request, desk, "capture", here="files", title="A partner's file", one=found)
