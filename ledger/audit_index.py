"""An audit's own index: the log replayed, and each root that was signed held against it.

A replay takes all leaves into memory (some 300 bytes for each key and each used output) and starts
at the first entry, so it is done in one go; where roots of both versions are asked for, in two.
Roots are computed at the sizes that are asked for: each costs a sort and a hash of all keys, so by
rule only the newest one; an older one that lied was replaced since, and is found when all are asked
for.
"""

from collections.abc import Iterator

from ledger import audit_rows, index_rows
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.index import VERSION, IndexLeaf, IndexRoot
from ledger.core.index_count import IndexCount
from ledger.core.merkle import root
from ledger.index_rows import CHUNK
from ledger.index_trees import INDEX_ID
from ledger.recomputing import AuditFinding


class _Replay:
    """The log counted again, as far as it was asked for, for an index of one version."""

    def __init__(self, version: int) -> None:
        self.size = 0
        self._count = IndexCount(version)

    def follow(self, size: int) -> list[IndexLeaf]:
        """Go on to this size; return the leaves that the index has there."""
        while self.size < size:
            end = min(size, self.size + CHUNK)
            for one in index_rows.keyed_between(self.size, end, self._count.version):
                self._count.add(*one)
            self.size = end
        return self._count.leaves()


class IndexWalk:
    """Replays the log; `every` asks for all roots, not only for the newest."""

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._size = 0
        self._replays = {version: _Replay(version) for version in range(1, VERSION + 1)}

    def follow(self) -> Iterator[AuditFinding]:
        """Give what is wrong with the roots, and with the heads that the next is built from."""
        newest_first = audit_rows.entries_of(INDEX_ID, None if self._every else 1)
        try:
            for index, entry_id, jws in reversed(newest_first):
                yield from self._check(index, entry_id, jws)
            yield from self._compare_heads()
        except index_rows.NotIndexable as fault:
            yield AuditFinding(fault.code, "index", fault.message)

    def _check(self, index: int, entry_id: str, jws: bytes) -> Iterator[AuditFinding]:
        """Hold one root against the log below it; that its bytes were changed, streams tell."""
        try:
            entry = Entry.parse(jws.decode("ascii", "replace"))
        except LedgerError:
            return
        try:
            signed = IndexRoot.read(entry.statement)
        except LedgerError as fault:
            yield self._wrong(entry_id, fault.message)
            return
        if not self._size <= signed.size <= index:
            message = f"An index over {signed.size} entries does not belong at index {index}."
            yield self._wrong(entry_id, message)
            return
        self._size = signed.size
        leaves = self._replays[signed.version].follow(signed.size)
        if (signed.keys, signed.root) != (len(leaves), root(leaf.hash for leaf in leaves)):
            message = f"The index over {signed.size} entries is not the one that they give: {{}}."
            keys = f"{signed.keys} keys were signed and {len(leaves)} there are"
            yield self._wrong(entry_id, message.format(keys))

    def _wrong(self, entry_id: str, message: str) -> AuditFinding:
        return AuditFinding("INDEX_WRONG", entry_id, f"{message} (entry {entry_id})", INDEX_ID)

    def _compare_heads(self) -> Iterator[AuditFinding]:
        """Hold the heads against the log, unless they are being counted again."""
        replay, taken = self._replays[VERSION], index_rows.taken()
        if taken < replay.size:
            return
        expected = (leaf.as_bytes() for leaf in replay.follow(taken))
        stored = (leaf for pages in index_rows.heads() for page in pages for leaf in page)
        if any(one != next(expected, None) for one in stored) or next(expected, None) is not None:
            message = f"The heads that count the first {taken} entries are not what they give."
            yield AuditFinding("INDEX_WRONG", "heads", message)
