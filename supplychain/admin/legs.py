"""The temperature of one leg, in the desk's frame."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, desk_page, lot_of, show
from supplychain.admin.seeing import detail_seen
from supplychain.queries.chains import chain_of
from supplychain.web.leg_page import leg_page, one_leg
from supplychain.web.legs import data_url, report_url


@desk_page
@require_safe
def leg(request: HttpRequest, desk: Desk, entry: str, gtin: str, lot: str) -> HttpResponse:
    """The page of one leg, for who sees the lot at all."""
    key = lot_of(gtin, lot)
    if detail_seen(desk, key) is None:
        raise Http404
    chain = chain_of(key, timezone.now())
    found = one_leg(chain, entry)
    if found is None:
        raise Http404
    return show(
        request,
        desk,
        "leg",
        here="lots",
        title=f"Temperature of lot {key.lot}",
        leg=leg_page(chain, found),
        data_url=data_url(key, entry),
        report_url=report_url(key, entry),
    )
