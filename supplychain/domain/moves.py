"""Hand-offs: dispatch (R3, R4), receipt in part or whole (R5), void (R7)."""

from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_conditions,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, OutputClaim, State
from supplychain.domain.statements import Receive, Ship, Void


def hand_off(state: LotState, act: Act, statement: Ship | Receive | Void) -> LotState:
    """A dispatch, a receipt or a void."""
    match statement:
        case Ship():
            return ship(state, act, statement)
        case Receive():
            return receive(state, act, statement)
        case _:
            return void(state, act, statement)


def ship(state: LotState, act: Act, statement: Ship) -> LotState:
    """The holder sends units to an admitted party that may hold goods."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    _prove_receiver(act, statement)
    prove_movable(state, act)
    for claim in statement.outputs:
        prove_kept(claim, act.signer.gln)
    _prove_shipped(goods, statement)
    prove_conditions(state.born(), not_required=_not_required(statement.conditions))
    sent = Output(
        state=State.IN_TRANSIT,
        holder=act.signer.gln,
        quantity=statement.quantity,
        made_at=act.at,
        to=statement.to,
        dispatch=act.entry_id,
        dispatched_at=act.at,
        packs=statement.outputs[0].packs,
    )
    rest = [plain(claim, act) for claim in statement.outputs[1:]]
    return state.moved(act.consumes, made(act, [sent, *rest]))


def _prove_receiver(act: Act, statement: Ship) -> None:
    if statement.to == act.signer.gln:
        raise RuleBroken("R3", "TO_YOURSELF", "Nobody ships to himself.")
    if act.receiver is None or act.receiver.gln != statement.to:
        raise RuleBroken("R3", "RECEIVER_UNKNOWN", f"{statement.to} is not an admitted party.")
    if not act.receiver.may_hold:
        raise RuleBroken("R3", "RECEIVER_MAY_NOT_HOLD", f"{statement.to} may not hold goods.")


def _prove_shipped(goods: list[Output], statement: Ship) -> None:
    held = sum(output.quantity for output in goods)
    if statement.quantity > held:
        raise RuleBroken("R4", "MASS_IMBALANCE", f"Shipped {statement.quantity} of {held}.")
    prove_balance("Shipped and kept", goods, statement.outputs)


def receive(state: LotState, act: Act, statement: Receive) -> LotState:
    """The named receiver takes what arrived; flagged or expired goods only into quarantine."""
    goods = consumed(state, act)
    journey = _journey(goods)
    if journey.to != act.signer.gln:
        raise RuleBroken("R3", "NOT_RECEIVER", f"These goods are not sent to {act.signer.gln}.")
    prove_balance("Received and missing", goods, statement.outputs)
    prove_conditions(state.born(), not_required=_not_required(statement.conditions))
    arrived = [_arrival(claim, act, journey) for claim in statement.outputs]
    if any(output.state is State.HELD for output in arrived):
        prove_movable(state, act)
    return state.moved(act.consumes, made(act, arrived))


def _journey(goods: list[Output]) -> Output:
    prove_state(goods, State.IN_TRANSIT)
    if len(goods) != 1:
        raise RuleBroken("R5", "ONE_DISPATCH", "One statement closes one dispatch.")
    return goods[0]


def _arrival(claim: OutputClaim, act: Act, journey: Output) -> Output:
    if claim.state is State.IN_TRANSIT:
        return remaining(claim, act, journey)
    prove_kept(claim, act.signer.gln)
    return plain(claim, act)


def remaining(claim: OutputClaim, act: Act, journey: Output) -> Output:
    """The part of a journey that goes on: same giver, same receiver, same dispatch."""
    prove_kept(claim, journey.holder)
    if claim.to != journey.to:
        raise RuleBroken("R5", "RECEIVER_CHANGED", f"What is missing stays sent to {journey.to}.")
    return Output(
        state=State.IN_TRANSIT,
        holder=journey.holder,
        quantity=claim.quantity,
        made_at=act.at,
        to=journey.to,
        dispatch=journey.dispatch,
        dispatched_at=journey.dispatched_at,
        packs=claim.packs,
    )


def void(state: LotState, act: Act, statement: Void) -> LotState:
    """The giver, and nobody else, takes back all that was not received."""
    goods = consumed(state, act)
    journey = _journey(goods)
    if journey.holder != act.signer.gln:
        raise RuleBroken("R7", "NOT_GIVER", f"{act.signer.gln} did not send these goods.")
    if journey.dispatch != statement.dispatch:
        raise RuleBroken("R7", "WRONG_DISPATCH", "These goods were sent by another dispatch.")
    prove_balance("Took back", goods, statement.outputs)
    prove_kept(statement.outputs[0], act.signer.gln)
    return state.moved(act.consumes, made(act, [plain(statement.outputs[0], act)]))


def _not_required(conditions: ConditionsClaim) -> bool:
    return conditions.none is NoReadings.NOT_REQUIRED
