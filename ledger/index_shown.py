"""What the newest index in the log says of some keys, out of the stored pages of its epoch.

The log says which index is the newest; a table only helps to find its pages. What does not lead to
the root that was signed is not shown, and said among the signs of tampering.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger import index_trees, stored
from ledger.core.countersignatures import countersigners
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError, Refused
from ledger.core.index import IndexRoot, KeyProof
from ledger.core.index_pages import IndexPages
from ledger.core.merkle import leaf_hash
from ledger.core.registry_acts import AUTHORITY
from ledger.core.statement import Statement
from ledger.index_trees import EPOCHS_KEPT, INDEX_ID
from ledger.models import IndexEpoch, IndexPage
from ledger.stored import Place, StoredEntry, Tampering


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


@dataclass(frozen=True)
class IndexProofs:
    """What an index says of some keys, and the index of the stream of some within it."""

    keys: tuple[KeyProof, ...] = ()
    within: tuple[KeyProof, ...] = ()
    signs: tuple[Tampering, ...] = ()


def signer_keys(entries: Iterable[StoredEntry]) -> set[str]:
    """The index keys of all who signed these entries, authorities apart."""
    signers = [one for one in entries if one.party != AUTHORITY]
    return {f"kid:{one.kid}" for one in signers} | {f"party:{one.party}" for one in signers}


def countersigner_keys(statements: Iterable[Statement]) -> set[str]:
    """The index keys of all who countersigned anything in these statements."""
    found = [one for said in statements for one in countersigners(said.body)]
    return {f"kid:{one.kid}" for one in found} | {f"party:{one.party}" for one in found}


def index_proofs(
    index: IndexRoot, keys: Collection[str], stream: str, within: Collection[str]
) -> IndexProofs:
    """What this index says of a stream and of further keys, and within the stream of these.

    Two queries, each one snapshot; an index of version 1 says nothing within a stream.
    """
    keys = {*keys, stream}
    shown, signs = _proven(index, index, index_trees.pages(index, keys), keys)
    leaf = {one.key: one for one in shown}.get(stream)
    if leaf is None or index.version == 1:
        return IndexProofs(shown, (), signs)
    own = index.of_stream(leaf.leaf_in(index))
    pages = index_trees.pages(own, within, stream_id(stream))
    inner, signs_within = _proven(index, own, pages, within)
    return IndexProofs(shown, inner, signs + signs_within)


def _proven(
    epoch: IndexRoot, tree: IndexRoot, pages: IndexPages, keys: Collection[str]
) -> tuple[tuple[KeyProof, ...], tuple[Tampering, ...]]:
    """Prove these keys in a tree of an epoch; up to where its pages are damaged, if they are."""
    proofs: list[KeyProof] = []
    for key in sorted(keys):
        try:
            proof = pages.proof(key)
            proof.leaf_in(tree)
        except LedgerError as fault:
            if _has_gone(epoch):
                return (), ()
            message = f"The index over {epoch.size} entries is damaged: {fault.message}"
            return tuple(proofs), (_damaged(message),)
        proofs.append(proof)
    return tuple(proofs), ()


def _has_gone(index: IndexRoot) -> bool:
    """Whether so many newer ones are there that its pages are kept no more.

    That happens where an older checkpoint is shown because the policy asks for new witnesses.
    """
    newer = IndexEpoch.objects.filter(size__gt=index.size)[:EPOCHS_KEPT].count()
    return (
        newer == EPOCHS_KEPT
        and not IndexPage.objects.filter(stream_id=INDEX_ID, size=index.size).exists()
    )


def _damaged(message: str) -> Tampering:
    return Tampering("INDEX_DAMAGED", message)
