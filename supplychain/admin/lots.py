"""Lots: the list, and the page of one."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ledger.core.entry import stream_id
from ledger.proofs import position_of
from supplychain.admin.desks import Desk, Doing, desk_page, lot_of, show, too_warm
from supplychain.admin.listing import as_csv, page_of, query_without_page, searched, wants_csv
from supplychain.admin.seeing import detail_seen, lots_seen, whereabouts_seen
from supplychain.admin.stories import state_in_words, story
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Undo
from supplychain.queries.chains import chain_of
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.lots import LotDetail
from supplychain.queries.organisations import names_of
from supplychain.queries.packs import is_serialised
from supplychain.queries.profiles import profile_of
from supplychain.queries.questions import goods_waiting, units_waiting
from supplychain.queries.readings import legs_of
from supplychain.queries.stock import Stock, inbound_to, outbound_of, stock_of, suppliers_of
from supplychain.queries.surpluses import surpluses_asked
from supplychain.web.evidence import evidence_url
from supplychain.web.legs import report_url
from supplychain.web.temperatures import leg_lines, leg_plots
from supplychain.web.wording import by_name

STATES = (
    ("", "All lots"),
    ("stock", "In stock"),
    ("made", "Made by us"),
    ("blocked", "Recalled, held or expired"),
)
_HEADER = (
    "gtin",
    "lot",
    "product",
    "strength",
    "form",
    "expiry",
    "status",
    "in stock",
    "in quarantine",
    "registered",
)


@desk_page
@require_safe
def lots(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organisation's lots, by expiry."""
    at = timezone.now()
    stock = {line.lot.key: line for line in stock_of(desk.gln)}
    seen = lots_seen(desk, searched(request).split())
    rows = [one for one in seen if _wanted(request, desk, one, stock, at)]
    if wants_csv(request):
        return as_csv("lots", _HEADER, (_cells(one, stock.get(one.key), at) for one in rows))
    page = page_of(request, rows)
    return show(
        request,
        desk,
        "lots",
        here="lots",
        title="Lots",
        page=page,
        warm=too_warm(desk),
        rows=[(one, stock.get(one.key), one.blocked(at)) for one in page],
        q=searched(request),
        states=STATES,
        state=request.GET.get("state", ""),
        query=query_without_page(request),
    )


@desk_page
@require_safe
def lot(request: HttpRequest, desk: Desk, gtin: str, lot: str) -> HttpResponse:
    """One lot, as the organisation may see it."""
    key, at = lot_of(gtin, lot), timezone.now()
    detail = detail_seen(desk, key)
    if detail is None:
        raise Http404
    where = whereabouts_seen(desk, key)
    movements = where.tree if where else detail.movements
    entries = [one.entry_id for one in movements] + [flag.entry_id for flag in detail.lot.flags]
    index_of, chain = position_of(entries), chain_of(key, at)
    legs = legs_of(chain, set(entries))
    leg_url = partial(_leg_url, key)
    return show(
        request,
        desk,
        "lot",
        here="lots",
        title=f"Lot {key.lot}",
        line=detail.lot,
        detail=detail,
        warm=too_warm(desk),
        blocked=detail.lot.blocked(at),
        flags=_flags(detail.lot),
        maker=names_of([detail.lot.maker]).get(detail.lot.maker, detail.lot.maker),
        storage=profile_of(detail.lot.profile).name,
        places=[(one, state_in_words(one.state)) for one in (where.places if where else ())],
        balanced=where.balanced if where else True,
        chapters=[
            (one, one.gln == desk.gln and desk.may(Doing.CORRECT))
            for one in story(movements, index_of)
        ],
        plots=leg_plots(legs, by_name, leg_url),
        lines=leg_lines(legs, by_name, leg_url),
        broken=chain.errors or (),
        ways=[one for one in (*inbound_to(desk.gln), *outbound_of(desk.gln)) if one.lot.key == key],
        actions=_actions(desk, detail, at),
        rarer=list(_rarer(desk, detail, at)),
        surpluses=[one for one in surpluses_asked(desk.gln) if one.lot.key == key],
        scan_url=f"/scan?{urlencode({'code': _code(detail.lot)})}",
        evidence_url=evidence_url(key),
        report_url=report_url(key),
        serialised=is_serialised(stream_id(key.stream)),
    )


def _wanted(
    request: HttpRequest, desk: Desk, line: LotLine, stock: dict[LotKey, Stock], at: datetime
) -> bool:
    match request.GET.get("state", ""):
        case "stock":
            return line.key in stock
        case "made":
            return line.maker == desk.gln
        case "blocked":
            return bool(line.blocked(at))
        case _:
            return True


def _cells(line: LotLine, stock: Stock | None, at: datetime) -> tuple[object, ...]:
    return (
        line.key.gtin,
        line.key.lot,
        line.name,
        line.strength,
        line.form,
        line.expiry.on.isoformat(),
        line.blocked(at) or "Nothing noted",
        stock.held if stock else 0,
        stock.quarantined if stock else 0,
        line.registered,
    )


def _leg_url(key: LotKey, entry: str) -> str:
    return reverse("desk:leg", args=(entry, str(key.gtin), str(key.lot)))


def _flags(line: LotLine) -> list[tuple[object, str]]:
    names = names_of({flag.by for flag in line.flags})
    return [(flag, names.get(flag.by, flag.by)) for flag in line.flags]


def _actions(desk: Desk, detail: LotDetail, at: datetime) -> list[tuple[str, str]]:
    """What is done with a lot every day: the page's name and the button's words."""
    of_goods = _of_goods(desk, detail, at) if detail.held or detail.to_release else ()
    return [*of_goods, *_of_the_lot(desk, detail)]


def _of_goods(desk: Desk, detail: LotDetail, at: datetime) -> Iterator[tuple[str, str]]:
    free = detail.held - units_waiting(desk.gln, detail.lot.key)
    sellable = free and not detail.lot.blocked(at)
    if sellable and desk.may(Doing.SHIP):
        yield "desk:ship-lot", "Ship"
    if sellable and desk.may(Doing.DISPENSE):
        yield "desk:dispense", "Dispense"
    if goods_waiting(desk.gln, detail.lot.key) and desk.may(Doing.DECIDE):
        yield "desk:decide", "Decide on the temperature"
    if detail.to_release and not detail.lot.blocked(at) and desk.may(Doing.RELEASE):
        yield "desk:release", "Release"
    if detail.held and desk.may(Doing.QUARANTINE):
        yield "desk:quarantine", "Set aside"
    if desk.may(Doing.KEEP):
        yield "desk:keep", "Record temperatures"
    if desk.may(Doing.SEND_BACK) and suppliers_of(desk.gln, detail.lot.key):
        yield "desk:send-back", "Send back"


def _of_the_lot(desk: Desk, detail: LotDetail) -> Iterator[tuple[str, str]]:
    own = _own(desk, detail)
    if own and desk.may(Doing.HOLD) and not detail.lot.on_hold:
        yield "desk:hold", "Put on hold"
    if own and desk.may(Doing.RECALL):
        yield "desk:recall", "Recall"
    if desk.may_sign and desk.party.is_authority:
        yield "desk:disclosure-open", "Open what is sealed"
    elif desk.may_sign:
        yield "desk:disclosure-grant", "Let somebody open sealed data"


def _rarer(desk: Desk, detail: LotDetail, at: datetime) -> Iterator[tuple[str, str]]:
    """What is done with a lot now and then."""
    sellable, kept = detail.held and not detail.lot.blocked(at), detail.held or detail.to_release
    offered = (
        (kept, Doing.DESTROY, "desk:destroy", "Destroy"),
        (detail.held, Doing.LOSE, "desk:lose", "Report a loss"),
        (kept, Doing.SAMPLE, "desk:sample", "Take samples"),
        (sellable, Doing.EXPORT, "desk:export", "Export"),
        (kept, Doing.DECOMMISSION, "desk:decommission", "Decommission"),
        (sellable, Doing.TRANSFORM, "desk:transform", "Make other lots of it"),
        (_ended(desk, detail), Doing.UNDO, "desk:undo", "Undo an end"),
        (_own(desk, detail), Doing.EXTEND, "desk:extend", "Extend the expiry"),
    )
    for there, doing, page, words in offered:
        if there and desk.may(doing):
            yield page, words


def _own(desk: Desk, detail: LotDetail) -> bool:
    return detail.lot.maker == desk.gln or desk.party.is_authority


def _ended(desk: Desk, detail: LotDetail) -> bool:
    """Whether units ended here in a way that can be undone."""
    return any(
        part.spent_by is None and part.holder == desk.gln and State(part.state) in Undo.rests
        for one in detail.movements
        for part in one.outputs
    )


def _code(line: LotLine) -> str:
    return f"01{line.key.gtin}17{line.expiry.on:%y%m%d}10{line.key.lot}"
