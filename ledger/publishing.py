"""Puts what the log serves into a store, so that a web server or a CDN may serve it.

Tiles first, then the checkpoint: whoever reads a checkpoint finds every tile that it needs. Each
step may be cut off and done again. A published checkpoint only moves to one that continues it:
when it does not, the database is not the one that was published from, and an alarm is raised.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from ledger import alarms, log_resources, proofs, signers
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.errors import Malformed, Refused
from ledger.core.merkle import tree_root
from ledger.core.signatures import OPENSSL
from ledger.core.tile_paths import CHECKPOINT, VKEY, filled_tiles, new_bundles, new_tiles
from ledger.core.tiled_tree import TreeDamagedError, edge_tiles
from ledger.folder_store import FolderStore
from ledger.object_store import ObjectStore
from ledger.s3_signature import Credentials
from ledger.s3_store import S3Store
from ledger.tiles import StoredTree


class PublishingRefused(Refused):
    """What was published and what is stored are not one log. An alarm about it stands."""


def open_store(clock: Callable[[], datetime]) -> ObjectStore | None:
    """The store of this installation (`settings.TILES_STORE`); None where there is none.

    Raises Malformed STORE_UNKNOWN.
    """
    kind, _, where = settings.TILES_STORE.partition(":")
    bucket, _, prefix = where.removeprefix("//").partition("/")
    if kind == "folder" and where.startswith("/"):
        return FolderStore(Path(where))
    if kind == "s3" and bucket:
        return S3Store(
            endpoint=settings.S3_ENDPOINT,
            bucket=bucket,
            prefix=prefix,
            credentials=Credentials(*settings.S3_KEY, settings.S3_REGION),
            clock=clock,
        )
    if not settings.TILES_STORE:
        return None
    expected = "folder:/path or s3://bucket/prefix"
    raise Malformed("STORE_UNKNOWN", f"TILES_STORE is {settings.TILES_STORE!r}: not {expected}.")


def publish(store: ObjectStore, *, at: datetime, again: bool = False) -> int:
    """Bring the store up to the newest checkpoint; return the size that is published now.

    `again` puts every tile in again, also those that should be there. Raises `PublishingRefused`,
    `Conflict` (another publisher, or a tile that somebody changed) and `StoreFailed`.
    """
    standing = store.get(CHECKPOINT)
    latest = proofs.latest_checkpoint()
    size = latest.size if latest else 0
    published = _continued(standing, size, at)
    if latest is None:
        return 0
    note = proofs.published_note(latest).encode()
    if note == standing and not again:
        return size
    _add(store, 0 if again else published, size)
    for tile in filled_tiles(published, size):
        store.drop(tile.partials)
    store.swap(CHECKPOINT, expected=standing, content=note)
    return size


def _add(store: ObjectStore, old: int, new: int) -> None:
    """Add what the tree has at the size `new` and had not at the size `old`."""
    store.add(VKEY, log_resources.vkey())
    for path in new_tiles(old, new):
        store.add(str(path), log_resources.tile(path))
    if settings.LOG_ENTRIES_OPEN:
        for path in new_bundles(old, new):
            store.add(str(path), log_resources.tile(path))


def _continued(standing: bytes | None, size: int, at: datetime) -> int:
    """Return the size that is published, once the stored tree is known to continue it."""
    if standing is None:
        return 0
    checkpoint = open_checkpoint(standing.decode(), signers.policy().log, OPENSSL)
    if checkpoint.size > size:
        message = f"Size {checkpoint.size} was published; the newest checkpoint is of size {size}."
        raise _refused("PUBLISHED_AHEAD", message, at)
    if _root(checkpoint) != checkpoint.root:
        message = f"The stored tree is not the one that was published at size {checkpoint.size}."
        raise _refused("PUBLISHED_FORKED", message, at)
    return checkpoint.size


def _root(checkpoint: Checkpoint) -> bytes | None:
    tree = StoredTree()
    tree.prefetch(edge_tiles(checkpoint.size))
    try:
        return tree_root(checkpoint.size, tree)
    except TreeDamagedError:
        return None


def _refused(code: str, message: str, at: datetime) -> PublishingRefused:
    alarms.raise_alarm(code=code, about="", message=message, at=at)
    return PublishingRefused(code, message)
