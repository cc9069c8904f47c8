"""What becomes of goods that a party has: set aside, released, or brought to a final state (R10).

One table says which goods a statement uses up, whose it is to make, and whether the goods have to
be fit: neither recalled nor on hold (R11) nor expired (R12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_decided,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_rest,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.lots import Lot, Printed
from supplychain.domain.moves import remaining
from supplychain.domain.outputs import Output, OutputClaim, State, mixed
from supplychain.domain.parties import HOLDING, MAKING, Role
from supplychain.domain.statements import (
    Decommission,
    Destroy,
    Dispense,
    Export,
    Lose,
    Quarantine,
    Release,
    Sample,
    Stocked,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """From which states, by which roles, and whether only of fit goods; `leaves`: as good ones."""

    before: tuple[State, ...]
    roles: frozenset[Role]
    fit: bool = False
    leaves: bool = False


_ANY = (State.HELD, State.QUARANTINED, State.RETURNED)
# A carrier keeps goods safe; whether they are good, and what they are for, others decide.
_TRADE = HOLDING - {Role.CARRIER}
TERMS: Mapping[type[Stocked], Terms] = MappingProxyType(
    {
        Dispense: Terms((State.HELD,), frozenset({Role.DISPENSER}), fit=True, leaves=True),
        Export: Terms((State.HELD,), MAKING | {Role.WHOLESALER}, fit=True, leaves=True),
        Destroy: Terms(_ANY, HOLDING),
        Sample: Terms(_ANY, _TRADE),
        Decommission: Terms(_ANY, _TRADE),
        Quarantine: Terms((State.HELD, State.RETURNED), HOLDING),
        Release: Terms((State.QUARANTINED, State.RETURNED), _TRADE, fit=True),
    }
)


def change(state: LotState, act: Act, statement: Stocked) -> LotState:
    """The holder does with its goods what the terms of the statement allow."""
    terms = TERMS[type(statement)]
    goods = consumed(state, act)
    prove_state(goods, *terms.before)
    prove_holder(goods, act)
    if not act.signer.roles & terms.roles:
        names = " or ".join(sorted(terms.roles))
        raise RuleBroken("R3", "ROLE_MISSING", f"{act.signer.gln} is no {names}.")
    if terms.fit:
        prove_movable(state, act)
    if terms.leaves:
        prove_decided(goods)
    if isinstance(statement, Release):
        _prove_checked(state.born(), goods, statement)
    return _account(state, act, goods, statement.outputs)


def _prove_checked(lot: Lot, goods: list[Output], statement: Release) -> None:
    """That goods which came back were held against what their maker registered (R8)."""
    printed = statement.printed
    if printed is None:
        if any(output.unchecked for output in goods):
            message = "Say what is printed on the packs that came back: GTIN, lot and expiry."
            raise RuleBroken("R8", "RETURN_NOT_CHECKED", message)
        return
    if printed.key != lot.key or printed.expiry not in lot.printed:
        message = f"The packs say {printed}; registered is {Printed(lot.key, lot.expiry.on)}."
        raise RuleBroken("R8", "PRINTED_OTHERWISE", message)


def lose(state: LotState, act: Act, statement: Lose) -> LotState:
    """The holder, or the giver or receiver of goods on the way, reports a loss."""
    goods = consumed(state, act)
    if prove_state(goods, State.HELD, State.IN_TRANSIT) is State.HELD:
        prove_holder(goods, act)
        return _account(state, act, goods, statement.outputs)
    return _lose_on_the_way(state, act, goods, statement.outputs)


def _account(
    state: LotState, act: Act, goods: list[Output], claims: tuple[OutputClaim, ...]
) -> LotState:
    prove_balance("Accounted for", goods, claims)
    for claim in claims:
        prove_kept(claim, act.signer.gln)
    for rest in claims[1:]:
        prove_rest(rest, goods[0].state)
    return state.moved(
        act.consumes, made(act, [plain(claim, act, mixed(goods)) for claim in claims])
    )


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
        prove_rest(rest, State.IN_TRANSIT)
    going = [remaining(rest, act, journey) for rest in claims[1:]]
    return state.moved(act.consumes, made(act, [plain(claims[0], act, journey.way), *going]))
