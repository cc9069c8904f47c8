"""What is said of the temperature of goods, and what an open question keeps from moving.

A hand-off or a record whose readings need a decision leaves a question open on the goods that
come of it (R15), and so does one that takes more of a stability budget than is left (C6). Until it
is decided they go nowhere but back, aside or to destruction.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from supplychain.domain.conditions_claim import METHOD_1, ClaimedState, ConditionsClaim
from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_rest,
    prove_state,
    questions,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.handoff_statements import KEPT
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.moves import remaining
from supplychain.domain.outputs import Output, OutputClaim, State, mixed
from supplychain.domain.parties import HOLDING, Role
from supplychain.domain.rides import Ride, told_on_the_way
from supplychain.domain.spent import NOTHING_FRESH, NOTHING_SPENT, Spent, spend
from supplychain.domain.statements import (
    SPEAKING,
    ConditionsRecord,
    LotRegister,
    LotStatement,
    Quality,
    QualityRelease,
)

UNDECIDED: Mapping[str, str] = MappingProxyType(
    {
        ClaimedState.REVIEW.value: "Temperature to be reviewed",
        ClaimedState.EXCURSION.value: "Temperature excursion",
        ClaimedState.FREEZE.value: "Frozen",
    }
)
"""What somebody has to decide on, in words."""


def say(state: LotState, act: Act, statement: Quality) -> LotState:
    """The holder adds readings of its goods, or decides on open questions about all of them.

    Readings may be of goods on the way too: their giver has them until they are received.
    """
    goods = consumed(state, act)
    on_the_way = () if isinstance(statement, QualityRelease) else (State.IN_TRANSIT,)
    before = prove_state(goods, *KEPT, *on_the_way)
    prove_holder(goods, act)
    prove_balance("Accounted for", goods, statement.outputs)
    (claim,) = statement.outputs
    prove_kept(claim, act.signer.gln)
    prove_rest(claim, before)
    if isinstance(statement, QualityRelease):
        _prove_decision(state, act, goods, statement)
    else:
        _prove_past(act, statement)
    return state.moved(act.consumes, made(act, [_kept(claim, act, goods)]))


def _kept(claim: OutputClaim, act: Act, goods: list[Output]) -> Output:
    """What all of the goods are made again; a journey stays one, of one dispatch."""
    if claim.state is not State.IN_TRANSIT:
        return plain(claim, act, mixed(goods))
    if len(goods) != 1:
        raise RuleBroken("R5", "ONE_DISPATCH", "One statement speaks of one dispatch.")
    (journey,) = goods
    going = remaining(claim, act, journey)
    return replace(going, made_at=journey.made_at, rides=_told(act, journey))


def _told(act: Act, journey: Output) -> tuple[Ride, ...]:
    """What trackers told of the journey, the batch of this record among it."""
    said = act.statement
    if not isinstance(said, ConditionsRecord) or said.batch is None:
        return journey.rides
    digest = said.batch.digest(act.log, str(act.signer.gln))
    return told_on_the_way(journey.rides, said.batch, said.readings, digest)


def _prove_decision(
    state: LotState, act: Act, goods: list[Output], statement: QualityRelease
) -> None:
    if not act.signer.roles & (HOLDING - {Role.CARRIER}):
        raise RuleBroken("R3", "ROLE_MISSING", f"{act.signer.gln} decides on no quality.")
    prove_movable(state, act)
    unasked = set(statement.entries) - questions(goods)
    if unasked:
        message = f"Entry {min(unasked)} leaves no question open on these goods."
        raise RuleBroken("R15", "NOTHING_TO_DECIDE", message)


def _prove_past(act: Act, statement: ConditionsRecord) -> None:
    until = statement.covers[1]
    if until > act.at:
        message = f"Dated {act.at.isoformat()}, with readings until {until.isoformat()}."
        raise RuleBroken("R15", "COVERS_AHEAD", message)


def carried(before: LotState, act: Act, after: LotState) -> LotState:
    """The state after the act, with the questions that stay open on what it made.

    And with what its goods have used up of their stability budget, which no decision gives back:
    whoever takes more where it is over asks again.
    """
    goods = [before.outputs[ref] for ref in act.consumes if ref in before.outputs]
    spent, over = _spent(act, goods)
    asked = (questions(goods) | _own(act, over=over)) - _answered(act)
    if not asked and spent is NOTHING_SPENT:
        return after
    outputs = {
        ref: replace(output, questions=frozenset(asked), spent=spent)
        if ref.entry_id == act.entry_id
        else output
        for ref, output in after.outputs.items()
    }
    return replace(after, outputs=MappingProxyType(outputs))


def _spent(act: Act, goods: list[Output]) -> tuple[Spent, bool]:
    """What is used up after the act, and whether the act took what was not there any more."""
    said = act.statement
    pasts = [one.spent for one in goods if one.spent is not NOTHING_SPENT] or _born_with(said)
    past = Spent.most(pasts) if pasts else NOTHING_SPENT
    claim = said.conditions.readings if isinstance(said, SPEAKING) else None
    if claim is None or act.profile is None:
        return past, False
    fresh = said.fresh if isinstance(said, ConditionsRecord) else NOTHING_FRESH
    after, beyond = spend(past, claim, act.profile, fresh)
    return after, bool(beyond)


def _born_with(said: LotStatement) -> list[Spent]:
    """What a lot that was made of others has behind it."""
    origin = said.origin if isinstance(said, LotRegister) else None
    return [Spent(one.spent) for one in (origin.sources if origin else ()) if one.spent is not None]


def _own(act: Act, *, over: bool) -> set[str]:
    said = act.statement
    asks = over or (isinstance(said, SPEAKING) and _undecided(said.conditions))
    return {act.entry_id} if asks else set()


def _undecided(conditions: ConditionsClaim) -> bool:
    """What was judged by the first method was told, and held nothing up."""
    readings = conditions.readings
    return readings is not None and readings.method != METHOD_1 and readings.state in UNDECIDED


def _answered(act: Act) -> frozenset[str]:
    said = act.statement
    return frozenset(said.entries) if isinstance(said, QualityRelease) else frozenset()
