"""What is packed stays together (R9), of goods without serial numbers.

Packing changes the load of goods; what moves takes along the containers that it names, and loose
units beside them. What arrives or is lost in part breaks the containers that nobody accounts for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.loads import NOTHING_PACKED, Load
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output
from supplychain.domain.packing_statements import Aggregate, Disaggregate
from supplychain.domain.statements import (
    Lose,
    LotStatement,
    Receive,
    Ship,
    Surplus,
    Transform,
    Undo,
    Void,
)

_BREAKS = (Receive, Lose, Undo, Transform)


def carried(before: LotState, act: Act, after: LotState) -> LotState:
    """The state after the act, with what is packed of what it made.

    Raises RuleBroken R9 PACKED or CONTAINER_NOT_WHOLE where packed units would move apart, what
    `Load` raises, and R4 MASS_IMBALANCE where more is packed than there is.
    """
    goods = [before.outputs[ref] for ref in act.consumes if ref in before.outputs]
    load, said = Load.joined(one.load for one in goods if one.load.units), act.statement
    if isinstance(said, Aggregate | Disaggregate) and goods[0].packs is None:
        load = _packed(load, said)
    if not load.units:
        return after
    refs = sorted(ref for ref in after.outputs if ref.entry_id == act.entry_id)
    loads = _divided(load, said, goods[0], [after.outputs[ref] for ref in refs])
    made = {
        ref: replace(after.outputs[ref], load=one) for ref, one in zip(refs, loads, strict=True)
    }
    return replace(after, outputs=MappingProxyType(dict(after.outputs) | made))


def _packed(load: Load, said: Aggregate | Disaggregate) -> Load:
    given = [(one.container, one.units, one.children) for one in said.containers]
    load = load.put(given) if isinstance(said, Aggregate) else load.take(given)
    if load.total > said.outputs[0].quantity:
        raise RuleBroken("R4", "MASS_IMBALANCE", "More units are packed than the goods are.")
    return load


def _divided(load: Load, said: LotStatement, goods: Output, made: Sequence[Output]) -> list[Load]:
    """Which output has what: the first what is named, the rest what stays."""
    if len(made) == 1 and not isinstance(said, Surplus):
        return [load]
    labels = said.containers if isinstance(said, Ship | Receive | Void) else ()
    going = load.under(labels)
    if not isinstance(said, Receive):  # what arrives without its pallet is not on it any more
        _prove_outermost(load, going, labels)
    if going.total > made[0].quantity:
        message = f"{labels[0]} and others hold {going.total} units, not {made[0].quantity}."
        raise RuleBroken("R9", "CONTAINER_NOT_WHOLE", message)
    staying = load.without(going)
    room = made[-1].quantity if len(made) > 1 and made[-1].state is goods.state else 0
    if staying.total > room:
        if not isinstance(said, _BREAKS):
            message = (
                f"{min(staying.units)} holds some of these units: name it, or unpack it first."
            )
            raise RuleBroken("R9", "PACKED", message)
        staying = NOTHING_PACKED
    return [going, *[NOTHING_PACKED] * (len(made) - 2), staying][: len(made)]


def _prove_outermost(load: Load, going: Load, labels: Iterable[Container]) -> None:
    for one in labels:
        parent = load.parents.get(one)
        if parent is not None and parent not in going.containers:
            message = f"{one} is in {parent}, which does not move: unpack it first."
            raise RuleBroken("R9", "PACKED", message)
