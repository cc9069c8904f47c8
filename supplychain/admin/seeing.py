"""What of lots a desk may see: its own trade; all of it for authorities and auditors."""

from functools import reduce

from django.db.models import Q

from supplychain.admin.desks import Desk
from supplychain.domain.lots import LotKey
from supplychain.models import Lot
from supplychain.queries.lot_lines import LotLine, lot_line, lot_lines
from supplychain.queries.lots import LotDetail, Whereabouts, lot_detail, lots_of, where_are_units
from supplychain.queries.scans import sees_all

NEWEST = 1_000


def lots_seen(desk: Desk, words: list[str]) -> list[LotLine]:
    """The lots with all these words in them, by expiry; who sees all gets the newest thousand."""
    if not sees_all(desk.party):
        return [line for line in lots_of(desk.gln) if _has(line, words)]
    rows = Lot.objects.filter(reduce(Q.__and__, map(_holds, words), Q()))
    streams = rows.order_by("-registered_at").values_list("stream_id", flat=True)[:NEWEST]
    return sorted(lot_lines(set(streams)).values(), key=lambda line: (line.expiry.on, line.key))


def detail_seen(desk: Desk, key: LotKey) -> LotDetail | None:
    """The lot as this desk sees it; None where it sees nothing of it."""
    own = lot_detail(desk.gln, key)
    if own is not None or not sees_all(desk.party):
        return own
    where = whereabouts_seen(desk, key)
    if where is None:
        return None
    return LotDetail(where.lot, where.tree, held=0, quarantined=0, inbound=0, outbound=0)


def whereabouts_seen(desk: Desk, key: LotKey) -> Whereabouts | None:
    """Where all units are: for the maker, and for who sees all."""
    line = lot_line(key) if sees_all(desk.party) else None
    return where_are_units(line.maker if line else desk.gln, key)


def _has(line: LotLine, words: list[str]) -> bool:
    text = f"{line.key.gtin} {line.key.lot} {line.name} {line.strength} {line.form}".casefold()
    return all(word.casefold() in text for word in words)


def _holds(word: str) -> Q:
    word = word.replace("\x00", "\ufffd")  # PostgreSQL has no such character in its texts
    columns = ("gtin", "lot", "name", "strength", "form")
    return reduce(Q.__or__, (Q((f"{column}__icontains", word)) for column in columns))
