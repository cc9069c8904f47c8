"""What the log serves (C2SP tlog-tiles), out of the database.

Nothing is served that no signed checkpoint covers. What is served is what is stored: whoever asks
holds it against the checkpoint.
"""

import re

from django.db import connection

from ledger import proofs, signers
from ledger.core.entry_bundles import encode_bundle
from ledger.core.errors import Refused
from ledger.core.merkle import HASH_BYTES, inclusion_proof
from ledger.core.tile_paths import TilePath
from ledger.core.tiled_tree import TreeDamagedError
from ledger.core.tlog_proof import TlogProof
from ledger.tiles import StoredTree, read_tiles

_ENTRY_ID = re.compile("[0-9a-f]{64}")
_ENTRIES = """
SELECT e.jws FROM ledger_leaf l
    JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.number = l.number
        AND e.entry_id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""


def checkpoint() -> bytes:
    """The note of the newest checkpoint; raises `Refused` NOT_COVERED before the first."""
    latest = proofs.latest_checkpoint()
    if latest is None:
        raise Refused("NOT_COVERED", "No checkpoint was signed yet.")
    return proofs.published_note(latest).encode()


def vkey() -> bytes:
    """The log's public key in one line; raises `KeysMissing`."""
    return f"{signers.policy().log}\n".encode()


def tile(path: TilePath) -> bytes:
    """The hashes of a tile, or the bundle of its entries.

    Raises `Refused` NOT_COVERED, and `TreeDamagedError` when less is stored than was signed.
    A partial tile is served for ever, also when the tile has become full.
    """
    latest = proofs.latest_checkpoint()
    if latest is None or not path.is_in_tree(latest.size):
        raise Refused("NOT_COVERED", f"No checkpoint covers {path}.")
    return _bundle(path) if path.entries else _hashes(path)


def proof_of(entry_id: str) -> TlogProof:
    """The proof that an entry is in the log; raises `Refused` NOT_COVERED, `TreeDamagedError`."""
    known = _ENTRY_ID.fullmatch(entry_id) is not None
    index = proofs.position_of([entry_id]).get(entry_id) if known else None
    latest = proofs.shown_checkpoint()
    if latest is None or index is None:
        raise Refused("NOT_COVERED", f"No checkpoint covers an entry {entry_id!a:.80}.")
    path = inclusion_proof(index, latest.size, StoredTree())
    return TlogProof(index, tuple(path), proofs.published_note(latest))


def _hashes(path: TilePath) -> bytes:
    hashes = read_tiles([path.place]).get(path.place, b"")[: path.width * HASH_BYTES]
    if len(hashes) != path.width * HASH_BYTES:
        raise _damaged(path)
    return hashes


def _bundle(path: TilePath) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [path.start, path.end])
        entries = [bytes(jws) for (jws,) in cursor.fetchall()]
    if len(entries) != path.width:
        raise _damaged(path)
    return encode_bundle(entries)


def _damaged(path: TilePath) -> TreeDamagedError:
    return TreeDamagedError("TREE_DAMAGED", f"Something is missing under {path}.")
