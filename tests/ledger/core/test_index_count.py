"""An index in memory: the streams' own indexes, and what is proven in them."""

from ledger.core.index import ALL, WHOLE, IndexRoot, grown, key_hash, keys_within
from ledger.core.index_count import Counted, IndexCount, IndexTree, counted
from ledger.core.merkle import leaf_hash
from tests.vectors.world import LOT, MAKER, World, output


def told() -> World:
    """A lot of two entries (2 and 3), a word about it (4), a registry entry of no form (5)."""
    world = World(version=2)
    maker = world.join(MAKER)
    made = world.say(maker, "lot.register", creates=2)
    world.say(maker, "custody.ship", consumes=(output(made), output(made, 1)), creates=1)
    world.say(maker, "recall.issue")
    world.register("registry.party.promote", {})
    return world


WORLD = told()
ENTRIES = WORLD.entries()
MADE, SHIPPED, RECALLED = ENTRIES[2:5]
USED = [str(output(MADE, n)) for n in (0, 1)]


def count(version: int = 2) -> IndexCount:
    found = IndexCount(version)
    for index, entry in enumerate(ENTRIES):
        logged = leaf_hash(entry.envelope.jws.encode())
        found.add(index, logged, counted(entry, version))
    return found


def test_an_entry_counts_under_what_it_uses_or_as_a_word_about_the_whole() -> None:
    assert keys_within(MADE.statement.consumes) == (ALL, WHOLE)
    assert keys_within(SHIPPED.statement.consumes) == (ALL, *USED)


def test_an_entry_of_a_stream_counts_in_the_index_of_the_stream() -> None:
    assert counted(SHIPPED) == Counted((), LOT, (ALL, *USED))
    assert counted(SHIPPED, 1) == Counted((LOT,))


def test_an_entry_of_the_registry_counts_as_it_always_did() -> None:
    assert counted(ENTRIES[0]) == counted(ENTRIES[0], 1) == Counted((f"party:{MAKER}",))
    assert counted(ENTRIES[5]) == Counted()


def test_a_stream_that_is_named_as_keys_are_has_no_index_of_its_own() -> None:
    world = World()
    key = world.join(MAKER)
    for name in (f"kid:{key.kid}", f"party:{MAKER}", "registry-not"):
        entry = world.say(key, "thing.said", stream=name)
        assert bool(counted(entry).stream) is (name == "registry-not")


def test_the_leaf_of_a_stream_is_the_root_of_its_own_index() -> None:
    leaves = {leaf.key: leaf for leaf in count().leaves()}
    within = IndexTree(count().within(LOT))
    lot = leaves[key_hash(LOT)]
    assert (lot.count, lot.last, lot.head) == (4, 4, within.root)
    assert within.keys == 4


def test_a_stream_of_which_nothing_is_known_has_an_empty_index() -> None:
    assert count().within("lot:1/NONE") == []
    root = IndexRoot(6, 3, bytes(32)).of_stream(None)
    assert (root.size, root.keys, root.version) == (6, 0, 2)
    assert IndexTree([]).root == root.root


def test_leaves_are_told_anew_after_each_entry() -> None:
    found, leaves = IndexCount(), set()
    for index, entry in enumerate(ENTRIES):
        found.add(index, leaf_hash(entry.envelope.jws.encode()), counted(entry))
        leaves.add(tuple(found.leaves()))
    assert len(leaves) == 5  # the last entry counts under nothing


def test_version_1_chains_the_entries_of_a_stream() -> None:
    leaf = None
    for index, entry in ((2, MADE), (3, SHIPPED), (4, RECALLED)):
        leaf = grown(leaf, LOT, index, leaf_hash(entry.envelope.jws.encode()))
    assert leaf in count(1).leaves()


def test_each_key_within_is_proven_present_or_absent() -> None:
    (lot,) = (leaf for leaf in count().leaves() if leaf.key == key_hash(LOT))
    root = IndexRoot(6, 99, bytes(32)).of_stream(lot)
    tree = IndexTree(count().within(LOT))
    for key in (ALL, WHOLE, *USED):
        leaf = tree.proof(key).leaf_in(root)
        assert leaf is not None
        assert leaf.count == {ALL: 3, WHOLE: 2}.get(key, 1)
    assert tree.proof(str(output(SHIPPED))).leaf_in(root) is None
