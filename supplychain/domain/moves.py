"""Hand-offs: dispatch (R3, R4), receipt in part or whole (R5), void (R7), and returns (R8)."""

from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_conditions,
    prove_decided,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_rest,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.intervals import Interval
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import WAY_MAX, Output, OutputClaim, State, Way, mixed
from supplychain.domain.rides import prove_cited
from supplychain.domain.statements import Receive, Return, Ship, Void


def hand_off(state: LotState, act: Act, statement: Ship | Receive | Void) -> LotState:
    """A dispatch, a return, a receipt or a void."""
    match statement:
        case Return():
            return send_back(state, act, statement)
        case Ship():
            return ship(state, act, statement)
        case Receive():
            return receive(state, act, statement)
        case _:
            return void(state, act, statement)


def ship(state: LotState, act: Act, statement: Ship) -> LotState:
    """The holder sends fit units to an admitted party that may hold goods."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    _prove_receiver(act, statement)
    prove_movable(state, act)
    prove_decided(goods)
    return _send(state, act, goods, statement)


def send_back(state: LotState, act: Act, statement: Return) -> LotState:
    """The holder sends units, fit or not, back to the party that they came from (R8)."""
    goods = consumed(state, act)
    before = prove_state(goods, State.HELD, State.QUARANTINED, State.RETURNED)
    prove_holder(goods, act)
    _prove_receiver(act, statement)
    if not all(output.way and statement.to in output.way[-1] for output in goods):
        message = f"These goods did not come from {statement.to} to {act.signer.gln}."
        raise RuleBroken("R8", "NOT_THE_SUPPLIER", message)
    return _send(state, act, goods, statement, before)


def _send(
    state: LotState,
    act: Act,
    goods: list[Output],
    statement: Ship,
    sent_back: State | None = None,
) -> LotState:
    for claim in statement.outputs:
        prove_kept(claim, act.signer.gln)
    for claim in statement.outputs[1:]:
        prove_rest(claim, goods[0].state)
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
        sent_back=sent_back,
        packs=statement.outputs[0].packs,
        way=mixed(goods),
    )
    rest = [plain(claim, act, mixed(goods)) for claim in statement.outputs[1:]]
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
    """The named receiver takes what arrived; flagged or expired goods only into quarantine.

    What came back is `returned`, and no stock until it is checked (R8).
    """
    goods = consumed(state, act)
    journey = _journey(goods)
    if journey.to != act.signer.gln:
        raise RuleBroken("R3", "NOT_RECEIVER", f"These goods are not sent to {act.signer.gln}.")
    prove_balance("Received and missing", goods, statement.outputs)
    prove_conditions(state.born(), not_required=_not_required(statement.conditions))
    if (cited := statement.conditions.tracker) is not None:
        prove_cited(cited, journey.rides, Interval(journey.dispatched_at or act.at, act.at))
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
    _prove_arrived(claim, journey)
    return plain(claim, act, _way_on(journey))


def _way_on(journey: Output) -> Way:
    """The way of what arrived: one giver more, or one fewer where it came back to him."""
    if journey.sent_back is not None:
        return journey.way[:-1]
    return (*journey.way, frozenset({journey.holder}))[-WAY_MAX:]


def _prove_arrived(claim: OutputClaim, journey: Output) -> None:
    if claim.state is State.HELD and journey.sent_back is not None:
        message = "What comes back is `returned`, and no stock until it is checked."
        raise RuleBroken("R8", "RETURN_NOT_CHECKED", message)
    if claim.state is State.RETURNED and journey.sent_back is None:
        raise RuleBroken("R8", "NOT_A_RETURN", "These goods were not sent back.")


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
        sent_back=journey.sent_back,
        packs=claim.packs,
        way=journey.way,
        rides=journey.rides,
    )


def void(state: LotState, act: Act, statement: Void) -> LotState:
    """The giver, and nobody else, takes back what was not received, as it was before."""
    goods = consumed(state, act)
    journey = _journey(goods)
    if journey.holder != act.signer.gln:
        raise RuleBroken("R7", "NOT_GIVER", f"{act.signer.gln} did not send these goods.")
    if journey.dispatch != statement.dispatch:
        raise RuleBroken("R7", "WRONG_DISPATCH", "These goods were sent by another dispatch.")
    prove_balance("Took back", goods, statement.outputs)
    claim, *missing = statement.outputs
    prove_kept(claim, act.signer.gln)
    before = journey.sent_back or State.HELD
    if claim.state is not before:
        message = f"These goods were {before} before; they do not become {claim.state}."
        raise RuleBroken("R7", "STATE_CHANGED", message)
    going = [remaining(one, act, journey) for one in missing]
    return state.moved(act.consumes, made(act, [plain(claim, act, journey.way), *going]))


def _not_required(conditions: ConditionsClaim) -> bool:
    return conditions.none is NoReadings.NOT_REQUIRED
