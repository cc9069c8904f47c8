"""The log's tree as the database keeps it: one row for each tile."""

from django.db import connection

from ledger.core.tiled_tree import Place, TiledTree


class StoredTree(TiledTree):
    """The stored tiles."""

    def __init__(self) -> None:
        super().__init__(read_tiles)


def read_tiles(places: list[Place]) -> dict[Place, bytes]:
    """Return the bytes of these tiles, as far as they are stored; one query."""
    levels, numbers = [level for level, _ in places], [number for _, number in places]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level, number, hashes FROM ledger_tile WHERE (level, number) IN"
            " (SELECT * FROM unnest(%s::smallint[], %s::bigint[]))",
            [levels, numbers],
        )
        return {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
