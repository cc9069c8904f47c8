"""The temperature of one leg, in the desk's frame."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, desk_page, lot_of, show
from supplychain.queries.chains import chain_of
from supplychain.queries.deciders import deciders_for
from supplychain.queries.own_goods import outputs_about
from supplychain.web.leg_page import leg_page, one_leg
from supplychain.web.legs import data_url, report_url


@desk_page
@require_safe
def leg(request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str) -> HttpResponse:
    """The page of one leg, for whom the lot's evidence has it."""
    key = lot_of(gtin, lot)
    outputs = outputs_about(desk.gln, key, entry)
    if outputs is None:
        raise Http404
    chain = chain_of(key, timezone.now(), asking=desk.gln, outputs=outputs)
    found = one_leg(chain, entry)
    if found is None:
        raise Http404
    return show(
        request,
        desk,
        "leg",
        here="lots",
        title=f"Temperature of lot {key.lot}",
        leg=leg_page(chain, found, deciders_for(desk.gln, key)),
        data_url=data_url(key, entry),
        report_url=report_url(key, entry),
    )
