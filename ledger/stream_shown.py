"""What is read of a stream to show it: all of it, or what concerns some of its outputs."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger import stored
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError
from ledger.core.index import ALL, WHOLE
from ledger.core.links import OutputRef
from ledger.core.statement import Statement
from ledger.prepared import Planned
from ledger.stored import Contents, Tampering


@dataclass(frozen=True)
class StreamShown:
    """Entries of a stream, which of them no checkpoint covers yet, and what is odd.

    `outputs` are what was asked for; none where it was the whole stream.
    """

    contents: Contents
    pending: tuple[str, ...]
    signs: tuple[Tampering, ...]
    outputs: tuple[OutputRef, ...] = ()

    @cached_property
    def statements(self) -> list[Statement]:
        """What the entries say; what can not be read says nothing."""
        said = []
        for entry in self.contents.entries.values():
            try:
                said.append(entry.parse().statement)
            except LedgerError:
                continue
        return said

    @property
    def keys_within(self) -> set[str]:
        """The keys of the stream's own index by which nothing can have been left out."""
        if not self.outputs:
            return {ALL}
        used = {ref for statement in self.statements for ref in statement.consumes}
        return {WHOLE, *map(str, used.union(self.outputs))}


def whole(stream: str, size: int) -> StreamShown:
    """Read entries, and then their places: what moves on meanwhile is seen at least once."""
    identity = stream_id(stream)
    before, entries = stored.count(identity), stored.entries(identity)
    leaves, waiting = stored.places(identity)
    contents = Contents(entries, leaves)
    pending, signs = contents.unlogged(waiting, size)
    ids = {number: entry.entry_id for number, entry in entries.items()}
    after = stored.count(identity)
    gaps = stored.signs_of_gaps(ids, contents.leaves, before=before, after=after)
    return StreamShown(contents, tuple(pending), (*signs, *gaps))


def concerning(
    stream: str, outputs: Collection[OutputRef], wanted: Collection[str], size: int
) -> StreamShown:
    """Read what concerns these outputs, and nothing else of the stream.

    `wanted` are `entries_concerning` them, as the tables tell: what they do not tell is missed by
    whoever verifies.
    """
    identity = stream_id(stream)
    entries = stored.entries(identity, wanted)
    leaves, waiting = stored.places(identity, entries.keys())
    contents = Contents(entries, leaves)
    pending, signs = contents.unlogged(waiting, size)
    for one in sorted(set(wanted) - {entry.entry_id for entry in entries.values()}):
        message = "An entry that made or used up what this is about is not there any more."
        signs.append(Tampering("ENTRY_MISSING", message, one))
    return StreamShown(contents, tuple(pending), tuple(signs), tuple(sorted(outputs, key=str)))


# Here an output is used once, so that whoever else would use what an ancestor used is nobody.
_CLOSURE = Planned(
    """
WITH RECURSIVE asked (entry_id, output) AS (
    SELECT * FROM unnest(%(ids)s::text[], %(outputs)s::int[])
), found (entry_id) AS (
    SELECT entry_id FROM ledger_entry WHERE stream_id = %(stream)s AND about_whole
    UNION SELECT one.entry_id FROM asked JOIN ledger_entry one
        ON one.stream_id = %(stream)s AND one.entry_id = asked.entry_id
    UNION SELECT used_by FROM asked JOIN ledger_outputuse used ON used.stream_id = %(stream)s
        AND used.source_id = asked.entry_id AND used.output = asked.output
), closure (entry_id) AS (
    SELECT entry_id FROM found
    UNION SELECT used.source_id FROM closure JOIN ledger_outputuse used
        ON used.stream_id = %(stream)s AND used.used_by = closure.entry_id
) SELECT entry_id FROM closure
""",
)


def entries_concerning(stream: str, outputs: Collection[OutputRef]) -> set[str]:
    """The ids of the makers and users of outputs, of their ancestors, of words on the whole."""
    asked: dict[str, Any] = {
        "stream": str(stream_id(stream)),
        "ids": [ref.entry_id for ref in outputs],
        "outputs": [ref.n for ref in outputs],
    }
    return {entry_id for (entry_id,) in _CLOSURE.rows(asked)}
