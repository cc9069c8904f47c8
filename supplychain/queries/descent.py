"""What lots were made of, and what was made of them: told by the tables, to find things."""

from collections.abc import Collection
from uuid import UUID

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.domain.spent import Spent, handed_down
from supplychain.domain.tallies import Tally
from supplychain.domain.transform_statements import Origin, SourceClaim
from supplychain.models import Descent, Output, Transformation
from supplychain.queries.lot_lines import lot_lines
from supplychain.queries.profiles import known_profile


def origin_of(lot: LotKey, profile_id: str) -> Origin | None:
    """What is to be said at the birth of a lot that others were transformed into."""
    rows = list(Transformation.objects.filter(into_stream=stream_id(lot.stream)))
    if not rows:
        return None
    lines = lot_lines({row.stream_id for row in rows})
    ours, spent = known_profile(profile_id), spent_into(rows)
    sources = (
        SourceClaim(
            lines[row.stream_id].key,
            row.entry_id,
            row.makes,
            handed_down(spent[row.entry_id], known_profile(lines[row.stream_id].profile), ours),
        )
        for row in rows
    )
    return Origin(rows[0].operation, tuple(sorted(sources, key=lambda one: one.entry)))


def spent_into(rows: Collection[Transformation]) -> dict[str, Tally]:
    """What the goods used up of their stability budget that these entries made into others."""
    outputs = Output.objects.filter(
        stream_id__in={row.stream_id for row in rows},
        entry_id__in={row.entry_id for row in rows},
        n=0,
    )
    return {one.entry_id: Spent.parse(one.spent).tally for one in outputs}


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
