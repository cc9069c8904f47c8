"""Temperatures that were outside: read, and answered by name with a comment."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from supplychain.admin.desks import Desk, desk_page, lot_of, not_allowed, show
from supplychain.admin.forms import AcknowledgeForm
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.queries.lots import excursion_to
from supplychain.services.acknowledge_excursion import acknowledge_excursion


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str) -> HttpResponse:
    """One temperature that concerns the organisation, as giver or receiver."""
    if not desk.acting.may_prepare:
        return not_allowed(request, desk)
    leg = excursion_to(desk.gln, lot_of(gtin, lot), entry)
    if leg is None:
        raise Http404
    form = AcknowledgeForm(request.POST or None, initial={"by": desk.acting.name})
    if form.is_valid():
        try:
            with transaction.atomic():
                acknowledge_excursion(
                    party=desk.gln,
                    lot=leg.lot.key,
                    entry=entry,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
                write_down(request, f"Acknowledge the temperature of {leg.lot.key}")
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            return redirect("admin:index")
    title = f"Acknowledge: temperature of lot {leg.lot.key.lot}"
    return show(
        request, desk, "excursion", here="home", title=title, leg=leg, line=leg.lot, form=form
    )
