"""Custody: may this be done with these goods? Values in, the new state or a broken rule out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from supplychain.domain import (
    adding,
    births,
    flagging,
    loading,
    moves,
    packing,
    quality,
    returns,
    stock,
    surplus,
    transforming,
    undoing,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, State
from supplychain.domain.packs import PackSet
from supplychain.domain.statements import (
    Aggregate,
    ConditionsRecord,
    Correction,
    Disaggregate,
    Dispense,
    ExpiryExtend,
    Lose,
    LotRegister,
    LotStatement,
    LotWord,
    Quality,
    QualityRelease,
    Receive,
    Ship,
    Stocked,
    Surplus,
    Transform,
    Undo,
    Void,
)
from supplychain.domain.stock_statements import Reasoned

__all__ = ["Act", "LotState", "Output", "State", "balance", "decide", "prove_sets"]


def decide(state: LotState, act: Act) -> LotState:
    """The state after the act. Raises RuleBroken, and then nothing has changed.

    Only the outputs that the act consumes need stand in `state.outputs`.
    """
    after = _decide(state, act)
    after = returns.carried(state, act, quality.carried(state, act, after))
    return loading.carried(state, act, after)


def _decide(state: LotState, act: Act) -> LotState:
    match act.statement:
        case LotRegister() as birth:
            return births.register(state, act, birth)
        case Transform() as made_into:
            return transforming.transform(state, act, made_into)
        case Ship() | Receive() | Surplus() | Void() as handoff:
            return _hand_off(state, act, handoff)
        case Aggregate() | Disaggregate() as packed:
            return packing.pack(state, act, packed)
        case Dispense() | Reasoned() | Lose() | ConditionsRecord() | QualityRelease() as deed:
            return _with_stock(state, act, deed)
        case word:
            return _about_the_lot(state, act, word)


def _hand_off(state: LotState, act: Act, statement: Ship | Receive | Surplus | Void) -> LotState:
    match statement:
        case Surplus():
            return surplus.admit(state, act, statement)
        case Receive():
            journeys = [state.outputs[ref] for ref in act.consumes if ref in state.outputs]
            received = moves.hand_off(state, act, statement)
            return surplus.note_over(received, act, statement, journeys[0])
        case _:
            return moves.hand_off(state, act, statement)


def _with_stock(state: LotState, act: Act, statement: Stocked | Lose | Quality) -> LotState:
    match statement:
        case ConditionsRecord() | QualityRelease():
            return quality.say(state, act, statement)
        case Undo():
            return undoing.undo(state, act, statement)
        case Lose():
            return stock.lose(state, act, statement)
        case _:
            return stock.change(state, act, statement)


def _about_the_lot(state: LotState, act: Act, statement: LotWord) -> LotState:
    match statement:
        case ExpiryExtend() | Correction():
            return adding.add(state, act, statement)
        case _:
            return flagging.flag(state, act, statement)


def prove_sets(statement: LotStatement, sets: Sequence[PackSet | None]) -> None:
    """That the outputs commit to the very packs that were named, and to as many (R4).

    For whoever knows the packs. A verifier holds the roots against proofs of those it is shown.
    """
    for claim, known in zip(statement.outputs, sets, strict=True):
        said = None if claim.packs is None else PackSet(claim.packs, claim.quantity)
        if said != known:
            message = f"The {claim.state} output commits to other packs than those named with it."
            raise RuleBroken("R4", "PACKS_DISAGREE", message)


def balance(state: LotState) -> Mapping[State, int]:
    """How many units stand in which state; their sum is what was registered (R4)."""
    units: Counter[State] = Counter()
    for output in state.outputs.values():
        units[output.state] += output.quantity
    return units
