"""The patrol: an idle sequencer looks over what is logged, a tile at a time, round and round.

An audit recomputes everything and takes its time. The patrol only asks whether what stands under a
signed tile is still there and unchanged, so that an entry which somebody took out or rewrote is
found in minutes without anybody scanning it. Its alarms are those of an audit.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from ledger import alarms, audit_rows
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.merkle import leaf_hash
from ledger.core.tiled_tree import WIDTH, split
from ledger.recomputing import AuditFinding, StoredRow
from ledger.tiles import read_tiles


def patrol(number: int, *, at: datetime) -> int:
    """Look over one tile of leaves, raise an alarm for each thing that is wrong; return the next.

    After the last tile comes the first again.
    """
    hashes = split(read_tiles([(0, number)]).get((0, number), b""))
    for one in _findings(number * WIDTH, hashes):
        alarms.raise_alarm(
            code=one.code, about=one.about, message=one.message, at=at, stream=one.stream_id
        )
    return number + 1 if len(hashes) == WIDTH else 0


def _findings(start: int, hashes: list[bytes]) -> Iterator[AuditFinding]:
    rows = {row.index: row for row in audit_rows.leaves(start, start + len(hashes))}
    for index, signed in enumerate(hashes, start):
        row = rows.get(index)
        if row is None:
            message = f"There is no leaf {index}: an entry that was logged is gone."
            yield AuditFinding("LEAF_MISSING", f"index {index}", message, None)
        else:
            yield from _about_row(row, signed)


def _about_row(row: StoredRow, signed: bytes) -> Iterator[AuditFinding]:
    if row.leaf != signed:
        message = f"Leaf {row.index} is not the one in its tile."
        yield AuditFinding("TREE_CHANGED", f"tile 0/{(row.index or 0) // WIDTH}", message, None)
    elif row.entry_number is None:
        message = "The entry was accepted and is not there any more."
        yield _about_entry("ENTRY_MISSING", row, message)
    elif leaf_hash(row.jws) != signed:
        message = "The stored bytes are not those that were logged."
        yield _about_entry("ENTRY_CHANGED", row, message)
    elif _stream(row) != row.stream_id:
        message = "The entry stands in a stream that it was not signed for."
        yield _about_entry("COLUMNS_CHANGED", row, message)


def _about_entry(code: str, row: StoredRow, message: str) -> AuditFinding:
    text = f"{message} (entry {row.entry_id}, index {row.index})"
    return AuditFinding(code, row.entry_id, text, row.stream_id)


def _stream(row: StoredRow) -> UUID | None:
    try:
        return stream_id(Entry.parse(row.jws.decode("ascii", "replace")).statement.stream)
    except LedgerError:
        return None
