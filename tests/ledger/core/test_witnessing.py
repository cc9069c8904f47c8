"""What a witness is asked, and each of its answers."""

from collections.abc import Callable

import pytest

from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.encoding import b64
from ledger.core.errors import Malformed
from ledger.core.merkle import consistency_proof, leaf_hash, node_hash, tree_root
from ledger.core.note import SignatureLine, split_note
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.witnessing import (
    BYTES_MAX,
    PROOF_MAX,
    AddCheckpoint,
    Decision,
    Doubt,
    Status,
    decide,
    read_size,
)
from tests.ledger.core.examples import LOG_KEY, ORIGIN

VKEY = Vkey(ORIGIN, LOG_KEY.public)
LEAVES = [leaf_hash(bytes([number])) for number in range(20)]

# The example of C2SP tlog-witness: the body of a request, byte for byte.
SPECIFIED = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()  # noqa: E501  lines of the specification

# And of a response.
SPECIFIED_ANSWER = """\
\u2014 witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
\u2014 witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
\u2014 witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
"""  # noqa: E501


def tree(size: int, *, forked: bool = False) -> list[bytes]:
    return [*LEAVES[: size - 1], leaf_hash(b"another")] if forked else LEAVES[:size]


def subtree(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    def root(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        return node_hash(root(level - 1, 2 * number), root(level - 1, 2 * number + 1))

    return root


def state(size: int, *, forked: bool = False) -> Checkpoint:
    return Checkpoint(ORIGIN, size, tree_root(size, subtree(tree(size, forked=forked))))


def asked(
    old: int, size: int, *, forked: bool = False, key: LogKey = LOG_KEY, proof: int | None = None
) -> AddCheckpoint:
    """A request as an honest log makes it, and as others do."""
    leaves = tree(size, forked=forked)
    path = consistency_proof(old, size, subtree(leaves)) if 0 < old < size else []
    path = path if proof is None else [leaf_hash(b"")] * proof
    return AddCheckpoint(old, tuple(path), sign_checkpoint(state(size, forked=forked), key))


def decided(request: AddCheckpoint, last: Checkpoint | None = None) -> Decision:
    known = {ORIGIN: last} if last else {}
    return decide(request, logs={ORIGIN: VKEY}, known=known, signatures=OPENSSL)


# --- the request ----------------------------------------------------------------------------------


def test_the_request_of_the_specification_is_read_and_written_byte_for_byte() -> None:
    request = AddCheckpoint.parse(SPECIFIED)
    assert request.old == 20852014
    assert b64(request.proof[3]) == "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0="
    assert len(request.proof) == 4
    assert Checkpoint.parse(split_note(request.note)[0]).size == 20852163
    assert request.as_bytes() == SPECIFIED


def test_the_answer_of_the_specification_is_read_line_by_line() -> None:
    lines = [SignatureLine.parse(line) for line in SPECIFIED_ANSWER.splitlines()]
    assert [line.name for line in lines] == ["witness.example/w1"] * 2 + ["witness.example/w2"]
    assert {len(line.signature) for line in lines} == {72}


def test_a_request_without_a_proof_has_no_line_for_it() -> None:
    first = asked(0, 7)
    assert first.as_bytes().startswith(b"old 0\n\n" + ORIGIN.encode())
    assert AddCheckpoint.parse(first.as_bytes()) == first


HASH = b64(bytes(32)).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1\n",
        b"old 1",
        b"old 01\n\nnote\n",
        b"old -1\n\nnote\n",
        b"old +1\n\nnote\n",
        b"old  1\n\nnote\n",
        b"old 1 \n\nnote\n",
        b"Old 1\n\nnote\n",
        b"old 1\r\n\r\nnote\r\n",
        b"old 9007199254740992\n\nnote\n",
        b"old 99999999999999999\n\nnote\n",
        "old \u0661\n\nnote\n".encode(),
        b"old 1\n" + HASH[:-1] + b"\n\nnote\n",
        b"old 1\n" + b64(bytes(31)).encode() + b"\n\nnote\n",
        b"old 1\n " + HASH + b"\n\nnote\n",
        b"old 1\n" + HASH.replace(b"A=", b"B=") + b"\n\nnote\n",
        b"old 1\n" + (HASH + b"\n") * (PROOF_MAX + 1) + b"\nnote\n",
        b"old 1\n\n\xff",
        b"old 1\n\n" + b"x" * BYTES_MAX,
    ],
)
def test_any_other_spelling_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        AddCheckpoint.parse(body)


def test_a_proof_may_have_as_many_lines_as_the_specification_allows() -> None:
    request = AddCheckpoint.parse(b"old 1\n" + (HASH + b"\n") * PROOF_MAX + b"\nnote\n")
    assert len(request.proof) == PROOF_MAX


# --- the answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "size"), [(0, 1), (0, 7), (1, 2), (6, 7), (7, 16), (8, 16)])
def test_a_log_that_grows_is_cosigned(old: int, size: int) -> None:
    last = state(old) if old else None
    assert decided(asked(old, size), last) == Decision(Status.COSIGNED, checkpoint=state(size))


def test_the_same_checkpoint_is_cosigned_again() -> None:
    assert decided(asked(7, 7), state(7)).checkpoint == state(7)


def test_the_empty_log_is_cosigned_before_and_after_it_is_known() -> None:
    assert decided(asked(0, 0)).checkpoint == state(0)
    assert decided(asked(0, 0), state(0)).checkpoint == state(0)
    assert decided(asked(0, 7), state(0)).checkpoint == state(7)


@pytest.mark.parametrize("note", ["", "x", "x\n\n\u2014 x AAAAAAAA\n"])
def test_400_for_what_is_no_checkpoint(note: str) -> None:
    assert decided(AddCheckpoint(0, (), note)).status == Status.MALFORMED


def test_404_for_a_log_that_is_not_known_whoever_signed() -> None:
    other = Checkpoint("log.example/other", 7, state(7).root)
    note = sign_checkpoint(other, LOG_KEY)
    assert decided(AddCheckpoint(0, (), note)).status == Status.LOG_UNKNOWN


def test_403_without_a_good_signature_by_the_log() -> None:
    stranger = LogKey.generate()
    assert decided(asked(0, 7, key=stranger)).status == Status.NOT_SIGNED
    text = state(7).text
    forged = f"{text}\n{VKEY.line(stranger.sign(text.encode()))}\n"
    assert decided(AddCheckpoint(0, (), forged)).status == Status.NOT_SIGNED


def test_signatures_by_unknown_keys_are_ignored() -> None:
    request = asked(0, 7)
    more = request.note + "\u2014 somebody.else AAAAAAAAAAAA\n"
    assert decided(AddCheckpoint(0, (), more)).status == Status.COSIGNED


def test_a_witness_answers_as_http_counts() -> None:
    assert [*map(int, Status)] == [200, 400, 403, 404, 409, 422]


def test_400_for_an_old_size_above_the_new_one() -> None:
    assert decided(asked(8, 7), state(8)).status == Status.MALFORMED


@pytest.mark.parametrize(("old", "last"), [(0, 5), (5, None), (5, 6), (7, 8)])
def test_409_with_the_known_size_for_any_other_old_size(old: int, last: int | None) -> None:
    found = decided(asked(old, 7), state(last) if last else None)
    assert (found.status, found.size) == (Status.CONFLICT, last or 0)
    assert found.doubt is None


def test_409_for_another_tree_of_the_same_size_which_proves_two_histories() -> None:
    found = decided(asked(7, 7, forked=True), state(7))
    assert (found.status, found.size, found.doubt) == (Status.CONFLICT, 7, Doubt.FORKED)


def test_422_for_a_proof_that_does_not_hold() -> None:
    found = decided(asked(5, 7, proof=3), state(5))
    assert (found.status, found.doubt) == (Status.NOT_PROVEN, Doubt.UNPROVEN)


def test_422_for_a_history_that_was_rewritten_and_grown() -> None:
    assert decided(asked(5, 7), state(5, forked=True)).status == Status.NOT_PROVEN


@pytest.mark.parametrize(("old", "last"), [(0, None), (7, 7)])
def test_422_for_a_proof_where_there_is_nothing_to_prove(old: int, last: int | None) -> None:
    found = decided(asked(old, 7, proof=1), state(last) if last else None)
    assert found.status == Status.NOT_PROVEN


# --- the size in a conflict -----------------------------------------------------------------------


def test_the_size_of_a_conflict_is_read() -> None:
    assert (read_size(b"0\n"), read_size(b"20852014\n")) == (0, 20852014)


@pytest.mark.parametrize(
    "body", [b"", b"7", b"07\n", b" 7\n", b"7\n\n", b"-7\n", b"9007199254740992\n", b"\xff\n"]
)
def test_any_other_size_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_size(body)
