"""Undoing a final state (R10), under the five conditions of Regulation (EU) 2016/161, Article 13.

The same party at the same site, within ten days, goods that are neither expired, nor recalled, held
back, destroyed, lost or stolen, and that were not supplied.
"""

from dataclasses import replace
from datetime import datetime

from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_rest,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, OutputClaim, State, mixed
from supplychain.domain.statements import Undo

DAYS_MAX = 10


def undo(state: LotState, act: Act, statement: Undo) -> LotState:
    """Who brought goods to a final state makes them stock again."""
    goods = consumed(state, act, ended=True)
    _prove_undoable(goods, statement)
    prove_holder(goods, act)
    ended = [output.ended_at or output.made_at for output in goods]
    _prove_recent(min(ended), act.at)
    prove_movable(state, act)
    prove_balance("Undone and left", goods, statement.outputs)
    for claim in statement.outputs:
        prove_kept(claim, act.signer.gln)
    for rest in statement.outputs[1:]:
        prove_rest(rest, goods[0].state)
    again = [_output(claim, act, goods, min(ended)) for claim in statement.outputs]
    return state.moved(act.consumes, made(act, again))


def _prove_undoable(goods: list[Output], statement: Undo) -> None:
    states = {output.state for output in goods}
    wrong = states - set(Undo.rests)
    if wrong:
        raise RuleBroken("R10", "NOT_UNDOABLE", f"That goods are {min(wrong)} is not undone.")
    if len(states) > 1:
        raise RuleBroken("R3", "STATES_MIXED", "Goods of different states are undone separately.")
    if statement.supplied:
        raise RuleBroken("R10", "WAS_SUPPLIED", "What a patient was given never comes back.")


def _prove_recent(ended: datetime, at: datetime) -> None:
    """By calendar days in UTC: the day itself does not count, the tenth after it does."""
    days = (at.date() - ended.date()).days
    if days > DAYS_MAX:
        message = f"Done {days} days ago: it can be undone for {DAYS_MAX} days."
        raise RuleBroken("R10", "UNDO_TOO_LATE", message)


def _output(claim: OutputClaim, act: Act, goods: list[Output], ended: datetime) -> Output:
    """What is left over stays ended since when it was, and no undo makes that later."""
    output = plain(claim, act, mixed(goods))
    return output if claim.state is State.HELD else replace(output, ended_at=ended)
