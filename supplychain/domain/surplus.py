"""Over-receipt (R6): what came too much is nobody's stock until the giver admits just that.

The surplus is, by the books, still in the giver's stock: his signature alone moves it, so that the
mass balance (R4) never shows a unit twice. The receiver asked for it by saying `over`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, Exceeding, LotState
from supplychain.domain.outputs import WAY_MAX, Output, OutputClaim, State, mixed
from supplychain.domain.statements import Receive, Surplus


def note_over(state: LotState, act: Act, statement: Receive, giver: Output) -> LotState:
    """Remember what a receipt found too much, as an open question to the giver."""
    if statement.over is None:
        return state
    short = any(claim.state is State.IN_TRANSIT for claim in statement.outputs)
    if short and statement.over.packs is None:
        message = "Units without serial numbers are either missing or too many, not both."
        raise RuleBroken("R6", "OVER_AND_SHORT", message)
    if (statement.over.packs is None) != (giver.packs is None):
        message = "What is too much has serial numbers exactly where the lot has."
        raise RuleBroken("R6", "OVER_UNLIKE", message)
    found = Exceeding(giver.holder, act.signer.gln, statement.over, act.at)
    return _with(state, dict(state.exceeding) | {act.entry_id: found})


def admit(state: LotState, act: Act, statement: Surplus) -> LotState:
    """The giver gives the receiver what he sent too much: exactly that, once."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    asked = _asked(state, act, statement)
    taken, *rest = statement.outputs
    _prove_just_that(taken, asked)
    prove_balance("Admitted and kept", goods, statement.outputs)
    for claim in rest:
        prove_kept(claim, act.signer.gln)
    if taken.state is State.HELD:
        prove_movable(state, act)
    way = (*mixed(goods), frozenset({act.signer.gln}))[-WAY_MAX:]
    kept = [plain(claim, act, mixed(goods)) for claim in rest]
    moved = state.moved(act.consumes, made(act, [plain(taken, act, way), *kept]))
    still = {entry: one for entry, one in state.exceeding.items() if entry != statement.receipt}
    return _with(moved, still)


def _asked(state: LotState, act: Act, statement: Surplus) -> Exceeding:
    asked = state.exceeding.get(statement.receipt)
    if asked is None:
        message = "No such receipt found too much, or it was admitted before."
        raise RuleBroken("R6", "OVER_UNKNOWN", message, conflict=True)
    if asked.giver != act.signer.gln:
        message = f"{asked.giver} sent these goods, not {act.signer.gln}."
        raise RuleBroken("R6", "NOT_THE_GIVER", message)
    if act.at < asked.at:
        raise RuleBroken("R14", "DATED_BEFORE_PARENT", "Dated before the receipt that it cites.")
    return asked


def _prove_just_that(taken: OutputClaim, asked: Exceeding) -> None:
    prove_kept(taken, asked.receiver)
    if (taken.quantity, taken.packs) != (asked.over.quantity, asked.over.packs):
        message = f"The receiver has {asked.over.quantity} too many: those and no others."
        raise RuleBroken("R6", "OVER_DIFFERS", message)


def _with(state: LotState, exceeding: Mapping[str, Exceeding]) -> LotState:
    return replace(state, exceeding=MappingProxyType(dict(exceeding)))
