"""Packing (R9): goods that are put into containers, or taken out, stay whose and what they are."""

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
from supplychain.domain.outputs import State, mixed
from supplychain.domain.packing_statements import Aggregate, Disaggregate


def pack(state: LotState, act: Act, statement: Aggregate | Disaggregate) -> LotState:
    """The holder packs or unpacks; no quantity changes. Flagged goods may be packed too."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    prove_balance("Packed and loose", goods, statement.outputs)
    (claim,) = statement.outputs
    prove_kept(claim, act.signer.gln)
    if claim.packs is None:
        raise RuleBroken("R9", "PACKS_MISSING", "Only packs with serial numbers are packed.")
    if sum(one.quantity for one in statement.containers) > claim.quantity:
        raise RuleBroken("R4", "MASS_IMBALANCE", "More packs are packed than the goods are.")
    return state.moved(act.consumes, made(act, [plain(claim, act, mixed(goods))]))
