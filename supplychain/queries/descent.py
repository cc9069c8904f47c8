"""What lots were made of, and what was made of them: told by the tables, to find things."""

from collections.abc import Collection
from uuid import UUID

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.domain.transform_statements import Origin, SourceClaim
from supplychain.models import Descent, Transformation
from supplychain.queries.lot_lines import lot_lines


def origin_of(lot: LotKey) -> Origin | None:
    """What is to be said at the birth of a lot that others were transformed into."""
    rows = list(Transformation.objects.filter(into_stream=stream_id(lot.stream)))
    if not rows:
        return None
    lines = lot_lines({row.stream_id for row in rows})
    sources = (SourceClaim(lines[row.stream_id].key, row.entry_id, row.makes) for row in rows)
    return Origin(rows[0].operation, tuple(sorted(sources, key=lambda one: one.entry)))


def made_of(lot: LotKey) -> list[LotKey]:
    """All lots that this one was made of, directly or not."""
    rows = Descent.objects.filter(stream_id=stream_id(lot.stream))
    return _keys(set(rows.values_list("ancestor", flat=True)))


def made_into(lot: LotKey) -> list[LotKey]:
    """All lots that were made of this one, directly or not, and are registered."""
    rows = Descent.objects.filter(ancestor=stream_id(lot.stream))
    return _keys(set(rows.values_list("stream_id", flat=True)))


def _keys(streams: Collection[UUID]) -> list[LotKey]:
    return sorted(line.key for line in lot_lines(set(streams)).values())
