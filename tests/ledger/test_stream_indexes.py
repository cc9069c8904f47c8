"""The index that each stream has: how it is kept, and how an older installation comes by it."""

import pytest
from django.db import connection

from ledger import index_rows, indexing
from ledger.core.entry import stream_id
from ledger.core.index import IndexRoot
from ledger.core.index_count import IndexCount
from ledger.core.index_pages import PageWriter
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.index_trees import INDEX_ID, TreeWriter
from ledger.models import IndexEpoch, IndexHead, IndexPage, IndexTile, Leaf
from ledger.proofs import evidence_of, evidence_of_outputs
from ledger.signers import policy
from tests.ledger.test_indexing import audit_all, checked, lie, signs
from tests.ledger.world import LOT, OTHER, World, found


def versions(stream: str) -> set[int]:
    rows = IndexPage.objects.filter(stream_id=stream_id(stream))
    return set(rows.values_list("size", flat=True))


def test_a_streams_own_index_is_kept_as_long_as_an_epoch_needs_it(indexed: World) -> None:
    """The lot grows with each epoch, the other one never: its only version stays."""
    sizes = [7]
    for _ in range(4):
        indexed.log_all(indexed.entry())
        root = indexed.index()
        assert root is not None
        sizes.append(root.size)
    assert versions(LOT) == set(sizes[-3:])
    assert versions(OTHER) == {7}
    assert checked(indexed).complete_to == checked(indexed, OTHER).complete_to == sizes[-1]
    assert checked(indexed, OTHER).valid


def test_what_was_taken_in_between_two_epochs_leaves_no_version(indexed: World) -> None:
    for _ in range(3):
        indexed.log_all(indexed.entry())
        indexing.take_in()
    assert versions(LOT) == {7, 11}
    indexed.index()
    assert versions(LOT) == {7, 11}
    assert checked(indexed).complete_to == 11


def test_counting_again_gives_each_stream_the_same_index_once(indexed: World) -> None:
    indexed.log_all(indexed.entry())
    indexed.index()
    before = {one.key: bytes(one.head) for one in IndexHead.objects.all()}
    indexing.start_again()
    while indexing.take_in():
        pass
    assert {one.key: bytes(one.head) for one in IndexHead.objects.all()} == before
    assert versions(LOT) == {7, 9, 10}  # of both epochs, and the one to go on from
    assert checked(indexed).complete_to == 9


def test_a_stream_of_many_uses_has_pages_and_tiles_of_its_own(indexed: World) -> None:
    made = indexed.entry(creates=600)
    refs = [OutputRef(made.entry_id, n) for n in range(600)]
    uses = [indexed.entry(consumes=refs[at : at + 200][:199]) for at in (0, 200, 400)]
    indexed.log_all(made, *uses)
    root = indexed.index()
    assert root is not None
    pages = IndexPage.objects.filter(stream_id=stream_id(LOT), size=root.size)
    assert [len(bytes(page.leaves)) // 80 for page in pages.order_by("number")] == [256, 256, 88]
    assert IndexTile.objects.filter(stream_id=stream_id(LOT), size=root.size).count() == 1
    for ref in (refs[0], refs[598], refs[599], OutputRef(uses[1].entry_id, 0)):
        evidence = evidence_of_outputs(LOT, [ref]).evidence
        assert evidence is not None
        found = verify(evidence, policy(), indexed.now, OPENSSL)
        assert (found.valid, found.complete_to) == (True, root.size)


# --- an installation that has an index of version 1 --------------------------------------------


def sign_first_version(world: World) -> IndexRoot:
    """Sign an index as it was before streams had their own, with its pages; then log it."""
    count, size = IndexCount(1), Leaf.objects.count()
    for one in index_rows.keyed_between(0, size, 1):
        count.add(*one)
    leaves = [leaf.as_bytes() for leaf in count.leaves()]
    with connection.cursor() as cursor:
        tree, writer = PageWriter(), TreeWriter(cursor, size)
        writer.add(INDEX_ID, tree, [leaves])
        writer.write()
    root = IndexRoot(size, tree.keys, tree.root(), version=1)
    entry = world.entry(
        "index", signer=world.operator, type="index.root", body=root.as_body(), creates=0
    )
    world.log_all(entry)
    IndexEpoch.objects.create(
        size=size, keys=root.keys, root=root.root, entry_id=entry.entry_id, at=world.now
    )
    return root


@pytest.fixture
def upgraded(world: World) -> World:
    """A world whose only index is of version 1, and whose heads are being counted again."""
    world.admit_operator()
    first = world.entry()
    world.log_all(first, world.after(first), world.entry(OTHER))
    sign_first_version(world)
    return world


def test_until_the_first_index_of_version_2_evidence_is_of_version_1(upgraded: World) -> None:
    shown = evidence_of(LOT).evidence
    assert shown is not None
    assert shown.version == 1
    assert checked(upgraded).complete_to == 7
    assert signs() == set()
    upgraded.log_all(upgraded.entry())
    root = upgraded.index()
    assert root is not None
    assert (root.version, checked(upgraded).complete_to) == (2, 9)


def test_an_index_of_version_1_proves_nothing_about_an_output(upgraded: World) -> None:
    (_, last), *_ = [
        (fact.index, OutputRef(fact.entry.entry_id, 0)) for fact in checked(upgraded).facts[1:]
    ]
    evidence = evidence_of_outputs(LOT, [last]).evidence
    assert evidence is not None
    found = verify(evidence, policy(), upgraded.now, OPENSSL)
    assert (evidence.version, found.valid, found.complete_to) == (2, True, None)


def test_an_audit_agrees_with_honest_indexes_of_both_versions(upgraded: World) -> None:
    assert upgraded.audit().findings == ()
    upgraded.log_all(upgraded.entry())
    upgraded.index()
    assert audit_all(upgraded) == set()


def test_an_audit_finds_an_index_of_version_1_that_lies(upgraded: World) -> None:
    entry_id = lie(upgraded, at=7, root=bytes(32), version=1)
    assert found(upgraded.audit()) == {("INDEX_WRONG", entry_id)}
