"""An audit's own index: the log replayed, and each root that was signed held against it.

A replay takes the heads of all keys into memory (some 300 bytes a key) and starts at the first
entry, so it is done in one go. Roots are computed at the sizes that are asked for: each costs a
sort and a hash of all keys, so by rule only the newest one; an older one that lied was replaced
since, and is found when all are asked for.
"""

from collections.abc import Iterator

from ledger import audit_rows, index_rows
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.index import IndexLeaf, IndexRoot, grown, key_hash
from ledger.core.index_pages import PageWriter
from ledger.core.tiled_tree import WIDTH
from ledger.index_rows import CHUNK, INDEX_ID
from ledger.recomputing import AuditFinding


class IndexWalk:
    """Replays the log once; `every` asks for all roots, not only for the newest."""

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._heads: dict[bytes, IndexLeaf] = {}
        self._size = 0

    def follow(self) -> Iterator[AuditFinding]:
        """Give what is wrong with the roots, and with the heads that the next is built from."""
        newest_first = audit_rows.entries_of(INDEX_ID, None if self._every else 1)
        try:
            for index, entry_id, jws in reversed(newest_first):
                yield from self._check(index, entry_id, jws)
            if (taken := index_rows.taken()) >= self._size:  # below it they are being counted again
                self._replay(taken)
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
        self._replay(signed.size)
        if signed != (found := self._root()):
            keys = f"{signed.keys} keys were signed and {found.keys} there are"
            message = f"The index over {signed.size} entries is not the one that they give: {keys}."
            yield self._wrong(entry_id, message)

    def _wrong(self, entry_id: str, message: str) -> AuditFinding:
        return AuditFinding("INDEX_WRONG", entry_id, f"{message} (entry {entry_id})", INDEX_ID)

    def _replay(self, size: int) -> None:
        while self._size < size:
            end = min(size, self._size + CHUNK)
            for index, logged, keys in index_rows.keyed_between(self._size, end):
                for key in keys:
                    name = key_hash(key)
                    self._heads[name] = grown(self._heads.get(name), key, index, logged)
            self._size = end

    def _root(self) -> IndexRoot:
        writer = PageWriter()
        keys = sorted(self._heads)
        for start in range(0, len(keys), WIDTH):
            writer.add([self._heads[key].as_bytes() for key in keys[start : start + WIDTH]])
        return IndexRoot(self._size, writer.keys, writer.root(), version=1)

    def _compare_heads(self) -> Iterator[AuditFinding]:
        expected = (self._heads[key].as_bytes() for key in sorted(self._heads))
        stored = (leaf for pages in index_rows.heads() for page in pages for leaf in page)
        if any(one != next(expected, None) for one in stored) or next(expected, None) is not None:
            message = f"The heads that count the first {self._size} entries are not what they give."
            yield AuditFinding("INDEX_WRONG", "heads", message)
