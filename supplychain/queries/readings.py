"""Stored temperature readings, as they are: whoever uses them compares them with a signed root."""

from collections.abc import Collection

from ledger.core.entry import stream_id
from supplychain.domain.conditions import Reading, ReadingsFault, unpack
from supplychain.domain.lots import LotKey
from supplychain.models import SeriesChunk


def readings_of(lot: LotKey, roots: Collection[str]) -> dict[str, tuple[Reading, ...]]:
    """The readings kept under these roots (hex), in one query.

    A root of which nothing is kept, or whose rows are damaged, is left out.
    """
    chunks: dict[str, list[bytes]] = {root: [] for root in roots}
    rows = SeriesChunk.objects.filter(stream_id=stream_id(lot.stream), root__in=roots)
    for row in rows.order_by("root", "chunk"):
        chunks[row.root].append(bytes(row.packed))
    found = {root: _readings(packed) for root, packed in chunks.items()}
    return {root: readings for root, readings in found.items() if readings}


def _readings(packed: list[bytes]) -> tuple[Reading, ...]:
    try:
        return tuple(reading for chunk in packed for reading in unpack(chunk))
    except ReadingsFault:
        return ()
