"""What the organisation was told."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, desk_page, show
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.models import Notice
from supplychain.queries.notices import notices_of


@desk_page
@require_safe
def notices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The newest notices, with the lot that each is about."""
    rows = [(one, _lot(one)) for one in notices_of(desk.gln)]
    return show(request, desk, "notices", here="notices", title="Notices", rows=rows)


def _lot(notice: Notice) -> LotKey | None:
    try:
        return LotKey.from_stream(notice.stream)
    except Invalid:
        return None
