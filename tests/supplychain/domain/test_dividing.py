"""The rest in two outputs: worth while or not, how large, and how short ways stay by it."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.containers import Container
from supplychain.domain.dividing import divided, packed_apart, size_of_part
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import State
from supplychain.domain.packing_statements import Contents
from supplychain.domain.statements import (
    Aggregate,
    Dispense,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    Quarantine,
    Surplus,
    Undo,
    Void,
)
from tests.people import MAKER, PHARMACY
from tests.supplychain.domain.rules.breaking import ship_of

CASE, OTHER = (Container(f"01/00614141000012/21/C{n}") for n in range(2))


def dispense(quantity: int, rest: int) -> Dispense:
    return Dispense.of(holder=PHARMACY.gln, quantity=quantity, rest=rest)


def lose(quantity: int, rest: int, to: Gln | None = None) -> Lose:
    return Lose.of(
        signer=MAKER.gln,
        holder=MAKER.gln,
        quantity=quantity,
        rest=rest,
        kind=LossKind.LOST,
        reason="R",
        to=to,
    )


@pytest.mark.parametrize(
    ("said", "named", "part"),
    [
        (dispense(1, 99), False, 49),
        (dispense(10, 40), True, 20),
        (dispense(10, 30), True, 10),
        (dispense(10, 29), True, 0),
        (dispense(10, 97), True, 40),
        (dispense(100, 0), True, 0),
        (dispense(1, 100_000), False, 50_000),
        (dispense(1, 100_000), True, 1_000),
        (dispense(700, 100_000), True, 2_100),
        (dispense(300, 100_000), True, 900),
        (ship_of(MAKER, PHARMACY, 1, 9), True, 4),
        (lose(1, 9), True, 4),
        (lose(1, 9, to=PHARMACY.gln), True, 0),
        (Quarantine.of(holder=MAKER.gln, quantity=1, rest=9, reason="R"), True, 4),
        (
            Quarantine.of(holder=MAKER.gln, quantity=1, rest=9, reason="R", state=State.RETURNED),
            True,
            0,
        ),
        (Undo.of(holder=MAKER.gln, quantity=1, rest=9, reason="R"), True, 0),
        (HoldPlace("R"), True, 0),
    ],
)
def test_half_of_a_large_rest_is_divided_off_in_multiples_of_what_goes(
    *, said: LotStatement, named: bool, part: int
) -> None:
    assert size_of_part(said, named=named) == part


def test_a_divided_rest_is_the_same_rest() -> None:
    said = divided(dispense(1, 99), 49)
    assert [(one.state, one.holder, one.quantity) for one in said.outputs] == [
        (State.DISPENSED, PHARMACY.gln, 1),
        (State.HELD, PHARMACY.gln, 49),
        (State.HELD, PHARMACY.gln, 50),
    ]


def in_three() -> Dispense:
    said = divided(dispense(1, 99), 49)
    assert isinstance(said, Dispense)
    return said


def test_a_rest_is_divided_once() -> None:
    said = in_three()
    assert size_of_part(said, named=True) == 0
    with pytest.raises(Invalid) as invalid:
        replace(said, outputs=(*said.outputs, said.outputs[-1]))
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_both_parts_of_a_rest_are_in_one_state() -> None:
    said = in_three()
    with pytest.raises(Invalid) as invalid:
        replace(said, outputs=(*said.outputs[:2], replace(said.outputs[2], state=State.RETURNED)))
    assert invalid.value.code == "OUTPUTS_WRONG"


@pytest.mark.parametrize(
    "said",
    [
        lose(1, 9, to=PHARMACY.gln),
        Void.of(giver=MAKER.gln, dispatch="ab" * 32, quantity=1, reason="R", rest=9, to=MAKER.gln),
        Undo.of(holder=MAKER.gln, quantity=1, rest=9, reason="R"),
        Surplus.of(
            giver=MAKER.gln,
            receiver=PHARMACY.gln,
            quantity=1,
            rest=9,
            receipt="ab" * 32,
            reason="R",
        ),
    ],
)
def test_what_is_on_the_way_or_has_ended_or_is_left_of_a_surplus_stays_in_one_output(
    said: LotStatement,
) -> None:
    with pytest.raises(Invalid) as invalid:
        divided(said, 4)
    assert invalid.value.code == "OUTPUTS_WRONG"


def packing(*contents: Contents) -> Aggregate:
    return Aggregate.of(holder=MAKER.gln, quantity=100, containers=contents)


def test_packs_that_are_packed_stand_apart() -> None:
    said = packed_apart(packing(Contents(CASE, "ab" * 32, 8), Contents(OTHER, "cd" * 32, 2)))
    assert [one.quantity for one in said.outputs] == [10, 90]
    assert size_of_part(said, named=True) == 40
    assert [one.quantity for one in divided(said, 40).outputs] == [10, 40, 50]
    assert packed_apart(said) == said


@pytest.mark.parametrize(
    "said",
    [
        packing(Contents(CASE, "ab" * 32, 100)),
        packing(Contents(CASE, "ab" * 32, 8, (OTHER,))),
        packing(Contents(CASE, None, 0, (OTHER,))),
        packing(Contents(CASE, None, 8)),
    ],
)
def test_all_of_the_goods_containers_and_units_are_packed_where_they_are(said: Aggregate) -> None:
    assert packed_apart(said) == said
    assert size_of_part(said, named=True) == 0


def longest_way(packs: int, at_once: int, chance: random.Random) -> int:
    """How many dispatches the last goods had before them, which all came out of one output."""
    held = [(packs, 0)]
    longest = 0
    while held:
        quantity, before = held.pop(chance.randrange(len(held)))
        longest = max(longest, before + 1)
        said = dispense(at_once, quantity - at_once)
        part = size_of_part(said, named=True)
        rests = (divided(said, part) if part else said).outputs[1:]
        held += [(one.quantity, before + 1) for one in rests]
    return longest


@given(st.integers(1, 40), st.integers(1, 60), st.randoms(use_true_random=False))
def test_ways_grow_with_the_logarithm_of_what_is_taken_one_by_one(
    at_once: int, times: int, chance: random.Random
) -> None:
    assert longest_way(at_once * times, at_once, chance) <= times.bit_length() + 3


def test_the_thousandth_pack_has_a_dozen_before_it_and_not_a_thousand() -> None:
    assert longest_way(1_000, 1, random.Random(7)) <= 12
