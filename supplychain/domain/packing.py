"""Packing (R9): goods that are put into containers, or taken out, stay whose and what they are."""

from collections.abc import Iterable

from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_holder,
    prove_kept,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import OutputClaim, State, mixed
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate


def pack(state: LotState, act: Act, statement: Aggregate | Disaggregate) -> LotState:
    """The holder packs or unpacks; no quantity changes. Flagged goods may be packed too."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    prove_balance("Packed and loose", goods, statement.outputs)
    claim, *others = statement.outputs
    for one in statement.outputs:
        prove_kept(one, act.signer.gln)
    _prove_alike(claim, statement.containers)
    if others and claim.packs is None:
        message = "Units without serial numbers stay in one output while they are packed."
        raise RuleBroken("R9", "UNITS_APART", message)
    if sum(one.quantity for one in statement.containers) > sum(one.quantity for one in goods):
        raise RuleBroken("R4", "MASS_IMBALANCE", "More packs are packed than the goods are.")
    kept = [plain(one, act, mixed(goods)) for one in statement.outputs]
    return state.moved(act.consumes, made(act, kept))


def _prove_alike(claim: OutputClaim, containers: Iterable[Contents]) -> None:
    """That packs go in and out as packs, and units without serial numbers by their amount."""
    for one in containers:
        if one.quantity and (one.packs is None) != (claim.packs is None):
            message = f"{one.container}: packs are named where the lot has them, else an amount."
            raise RuleBroken("R4", "PACKS_UNLIKE", message)
