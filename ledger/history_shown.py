"""Which earlier states of the log evidence shows, with their proofs out of the tiles.

What a signer has seen of the log is in his entry. That the log which is shown now has grown from it
is what keeps an operator from telling two histories to two camps. What witnesses first cosigned
over an entry tells by when it was there.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from ledger.core.evidence import Earlier
from ledger.core.merkle import consistency_proof, tree_root
from ledger.core.tiled_tree import Place, TiledTree, TreeDamagedError, edge_tiles, path_tiles

_NOBODY: Mapping[int, tuple[str, ...]] = MappingProxyType({})


def history(
    tree: TiledTree,
    sizes: Collection[int],
    size: int,
    cosigned: Mapping[int, tuple[str, ...]] = _NOBODY,
) -> tuple[Earlier, ...]:
    """Return the states of these sizes as the past of the log of `size` entries.

    `cosigned` are the lines of witnesses over them, by their sizes. A state
    whose tiles are damaged is left out, and verification will miss it.
    """
    wanted = sorted(one for one in set(sizes) if 0 < one < size)
    tree.prefetch([place for one in wanted for place in _tiles(one, size)])
    states = (_state(tree, one, size, cosigned.get(one, ())) for one in wanted)
    return tuple(state for state in states if state is not None)


def _tiles(old: int, size: int) -> list[Place]:
    """Name the tiles that a state and its proof are read from: those on both sides of its edge."""
    return [*edge_tiles(old), *path_tiles(old - 1, size), *path_tiles(old, size)]


def _state(tree: TiledTree, old: int, size: int, lines: tuple[str, ...]) -> Earlier | None:
    try:
        proof = tuple(consistency_proof(old, size, tree))
        return Earlier(old, tree_root(old, tree), proof, lines)
    except TreeDamagedError:
        return None
