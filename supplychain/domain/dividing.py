"""The rest of what a party keeps in two outputs, so that the way of each pack stays short.

A pack's proof shows every entry that used up goods with the pack among them. Who takes goods out of
one output a hundred times makes the last pack's proof a hundred entries long. Where the rest is
divided each time, and the next goods are taken out of one half, it is some seven. Whoever signs
chooses; custody allows one rest and two alike.
"""

from dataclasses import replace

from supplychain.domain.outputs import State
from supplychain.domain.statements import Aggregate, Lose, LotStatement, Ship, Stocked

PARTS_MAX = 64
"""Who has a lot in so many outputs divides no more: one entry has to be able to name them all."""
_WORTH_WHILE = 3
_NAMED_MAX = 1_000
"""Packs that are named to divide a rest, unless three times as many are named anyway."""


def size_of_part(said: LotStatement, *, named: bool) -> int:
    """How much of the rest to divide off; 0 where it had better stay in one.

    Half of it, in whole multiples of what goes, so that what goes next in the same amount comes out
    of one part and leaves the other alone. With `named` the packs in it are to be listed.
    """
    if not isinstance(said, Ship | Stocked | Lose | Aggregate):
        return 0
    going, *rests = said.outputs
    if len(rests) != 1 or rests[0].state is not State.HELD:
        return 0
    rest, once = rests[0].quantity, going.quantity
    if rest < _WORTH_WHILE * once:
        return 0
    most = max(_NAMED_MAX, 3 * once) if named else rest
    return min(rest // 2, most) // once * once


def packed_apart(said: Aggregate) -> Aggregate:
    """The statement with the packs that go into containers in an output of their own.

    As it is where containers or mere units go in, or all of the goods, or where they stand apart.
    """
    whole, *more = said.outputs
    packed = sum(one.quantity for one in said.containers)
    others = any(one.children or one.packs is None for one in said.containers)
    if more or others or packed >= whole.quantity:
        return said
    parts = (replace(whole, quantity=packed), replace(whole, quantity=whole.quantity - packed))
    return replace(said, outputs=parts)


def divided(said: LotStatement, part: int) -> LotStatement:
    """The statement with so much of its rest in an output of its own, before the remainder."""
    *others, rest = said.outputs
    parts = (replace(rest, quantity=part), replace(rest, quantity=rest.quantity - part))
    return replace(said, outputs=(*others, *parts))  # type: ignore[arg-type]  # it has outputs
