"""What the newest index in the log says of some keys, out of the stored pages of its epoch.

The log says which index is the newest; a table only helps to find its pages. What does not lead to
the root that was signed is not shown, and said among the signs of tampering.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ledger import stored
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError, Refused
from ledger.core.index import STREAM, IndexRoot, KeyProof, key_hash
from ledger.core.index_pages import IndexPages
from ledger.core.merkle import leaf_hash
from ledger.core.registry_acts import AUTHORITY
from ledger.index_rows import EPOCHS_KEPT
from ledger.models import IndexEpoch, IndexPage
from ledger.stored import Place, StoredEntry, Tampering

INDEX_ID = stream_id(STREAM)


@dataclass(frozen=True)
class ShownIndex:
    """An ``index.root`` entry that a checkpoint covers, where it is, and what it says."""

    entry: StoredEntry
    place: Place
    root: IndexRoot


def newest_epoch() -> tuple[int, int, datetime] | None:
    """How many entries the newest index is over, how many keys it has, and when it was made."""
    return IndexEpoch.objects.values_list("size", "keys", "at").first()


def newest_index(size: int) -> tuple[ShownIndex | None, list[Tampering]]:
    """The newest index that a checkpoint of this size covers; none before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, entry_id, hash FROM ledger_leaf WHERE stream_id = %s AND index < %s"
            " ORDER BY number DESC LIMIT 1",
            [INDEX_ID, size],
        )
        row = cursor.fetchone()
    if row is None:
        return None, []
    place = Place(row[0], row[1], bytes(row[2]))
    entry = next(iter(stored.entries(INDEX_ID, [place.entry_id]).values()), None)
    try:
        return _read(entry, place), []
    except LedgerError as fault:
        return None, [_damaged(f"The newest index can not be read: {fault.message}")]


def _read(entry: StoredEntry | None, place: Place) -> ShownIndex:
    if entry is None or leaf_hash(entry.jws) != place.hash:
        raise Refused("INDEX_DAMAGED", f"the entry at index {place.index} is not there.")
    return ShownIndex(entry, place, IndexRoot.read(entry.parse().statement))


def wanted_keys(stream: str, entries: Iterable[StoredEntry]) -> set[str]:
    """The index keys of a stream and of all who signed these entries, authorities apart."""
    signers = [one for one in entries if one.party != AUTHORITY]
    return {
        stream,
        *(f"kid:{one.kid}" for one in signers),
        *(f"party:{one.party}" for one in signers),
    }


def key_proofs(
    index: IndexRoot, keys: Collection[str]
) -> tuple[tuple[KeyProof, ...], list[Tampering]]:
    """What this index says of these keys; one query, one snapshot."""
    pages = _pages(index, keys)
    proofs: list[KeyProof] = []
    for key in sorted(keys):
        try:
            proof = pages.proof(key)
            proof.leaf_in(index)
        except LedgerError as fault:
            if _has_gone(index):
                return (), []
            message = f"The index over {index.size} entries is damaged: {fault.message}"
            return tuple(proofs), [_damaged(message)]
        proofs.append(proof)
    return tuple(proofs), []


# Of each key the page where it stands or would stand; the next one too where it would stand beyond
# the page's end; the last page and the last tiles, which are the right edge of the tree.
_PAGES = """
WITH around AS (
    SELECT DISTINCT coalesce(page.number, 0) AS number, page.last < one.key AS beyond
        FROM unnest(%(keys)s::bytea[]) AS one (key) LEFT JOIN LATERAL (
            SELECT number, substring(leaves FROM length(leaves) - 79 FOR 32) AS last
                FROM ledger_indexpage WHERE size = %(size)s AND first_key <= one.key
                ORDER BY first_key DESC LIMIT 1) AS page ON true
), wanted AS (
    SELECT number FROM around UNION SELECT number + 1 FROM around WHERE beyond
    UNION SELECT max(number) FROM ledger_indexpage WHERE size = %(size)s
)
SELECT 0, number, leaves, twigs FROM ledger_indexpage WHERE size = %(size)s
    AND number IN (SELECT number FROM wanted)
UNION ALL SELECT level, number, hashes, ''::bytea FROM ledger_indextile AS tile
    WHERE size = %(size)s AND (
        number IN (SELECT number >> (8 * tile.level) FROM wanted)
        OR number = (SELECT max(number) FROM ledger_indextile WHERE size = %(size)s
            AND level = tile.level))
"""


def _pages(index: IndexRoot, keys: Collection[str]) -> IndexPages:
    asked: dict[str, Any] = {"keys": [key_hash(key) for key in keys], "size": index.size}
    with connection.cursor() as cursor:
        cursor.execute(_PAGES, asked)
        rows = cursor.fetchall()
    pages = {row[1]: (bytes(row[2]), bytes(row[3])) for row in rows if not row[0]}
    tiles = {(row[0], row[1]): bytes(row[2]) for row in rows if row[0]}
    return IndexPages(index.keys, pages, tiles)


def _has_gone(index: IndexRoot) -> bool:
    """Whether so many newer ones are there that its pages are kept no more.

    That happens where an older checkpoint is shown because the policy asks for new witnesses.
    """
    newer = IndexEpoch.objects.filter(size__gt=index.size)[:EPOCHS_KEPT].count()
    return newer == EPOCHS_KEPT and not IndexPage.objects.filter(size=index.size).exists()


def _damaged(message: str) -> Tampering:
    return Tampering("INDEX_DAMAGED", message)
