"""The desk's first page: what needs somebody now."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ledger import alarms
from supplychain.admin.desks import Desk, show, too_warm
from supplychain.queries.attention import needs_you_now
from supplychain.queries.proposals import open_proposals
from supplychain.queries.scans import sees_all
from supplychain.queries.stock import outbound_of, stock_of

STOCK_SHOWN = 12
ALARMS_SHOWN = 100


@never_cache
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, what may be done, and what is in stock."""
    at = timezone.now()
    attention, stock = needs_you_now(desk.gln, at), stock_of(desk.gln)
    proposed = {one.lot: one for one in open_proposals(desk.gln)}
    return show(
        request,
        desk,
        "home",
        here="home",
        title="Needs you now",
        attention=attention,
        undecided=[(one, proposed.get(one.lot.key)) for one in attention.undecided],
        warm=too_warm(desk),
        at=at,
        stock=[(line, line.lot.blocked(at)) for line in stock[:STOCK_SHOWN]],
        lots=len(stock),
        units=sum(line.held for line in stock),
        outbound=len(outbound_of(desk.gln)),
        watches=sees_all(desk.party),
        alarms=list(alarms.standing()[:ALARMS_SHOWN]) if sees_all(desk.party) else [],
        app_list=admin.site.get_app_list(request),
    )
