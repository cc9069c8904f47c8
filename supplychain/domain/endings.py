"""Final states (R10): dispensed, destroyed, lost or stolen. Nothing comes after them."""

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
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.moves import remaining
from supplychain.domain.outputs import Output, OutputClaim, State
from supplychain.domain.parties import Role
from supplychain.domain.statements import Destroy, Dispense, Lose


def end(state: LotState, act: Act, statement: Dispense | Destroy | Lose) -> LotState:
    """Units that are handed to patients, destroyed or lost."""
    match statement:
        case Dispense():
            return dispense(state, act, statement)
        case Destroy():
            return destroy(state, act, statement)
        case _:
            return lose(state, act, statement)


def dispense(state: LotState, act: Act, statement: Dispense) -> LotState:
    """A pharmacy or hospital hands units to patients; never flagged or expired ones."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    if Role.DISPENSER not in act.signer.roles:
        raise RuleBroken("R3", "ROLE_MISSING", f"{act.signer.gln} is not a dispenser.")
    prove_movable(state, act)
    return _end(state, act, goods, statement.outputs)


def destroy(state: LotState, act: Act, statement: Destroy) -> LotState:
    """The holder destroys units, from stock or from quarantine, flagged or not."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD, State.QUARANTINED)
    prove_holder(goods, act)
    return _end(state, act, goods, statement.outputs)


def lose(state: LotState, act: Act, statement: Lose) -> LotState:
    """The holder, or the giver or receiver of goods on the way, reports a loss."""
    goods = consumed(state, act)
    if prove_state(goods, State.HELD, State.IN_TRANSIT) is State.HELD:
        prove_holder(goods, act)
        return _end(state, act, goods, statement.outputs)
    return _lose_on_the_way(state, act, goods, statement.outputs)


def _end(
    state: LotState, act: Act, goods: list[Output], claims: tuple[OutputClaim, ...]
) -> LotState:
    prove_balance("Accounted for", goods, claims)
    for claim in claims:
        prove_kept(claim, act.signer.gln)
    for rest in claims[1:]:
        _prove_rest(rest, goods[0].state)
    return state.moved(act.consumes, made(act, [plain(claim, act) for claim in claims]))


def _lose_on_the_way(
    state: LotState, act: Act, goods: list[Output], claims: tuple[OutputClaim, ...]
) -> LotState:
    if len(goods) != 1:
        raise RuleBroken("R5", "ONE_DISPATCH", "One statement closes one dispatch.")
    journey = goods[0]
    if act.signer.gln not in (journey.holder, journey.to):
        raise RuleBroken(
            "R3", "NOT_HOLDER", f"{act.signer.gln} neither sent these goods nor awaits them."
        )
    prove_balance("Accounted for", goods, claims)
    prove_kept(claims[0], act.signer.gln)
    for rest in claims[1:]:
        _prove_rest(rest, State.IN_TRANSIT)
    going = [remaining(rest, act, journey) for rest in claims[1:]]
    return state.moved(act.consumes, made(act, [plain(claims[0], act), *going]))


def _prove_rest(rest: OutputClaim, before: State) -> None:
    if rest.state is not before:
        raise RuleBroken(
            "R4", "REST_CHANGED", f"The rest stays {before}; it does not become {rest.state}."
        )
