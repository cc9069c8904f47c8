"""Defects of what evidence is about and of the index that counts it: steps 17 and 18."""

from dataclasses import replace
from typing import Any

from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR, IndexLeaf, IndexRoot, key_hash
from tests.vectors.stories import MAKERS, WHOLESALERS, good, joined, story
from tests.vectors.world import (
    LOT,
    MAKER,
    OTHER_LOT,
    World,
    a_key,
    without_item,
)


def another_subject() -> Evidence:
    evidence = good()
    return replace(evidence, subject=OTHER_LOT, items=evidence.items[:6])


def no_items() -> Evidence:
    return replace(good(), items=())


def _indexed(world: World | None = None) -> World:
    """A story with an index over all of it (index 15), among three parties and the operator."""
    world = world or story()
    world.join(OPERATOR)
    world.index()
    return world


def complete() -> Evidence:
    return _indexed().evidence()


def complete_of_nothing() -> Evidence:
    """No lot of this name was ever registered, and the index says so."""
    return _indexed().evidence("lot:09506000134352/NEVER")


def recalled_after_the_index() -> Evidence:
    world = _indexed()
    world.say(MAKERS, "recall.issue")
    return world.evidence()


def recall_left_out() -> Evidence:
    """The lot was recalled before the index was made, and the operator does not show it."""
    world = story()
    world.say(MAKERS, "recall.issue")
    evidence = _indexed(world).evidence()
    recall = next(n for n, item in enumerate(evidence.items) if item.index == 12)
    return without_item(evidence, recall)


def revocation_left_out() -> Evidence:
    world = story()
    world.revoke(WHOLESALERS)
    evidence = _indexed(world).evidence()
    revocation = next(n for n, item in enumerate(evidence.items) if item.index == 12)
    return without_item(evidence, revocation)


def index_of_other_entries() -> Evidence:
    """As many entries as the index counts, but one of them is not the one that it chains."""
    world = story()
    world.lies[LOT] = IndexLeaf(key_hash(LOT), 4, 10, bytes(32))
    return _indexed(world).evidence()


def index_key_not_shown() -> Evidence:
    """The lot's own leaf is not shown: nothing is proven of it."""
    evidence = complete()
    return replace(evidence, index=tuple(one for one in evidence.index if one.key != LOT))


def index_leaf_of_another_key() -> Evidence:
    """The maker's leaf, shown as the lot's."""
    evidence = complete()
    (makers,) = (one for one in evidence.index if one.key == f"party:{MAKER}")
    others = tuple(one for one in evidence.index if one.key != LOT)
    return replace(evidence, index=(*others, replace(makers, key=LOT)))


def index_leaf_with_another_proof() -> Evidence:
    evidence = complete()
    first, *rest = evidence.index
    placed = replace(first.leaves[0], proof=first.leaves[0].proof[::-1])
    return replace(evidence, index=(replace(first, leaves=(placed,)), *rest))


def _index_with(**changes: Any) -> Evidence:
    world = story()
    world.join(OPERATOR)
    body = IndexRoot(world.size, 1, bytes(32), version=1).as_body()
    world.say(a_key(OPERATOR), "index.root", stream="index", body={**body, **changes})
    world.indexed = world.size - 1
    return replace(world.evidence(), index=())


def index_without_a_root() -> Evidence:
    return _index_with(root="none")


def index_over_the_future() -> Evidence:
    return _index_with(size=99)


def index_by_a_party() -> Evidence:
    world = story()
    body = IndexRoot(world.size, 1, bytes(32), version=1).as_body()
    world.say(MAKERS, "index.root", stream="index", body=body)
    world.indexed = world.size - 1
    return replace(world.evidence(), index=())


def operator_ships() -> Evidence:
    """The operator may sign the index, and not a word about a lot."""
    world = joined()
    world.join(OPERATOR)
    world.say(a_key(OPERATOR), "lot.register", creates=1)
    return world.evidence()
