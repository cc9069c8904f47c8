"""Evidence files: their shape, and nothing of their truth."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.encoding import b64
from ledger.core.errors import Malformed
from ledger.core.evidence import BYTES_MAX, Earlier, Evidence, Item
from ledger.core.index import IndexLeaf, KeyProof, PlacedLeaf
from tests.vectors.defects import VECTORS

GOOD = VECTORS["good-small"].make()
MEMBERS = json.loads(GOOD.as_bytes())
ITEM = MEMBERS["items"][5]
EARLIER = MEMBERS["history"][0]
KEY = MEMBERS["index"][0]
LEAF = KEY["leaves"][0]


def a_file(**changes: Any) -> bytes:
    return canonical.dumps(MEMBERS | changes) + b"\n"


def with_item(**changes: Any) -> bytes:
    return a_file(items=[ITEM | changes])


def code_of(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        Evidence.parse(data)
    return caught.value.code


def test_evidence_reads_as_it_was_written() -> None:
    assert Evidence.parse(GOOD.as_bytes()) == GOOD


WRONG: dict[str, dict[str, Any]] = {
    "subject": {"subject": {}},
    "lines of a checkpoint": {"checkpoint": {}},
    "items": {"items": {}},
    "entry": {"items": [ITEM | {"entry": {}}]},
    "index": {"items": [ITEM | {"index": {}}]},
    "disclosures of an item": {"items": [ITEM | {"disclosures": {}}]},
    "disclosure": {"items": [ITEM | {"disclosures": [{}]}]},
    "hashes of a proof": {"items": [ITEM | {"proof": {}}]},
    "earlier states": {"history": {}},
    "size": {"history": [EARLIER | {"size": {}}]},
    "cosignatures of a state": {"history": [EARLIER | {"cosignatures": {}}]},
    "cosignature": {"history": [EARLIER | {"cosignatures": [{}]}]},
    "keys of the index": {"index": {}},
    "key": {"index": [KEY | {"key": {}}]},
    "leaves of a key": {"index": [KEY | {"leaves": {}}]},
    "leaf": {"index": [KEY | {"leaves": [LEAF | {"leaf": {}}]}]},
    "position": {"index": [KEY | {"leaves": [LEAF | {"position": {}}]}]},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_refusal_names_what_is_wrong(name: str) -> None:
    with pytest.raises(Malformed, match=rf"^The {name} (is|are) "):
        Evidence.parse(a_file(**WRONG[name]))


def test_items_are_written_in_the_order_of_their_indices() -> None:
    assert replace(GOOD, items=GOOD.items[::-1]).as_bytes() == GOOD.as_bytes()


def test_items_in_another_order_are_not_read() -> None:
    assert code_of(a_file(items=MEMBERS["items"][::-1])) == "EVIDENCE_MALFORMED"


def test_two_items_of_one_index_are_read_so_that_verification_finds_them() -> None:
    assert len(Evidence.parse(a_file(items=[ITEM, ITEM])).items) == 2


def test_evidence_ends_with_exactly_one_newline() -> None:
    assert code_of(a_file()[:-1]) == "EVIDENCE_MALFORMED"
    assert code_of(a_file() + b"\n") != ""


def test_pretty_printed_evidence_is_not_read() -> None:
    assert code_of(json.dumps(MEMBERS, indent=1).encode() + b"\n") == "NOT_CANONICAL"


def test_evidence_of_a_later_format_is_not_read_as_this_one() -> None:
    assert code_of(a_file(format="unbroken-evidence/v3")) == "EVIDENCE_FORMAT_UNKNOWN"
    assert code_of(a_file(format=2)) == "EVIDENCE_MALFORMED"


def test_evidence_has_its_six_members_and_no_other() -> None:
    assert code_of(b'"evidence"\n') == "EVIDENCE_MALFORMED"
    assert code_of(a_file(policy={})) == "EVIDENCE_MALFORMED"
    for name in MEMBERS:
        fewer = {key: value for key, value in MEMBERS.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "EVIDENCE_MALFORMED"


SECOND = VECTORS["good-v2-small"].make()
SECOND_MEMBERS = json.loads(SECOND.as_bytes())


def a_second_file(**changes: Any) -> bytes:
    return canonical.dumps(SECOND_MEMBERS | changes) + b"\n"


def test_evidence_of_version_2_reads_as_it_was_written() -> None:
    assert Evidence.parse(SECOND.as_bytes()) == SECOND
    assert SECOND.version == 2
    backwards = replace(SECOND, within=SECOND.within[::-1], index=SECOND.index[::-1])
    assert backwards.as_bytes() == SECOND.as_bytes()


def test_a_file_has_the_members_of_its_version_and_no_other() -> None:
    for name in SECOND_MEMBERS:
        fewer = {key: value for key, value in SECOND_MEMBERS.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(format="unbroken-evidence/v1")) == "EVIDENCE_MALFORMED"
    assert code_of(a_file(format="unbroken-evidence/v2")) == "EVIDENCE_MALFORMED"


def test_outputs_and_the_keys_of_their_stream_stand_in_their_order_each_once() -> None:
    outputs = [f"{'ab' * 32}#{n}" for n in (0, 10, 2)]
    assert len(Evidence.parse(a_second_file(outputs=outputs)).outputs) == 3
    assert code_of(a_second_file(outputs=outputs[::-1])) == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(outputs=outputs[:1] * 2)) == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(outputs=["ab#0"])) == "OUTPUT_REF_MALFORMED"
    assert code_of(a_second_file(outputs="x")) == "EVIDENCE_MALFORMED"
    within = SECOND_MEMBERS["within"][::-1]
    assert code_of(a_second_file(within=within)) == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(outputs=["x"] * 1_001)) == "TOO_LARGE"
    assert code_of(a_second_file(within=[within[0]] * 40_001)) == "TOO_LARGE"


ELEMENT = SECOND_MEMBERS["sets"][0]
PLACE = ELEMENT["places"][0]


def with_element(**changes: Any) -> bytes:
    return a_second_file(sets=[ELEMENT | changes])


def with_place(**changes: Any) -> bytes:
    return with_element(proofs=ELEMENT["proofs"][:1], places=[PLACE | {"proof": 0} | changes])


def with_proofs(*proofs: object) -> bytes:
    return with_element(proofs=list(proofs), places=[PLACE | {"proof": 0}])


def test_sets_are_written_in_the_order_of_elements_and_places() -> None:
    first = SECOND.sets[0]
    paths = (("a", 10), ("a", 2), ("b",))
    places = tuple(replace(first.proofs[0], path=path) for path in paths)
    some = replace(SECOND, sets=(replace(first, element="b"), replace(first, proofs=places)))
    assert replace(some, sets=some.sets[::-1]).as_bytes() == some.as_bytes()
    read = Evidence.parse(some.as_bytes())
    assert [one.element for one in read.sets] == [first.element, "b"]
    assert {one.path for one in read.sets[0].proofs} == set(paths)


def test_elements_and_places_stand_in_their_order_each_once() -> None:
    assert code_of(a_second_file(sets=SECOND_MEMBERS["sets"][::-1])) == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(sets=[ELEMENT, ELEMENT])) == "EVIDENCE_MALFORMED"
    proof, place = ELEMENT["proofs"][:1], PLACE | {"proof": 0}
    assert code_of(with_element(proofs=proof, places=[place, place])) == "EVIDENCE_MALFORMED"
    later = place | {"path": ["zzz"]}
    both = Evidence.parse(with_element(proofs=proof, places=[place, later])).sets[0]
    assert len({one.proof for one in both.proofs}) == 1 < len(both.proofs)
    assert code_of(with_element(proofs=proof, places=[later, place])) == "EVIDENCE_MALFORMED"


def test_a_proof_for_many_places_stands_there_once_and_none_for_no_place() -> None:
    first = SECOND.sets[0]
    some = tuple(replace(first.proofs[0], path=(f"p{n}",)) for n in range(3))
    data = replace(SECOND, sets=(replace(first, proofs=some),)).as_bytes()
    (written,) = (one for one in json.loads(data)["sets"])
    assert (len(written["proofs"]), len(written["places"])) == (1, 3)
    assert Evidence.parse(data).sets[0].proofs == some
    text, before = written["proofs"][0], b64(b"\x00")
    assert before < text
    assert code_of(with_proofs(text, text)) == "EVIDENCE_MALFORMED"
    assert code_of(with_proofs(text, before)) == "EVIDENCE_MALFORMED"
    assert code_of(with_proofs(before, text)) == "EVIDENCE_MALFORMED"  # the second is for no place
    assert code_of(with_proofs()) == "EVIDENCE_MALFORMED"


SECOND_ITEM = SECOND_MEMBERS["items"][0]
HASHES = SECOND_MEMBERS["hashes"]


def test_each_hash_of_all_proofs_stands_there_once() -> None:
    proofs = [item.proof for item in SECOND.items] + [state.proof for state in SECOND.history]
    keys = (*SECOND.index, *SECOND.within)
    proofs += [leaf.proof for key in keys for leaf in key.leaves]
    every = {b64(one) for proof in proofs for one in proof}
    assert set(HASHES) == every
    assert len(HASHES) == len(every) < sum(map(len, proofs))


@pytest.mark.parametrize(
    "hashes",
    [
        HASHES[::-1],
        [HASHES[0], *HASHES],
        HASHES[:-1],
        [*HASHES, b64(b"\xff" * 32)],
        [b64(bytes(31)), *HASHES[1:]],
        "x",
    ],
)
def test_hashes_stand_in_their_order_and_each_is_in_a_proof(hashes: object) -> None:
    assert code_of(a_second_file(hashes=hashes)) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize("position", [-1, True, "0", len(HASHES)])
def test_a_proof_names_hashes_by_their_positions(position: object) -> None:
    items = [SECOND_ITEM | {"proof": [position]}, *SECOND_MEMBERS["items"][1:]]
    assert code_of(a_second_file(items=items)) == "EVIDENCE_MALFORMED"


def test_no_proof_is_longer_than_that_of_any_log() -> None:
    assert code_of(a_second_file(items=[SECOND_ITEM | {"proof": [0] * 65}])) == "TOO_LARGE"


def test_an_element_and_its_places_have_their_members_and_no_other() -> None:
    assert code_of(with_element(more=1)) == "EVIDENCE_MALFORMED"
    assert code_of(with_place(more=1)) == "EVIDENCE_MALFORMED"
    assert code_of(a_second_file(sets=["element"])) == "EVIDENCE_MALFORMED"
    assert code_of(with_element(places=["place"])) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"path": [True]}, "EVIDENCE_MALFORMED"),
        ({"path": [["a"]]}, "EVIDENCE_MALFORMED"),
        ({"path": "a"}, "EVIDENCE_MALFORMED"),
        ({"path": ["a"] * 17}, "TOO_LARGE"),
        ({"index": -1}, "EVIDENCE_MALFORMED"),
        ({"index": True}, "EVIDENCE_MALFORMED"),
        ({"index": "7"}, "EVIDENCE_MALFORMED"),
        ({"proof": 1}, "EVIDENCE_MALFORMED"),
        ({"proof": -1}, "EVIDENCE_MALFORMED"),
        ({"proof": False}, "EVIDENCE_MALFORMED"),
        ({"proof": ELEMENT["proofs"][0]}, "EVIDENCE_MALFORMED"),
    ],
)
def test_a_place_is_well_formed(changes: dict[str, Any], code: str) -> None:
    assert code_of(with_place(**changes)) == code


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ("AA", "MALFORMED_BASE64"),
        (b64(b"\x03"), "SET_PROOF_MALFORMED"),
        ("A" * 16_385, "TOO_LARGE"),
        (7, "EVIDENCE_MALFORMED"),
    ],
)
def test_a_proof_about_a_set_is_well_formed(proof: object, code: str) -> None:
    assert code_of(with_proofs(proof)) == code


@pytest.mark.parametrize("salt", ["", "0" * 31, "0" * 33, "A" * 32, "g" + "0" * 31, 7])
def test_a_salt_is_sixteen_bytes(salt: object) -> None:
    assert code_of(with_element(salt=salt)) == "EVIDENCE_MALFORMED"


def test_sets_are_bounded() -> None:
    assert code_of(a_second_file(sets=[ELEMENT] * 129)) == "TOO_LARGE"
    assert code_of(with_element(element="x" * 257)) == "TOO_LARGE"
    places = [PLACE | {"path": [f"{n:05}"], "proof": 0} for n in range(10_001)]
    shown = ELEMENT | {"proofs": ELEMENT["proofs"][:1], "places": places}
    both = [shown | {"element": name} for name in ("a", "b")]
    assert len(Evidence.parse(a_second_file(sets=both[:1])).sets) == 1
    assert code_of(a_second_file(sets=both)) == "TOO_LARGE"


def test_an_item_has_its_four_members_and_no_other() -> None:
    assert code_of(a_file(items=["item"])) == "EVIDENCE_MALFORMED"
    assert code_of(with_item(valid=True)) == "EVIDENCE_MALFORMED"
    for name in ITEM:
        fewer = {key: value for key, value in ITEM.items() if key != name}
        assert code_of(a_file(items=[fewer])) == "EVIDENCE_MALFORMED"


def test_parts_of_the_history_and_of_the_index_have_their_members_and_no_other() -> None:
    for name, part in (("history", EARLIER), ("index", KEY)):
        assert code_of(a_file(**{name: [part | {"more": 1}]})) == "EVIDENCE_MALFORMED"
        assert code_of(a_file(**{name: ["part"]})) == "EVIDENCE_MALFORMED"
    leaves = [LEAF | {"more": 1}]
    assert code_of(a_file(index=[KEY | {"leaves": leaves}])) == "EVIDENCE_MALFORMED"


def test_the_history_and_the_index_stand_in_their_order_each_part_once() -> None:
    later = EARLIER | {"size": EARLIER["size"] + 1}
    assert len(Evidence.parse(a_file(history=[EARLIER, later])).history) == 2
    assert code_of(a_file(history=[later, EARLIER])) == "EVIDENCE_MALFORMED"
    assert code_of(a_file(history=[EARLIER, EARLIER])) == "EVIDENCE_MALFORMED"
    assert code_of(a_file(index=[KEY, KEY])) == "EVIDENCE_MALFORMED"
    assert code_of(a_file(index=MEMBERS["index"][::-1])) == "EVIDENCE_MALFORMED"


def test_a_leaf_of_the_index_is_eighty_bytes() -> None:
    leaves = [LEAF | {"leaf": b64(bytes(79))}]
    assert code_of(a_file(index=[KEY | {"leaves": leaves}])) == "INDEX_MALFORMED"


def test_cosignatures_are_bounded_over_all_earlier_states() -> None:
    many = [EARLIER | {"size": n, "cosignatures": ["x"] * 1_024} for n in range(3)]
    assert len(Evidence.parse(a_file(history=many[:2])).history) == 2
    assert code_of(a_file(history=many)) == "TOO_LARGE"


@pytest.mark.parametrize("name", ["items", "checkpoint", "history", "index"])
def test_lists_are_lists(name: str) -> None:
    assert code_of(a_file(**{name: "x"})) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize("index", [-1, True, "6"])
def test_an_index_is_a_whole_number_from_zero_on(index: object) -> None:
    assert code_of(with_item(index=index)) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_of_a_proof_has_32_bytes(length: int) -> None:
    assert code_of(with_item(proof=[b64(bytes(length))])) == "EVIDENCE_MALFORMED"


def test_a_hash_of_a_proof_is_spelt_in_one_way() -> None:
    assert code_of(with_item(proof=[b64(bytes(32)).rstrip("=")])) == "MALFORMED_BASE64"
    assert code_of(with_item(proof=[7])) == "EVIDENCE_MALFORMED"


def test_a_checkpoint_has_lines() -> None:
    assert code_of(a_file(checkpoint=[])) == "EVIDENCE_MALFORMED"
    assert code_of(a_file(checkpoint=[1])) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x" * 129},
        {"checkpoint": ["x"] * 65},
        {"checkpoint": ["x" * 4_097]},
        {"items": [ITEM] * 20_001},
        {"items": [ITEM | {"entry": "x" * 32_769}]},
        {"items": [ITEM | {"proof": [b64(bytes(32))] * 65}]},
        {"items": [ITEM | {"disclosures": ["x"] * 33}]},
        {"history": [EARLIER | {"cosignatures": ["x" * 4_097]}]},
        {"index": [KEY] * 4_097},
        {"index": [KEY | {"key": "x" * 129}]},
        {"index": [KEY | {"leaves": [LEAF] * 3}]},
        {"items": [ITEM | {"disclosures": ["x" * 4_097]}]},
    ],
)
def test_every_part_is_bounded(changes: dict[str, Any]) -> None:
    assert code_of(a_file(**changes)) == "TOO_LARGE"


def test_the_past_is_bounded() -> None:
    one = canonical.dumps(EARLIER)
    data = a_file(history=[]).replace(
        b'"history":[]', b'"history":[%b]' % b",".join([one] * 40_001)
    )
    assert code_of(data) == "TOO_LARGE"


def test_cosignatures_of_the_past_are_bounded_over_all_of_it() -> None:
    def past(*numbers: int) -> bytes:
        states = [
            EARLIER | {"size": n + 1, "cosignatures": ["x"] * number}
            for n, number in enumerate(numbers)
        ]
        return a_file(history=states)

    assert Evidence.parse(past(2_000, 48)).as_bytes() == past(2_000, 48)
    assert code_of(past(2_000, 49)) == "TOO_LARGE"
    assert code_of(past(2_049)) == "TOO_LARGE"


def test_the_whole_is_bounded() -> None:
    assert code_of(b" " * (BYTES_MAX + 1) + b"\n") == "TOO_LARGE"


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
numbers = st.integers(0, 2**53 - 1)
hashes = st.binary(min_size=32, max_size=32)
proofs = st.lists(hashes, max_size=3).map(tuple)
states = st.builds(
    Earlier, size=numbers, root=hashes, proof=proofs, cosignatures=st.lists(texts).map(tuple)
)
leaves = st.builds(
    PlacedLeaf,
    position=numbers,
    leaf=st.builds(IndexLeaf, hashes, st.integers(1, 2**53 - 1), numbers, hashes),
    proof=proofs,
)
keys = st.builds(KeyProof, key=texts, leaves=st.lists(leaves, max_size=2).map(tuple))
items = st.builds(
    Item,
    entry=texts,
    index=st.integers(0, 2**53 - 1),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=3).map(tuple),
    disclosures=st.lists(texts, max_size=3).map(tuple),
)


@given(
    st.builds(
        Evidence,
        subject=texts,
        checkpoint=st.lists(texts, min_size=1, max_size=5).map(lambda ls: "\n".join(ls) + "\n"),
        items=st.lists(items, max_size=4).map(
            lambda some: tuple(sorted(some, key=lambda item: item.index))
        ),
        history=st.lists(states, max_size=3, unique_by=lambda one: one.size).map(
            lambda some: tuple(sorted(some, key=lambda one: one.size))
        ),
        index=st.lists(keys, max_size=3, unique_by=lambda one: one.key).map(
            lambda some: tuple(sorted(some, key=lambda one: one.key))
        ),
        version=st.sampled_from([1, 2]),
    )
)
def test_any_evidence_reads_as_it_was_written(evidence: Evidence) -> None:
    assert Evidence.parse(evidence.as_bytes()) == evidence


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        evidence = Evidence.parse(data)
    except Malformed:
        return
    assert evidence.as_bytes() == data


def test_more_values_than_evidence_can_have_are_not_even_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading them would take memory thirty times the file."""
    monkeypatch.setattr(canonical, "loads", pytest.fail)
    assert code_of(b"[" + b"[]," * 2_080_001 + b"[]]\n") == "TOO_LARGE"
