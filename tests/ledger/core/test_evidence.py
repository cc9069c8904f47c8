"""Evidence files: their shape, and nothing of their truth."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.encoding import b64
from ledger.core.errors import Malformed
from ledger.core.evidence import BYTES_MAX, Evidence, Item
from tests.vectors.defects import VECTORS

GOOD = VECTORS["good"].make()
MEMBERS = json.loads(GOOD.as_bytes())
ITEM = MEMBERS["items"][6]


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
    assert code_of(a_file(format="unbroken-evidence/v2")) == "EVIDENCE_FORMAT_UNKNOWN"


def test_evidence_has_its_four_members_and_no_other() -> None:
    assert code_of(b'"evidence"\n') == "EVIDENCE_MALFORMED"
    assert code_of(a_file(policy={})) == "EVIDENCE_MALFORMED"
    for name in MEMBERS:
        fewer = {key: value for key, value in MEMBERS.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "EVIDENCE_MALFORMED"


def test_an_item_has_its_four_members_and_no_other() -> None:
    assert code_of(a_file(items=["item"])) == "EVIDENCE_MALFORMED"
    assert code_of(with_item(valid=True)) == "EVIDENCE_MALFORMED"
    for name in ITEM:
        fewer = {key: value for key, value in ITEM.items() if key != name}
        assert code_of(a_file(items=[fewer])) == "EVIDENCE_MALFORMED"


@pytest.mark.parametrize("name", ["items", "checkpoint"])
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
        {"items": [ITEM | {"disclosures": ["x" * 4_097]}]},
    ],
    ids=["subject", "lines", "line", "items", "entry", "proof", "disclosures", "disclosure"],
)
def test_every_part_is_bounded(changes: dict[str, Any]) -> None:
    assert code_of(a_file(**changes)) == "TOO_LARGE"


def test_the_whole_is_bounded() -> None:
    assert code_of(b" " * (BYTES_MAX + 1) + b"\n") == "TOO_LARGE"


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
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


def test_more_values_than_evidence_can_have_are_not_even_read() -> None:
    body = b'{"checkpoint":[],"format":"unbroken-evidence/v1","items":[' + b"[]," * 2_100_000
    started = time.perf_counter()
    assert code_of(body + b'[]],"subject":"a"}\n') == "TOO_LARGE"
    assert time.perf_counter() - started < 0.5
