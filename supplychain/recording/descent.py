"""What other lots say, where a lot is made of them or others are made of it.

Their entries are durable and never undone, so that no lock on them is needed.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from ledger.core.entry import stream_id
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Source
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.recalls import Flags, Hold, Recall
from supplychain.domain.transform_statements import Into
from supplychain.models import Descent, Flag, Lot, Transformation
from supplychain.queries.descent import spent_into
from supplychain.queries.lot_lines import lot_lines
from supplychain.queries.profiles import known_profile


def sources_of(stream: UUID) -> Mapping[str, Source]:
    """All entries of other lots that make units of this one."""
    rows = list(Transformation.objects.filter(into_stream=stream))
    lots = {lot.stream_id: lot for lot in Lot.objects.filter(stream_id__in=_streams(rows))}
    keys = {one: line.key for one, line in lot_lines(_streams(rows)).items()}
    spent = spent_into(rows)
    return {
        row.entry_id: Source(
            key=keys[row.stream_id],
            operation=row.operation,
            maker=Gln(row.by),
            makes=row.makes,
            expiry=Expiry(lots[row.stream_id].expiry, lots[row.stream_id].expiry_zone),
            spent=spent[row.entry_id],
            profile=known_profile(lots[row.stream_id].profile),
        )
        for row in rows
    }


def born_of(into: Iterable[Into]) -> frozenset[LotKey]:
    """Those of these lots that are registered already."""
    streams = {stream_id(one.key.stream): one.key for one in into}
    known = Lot.objects.filter(stream_id__in=list(streams)).values_list("stream_id", flat=True)
    return frozenset(streams[one] for one in known)


def inherited(stream: UUID, sources: Iterable[Source] = ()) -> Flags:
    """What stands against the lots that this one was made of, or is about to be."""
    direct = {stream_id(one.key.stream) for one in sources}
    rows = Descent.objects.filter(stream_id__in={stream, *direct})
    ancestors = direct.union(rows.values_list("ancestor", flat=True))
    return _flags(Flag.objects.filter(stream_id__in=ancestors, lifted_by__isnull=True))


def _flags(rows: Iterable[Flag]) -> Flags:
    flags = Flags()
    for row in rows:
        if row.kind == "recall":
            recall_class = RecallClass(row.recall_class)
            flags = flags.recalled(
                Recall(row.entry_id, Gln(row.by), recall_class, row.reason, row.at)
            )
        else:
            flags = flags.held(Hold(row.entry_id, Gln(row.by), row.reason, row.at))
    return flags


def _streams(rows: Collection[Transformation]) -> set[UUID]:
    return {row.stream_id for row in rows}
