"""Custody: may this be done with these goods? Values in, the new state or a broken rule out."""

from collections import Counter
from collections.abc import Mapping

from supplychain.domain import births, endings, flagging, moves
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, State
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    Lose,
    LotRegister,
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
        case LotRegister() as birth:
            return births.register(state, act, birth)
        case Ship() | Receive() | Void() as handoff:
            return moves.hand_off(state, act, handoff)
        case Dispense() | Destroy() | Lose() as ending:
            return endings.end(state, act, ending)
        case flag:
            return flagging.flag(state, act, flag)


def balance(state: LotState) -> Mapping[State, int]:
    """How many units stand in which state; their sum is what was registered (R4)."""
    units: Counter[State] = Counter()
    for output in state.outputs.values():
        units[output.state] += output.quantity
    return units
