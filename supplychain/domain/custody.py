"""Custody: may this be done with these goods? Values in, the new state or a broken rule out."""

from collections import Counter
from collections.abc import Mapping

from supplychain.domain import births, endings, flagging, moves
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, State
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    HoldLift,
    HoldPlace,
    Lose,
    LotRegister,
    RecallIssue,
    Receive,
    Ship,
    Void,
)

__all__ = ["Act", "LotState", "Output", "State", "balance", "decide"]


def decide(state: LotState, act: Act) -> LotState:
    """The state after the act. Raises RuleBroken, and then nothing has changed.

    Only the outputs that the act consumes need stand in `state.outputs`.
    """
    match act.statement:
        case LotRegister():
            return births.register(state, act, act.statement)
        case Ship():
            return moves.ship(state, act, act.statement)
        case Receive():
            return moves.receive(state, act, act.statement)
        case Void():
            return moves.void(state, act, act.statement)
        case Dispense():
            return endings.dispense(state, act, act.statement)
        case Destroy():
            return endings.destroy(state, act, act.statement)
        case Lose():
            return endings.lose(state, act, act.statement)
        case RecallIssue():
            return flagging.issue_recall(state, act, act.statement)
        case HoldPlace():
            return flagging.place_hold(state, act, act.statement)
        case HoldLift():
            return flagging.lift_hold(state, act, act.statement)


def balance(state: LotState) -> Mapping[State, int]:
    """How many units stand in which state; their sum is what was registered (R4)."""
    units: Counter[State] = Counter()
    for output in state.outputs.values():
        units[output.state] += output.quantity
    return units
