"""The laws of custody, over random histories of parties honest and not (R2, R4).

After each step: the units that stand, in whatever state, are the units that were born; each output
is used once; and an act that was refused has changed nothing. `UNBROKEN_LAW_STEPS=10000` plays one
history of that length; the suite plays many short ones.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.core.links import OutputRef
from supplychain.domain.custody import Act, LotState, Output, State, balance, decide
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.histories import replay, replay_all
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    HoldLift,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    RecallClass,
    RecallIssue,
    Receive,
    Ship,
    Void,
)
from tests.people import EVERYONE, MAKER
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    KEY,
    NONE_NEEDED,
    birth,
    entry_id,
    party_of,
)

T = TypeVar("T")
Deed = Callable[[], None]
BORN = 1_000_000
STEPS = int(os.environ.get("UNBROKEN_LAW_STEPS", "2000"))


class World:
    """A lot, everything ever made of it, and parties that try what they like."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.state = LotState()
        self.acts: list[Act] = []
        self.ever: dict[OutputRef, Output] = {}
        self.used: set[OutputRef] = set()
        self.tried = self.stood = 0
        self.clock = DAY_ONE
        self.attempt(MAKER, birth(BORN))

    def attempt(
        self, signer: Party, statement: LotStatement, *consumes: OutputRef, hours: int = 1
    ) -> bool:
        """Try an act; say whether it stands. A refusal must leave no trace."""
        self.tried += 1
        act = Act(
            entry_id=entry_id(self.tried),
            key=KEY,
            signer=signer,
            statement=statement,
            at=self.clock + timedelta(hours=hours),
            consumes=consumes,
            receiver=party_of(statement.to) if isinstance(statement, Ship) else None,
            monitored=False,
        )
        before, copy = self.state, dict(self.state.outputs)
        try:
            after = decide(self.state, act)
        except RuleBroken:
            assert self.state is before
            assert self.state.outputs == copy
            return False
        self._stand(act, after)
        return True

    def _stand(self, act: Act, after: LotState) -> None:
        for ref in act.consumes:
            assert ref not in self.used, "an output was used twice"
            assert not self.ever[ref].state.final, "what is final moved on"
            assert act.at >= self.ever[ref].made_at
        made = {ref: out for ref, out in after.outputs.items() if ref not in self.state.outputs}
        consumed = sum(self.ever[ref].quantity for ref in act.consumes)
        if act.consumes:
            assert sum(out.quantity for out in made.values()) == consumed
        self.used.update(act.consumes)
        self.ever.update(made)
        self.state = after
        self.acts.append(act)
        self.clock = max(self.clock, act.at)
        self.stood += 1

    def hold(self) -> None:
        """The laws."""
        units = balance(self.state)
        assert sum(units.values()) == BORN
        assert all(out.quantity >= 1 for out in self.state.outputs.values())
        assert not self.used & set(self.state.outputs)
        assert self.used | set(self.state.outputs) == set(self.ever)

    # What parties try. Nobody here knows the rules: most of what they try is wrong.

    def any_ref(self, *wanted: State) -> OutputRef:
        """Mostly goods in a wanted state, sometimes others, or used ones, or that never were."""
        fate = self.chance.random()
        if fate < 0.05:
            return OutputRef(entry_id(-1 - self.chance.randrange(9)), 0)
        if fate < 0.15:
            return self.pick(list(self.ever))
        right = [ref for ref, out in self.state.outputs.items() if out.state in wanted]
        return self.pick(right or list(self.ever))

    def any_party(self) -> Party:
        return self.pick(EVERYONE)

    def pick(self, among: Sequence[T]) -> T:
        return among[self.chance.randrange(len(among))]

    def split(self, whole: int) -> tuple[int, int]:
        """Two parts of the whole; now and then they are too many or too few."""
        first = self.chance.randint(1, max(1, whole))
        wrong = self.pick((0, 0, 0, 0, 0, 1, -1))
        return first, max(0, whole - first + wrong)

    def owner(self, ref: OutputRef, *, to: bool = False) -> Party:
        """Mostly the party it belongs to, sometimes somebody else."""
        output = self.ever.get(ref)
        if output is None or self.chance.random() < 0.1:
            return self.any_party()
        rightful: Gln = output.to if to and output.to is not None else output.holder
        return party_of(rightful) or self.any_party()

    def units(self, ref: OutputRef) -> int:
        output = self.ever.get(ref)
        return output.quantity if output else 10

    def hours(self) -> int:
        return self.pick((1, 1, 1, 1, 1, 0, -30))

    def step(self) -> None:
        """One try of one party."""
        deed = self.pick((self.ship,) * 6 + (self.receive,) * 10 + self.others)
        try:
            deed()
        except Invalid:
            self.tried += 1  # no statement at all: it never gets as far as a rule

    def ship(self) -> None:
        ref = self.any_ref(State.HELD)
        giver, (sent, rest) = self.owner(ref), self.split(self.units(ref))
        statement = Ship.of(
            giver=giver.gln,
            receiver=self.any_party().gln,
            quantity=sent,
            rest=rest,
            shipment="S",
            conditions=NONE_NEEDED,
        )
        self.attempt(giver, statement, *self.refs(ref), hours=self.hours())

    def refs(self, ref: OutputRef) -> tuple[OutputRef, ...]:
        if self.chance.random() < 0.95:
            return (ref,)
        return (ref, self.any_ref(State.HELD, State.IN_TRANSIT))

    def receive(self) -> None:
        ref = self.any_ref(State.IN_TRANSIT)
        receiver, (accepted, rest) = self.owner(ref, to=True), self.split(self.units(ref))
        damaged = self.chance.randint(0, rest) if self.chance.random() < 0.2 else 0
        statement = Receive.of(
            giver=self.owner(ref).gln,
            receiver=receiver.gln,
            accepted=accepted,
            damaged=damaged,
            missing=rest - damaged,
            shipment="S",
            conditions=NONE_NEEDED,
        )
        self.attempt(receiver, statement, *self.refs(ref), hours=self.hours())

    def void(self) -> None:
        ref = self.any_ref(State.IN_TRANSIT)
        giver, output = self.owner(ref), self.ever.get(ref)
        dispatch = output.dispatch if output and output.dispatch else entry_id(2)
        quantity = max(1, self.units(ref) + self.pick((0, 0, 0, 1)))
        statement = Void.of(giver=giver.gln, dispatch=dispatch, quantity=quantity, reason="R")
        if self.attempt(giver, statement, ref, hours=self.hours()):
            assert not self.attempt(giver, statement, ref), "a dispatch was voided twice"

    def dispense(self) -> None:
        ref = self.any_ref(State.HELD)
        holder, (some, rest) = self.owner(ref), self.split(min(3, self.units(ref)))
        rest += max(0, self.units(ref) - 3)
        statement = Dispense.of(holder=holder.gln, quantity=some, rest=rest)
        self.attempt(holder, statement, ref, hours=self.hours())

    def destroy(self) -> None:
        ref = self.any_ref(State.HELD, State.QUARANTINED)
        rest = max(0, self.units(ref) - 1)
        holder, state = self.owner(ref), self.pick((State.HELD, State.QUARANTINED))
        statement = Destroy.of(holder=holder.gln, quantity=1, rest=rest, reason="R", state=state)
        self.attempt(holder, statement, ref, hours=self.hours())

    def lose(self) -> None:
        ref = self.any_ref(State.HELD, State.IN_TRANSIT)
        output = self.ever.get(ref)
        signer = self.owner(ref, to=self.chance.random() < 0.5)
        statement = Lose.of(
            signer=signer.gln,
            holder=output.holder if output else signer.gln,
            quantity=1,
            rest=max(0, self.units(ref) - 1),
            kind=self.pick([*LossKind]),
            reason="R",
            to=output.to if output else None,
        )
        self.attempt(signer, statement, ref, hours=self.hours())

    def steal(self) -> None:
        """A whole statement of somebody else's, bent to make the thief the holder."""
        ref, thief = self.any_ref(State.HELD), self.any_party()
        honest = Dispense.of(holder=self.owner(ref).gln, quantity=self.units(ref), rest=0)
        bent = replace(honest, outputs=(OutputClaim(State.DISPENSED, thief.gln, self.units(ref)),))
        self.attempt(thief, bent, ref)

    def flag(self) -> None:
        """Holds come and mostly go again; a recall would end the story, so it is rare."""
        holds = self.state.flags.holds
        if holds:
            self.attempt(self.owner_of(holds[0].placer), HoldLift(holds[0].entry_id, "R"))
            return
        recall = self.chance.random() < 0.0003
        deed = RecallIssue(RecallClass.II, "R") if recall else HoldPlace("R")
        self.attempt(self.any_party(), deed)

    def owner_of(self, gln: Gln) -> Party:
        return party_of(gln) or self.any_party()

    @property
    def others(self) -> tuple[Deed, ...]:
        return (self.void, self.dispense, self.destroy, self.lose, self.steal, self.flag)


class RandomHistories(RuleBasedStateMachine):
    """Hypothesis chooses who tries what, and shrinks a history that breaks a law."""

    world: World

    @initialize(chance=st.randoms(use_true_random=False))
    def begin(self, chance: Random) -> None:
        self.world = World(chance)

    @rule()
    def ship(self) -> None:
        self.guarded("ship")

    @rule()
    def receive(self) -> None:
        self.guarded("receive")

    @rule(deed=st.sampled_from(["void", "dispense", "destroy", "lose", "steal", "flag"]))
    def other(self, deed: str) -> None:
        self.guarded(deed)

    @rule()
    def be_born_again(self) -> None:
        assert not self.world.attempt(MAKER, birth(1))

    def guarded(self, deed: str) -> None:
        try:
            getattr(self.world, deed)()
        except Invalid:
            self.world.tried += 1

    @invariant()
    def laws_hold(self) -> None:
        if hasattr(self, "world"):
            self.world.hold()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert replay(self.world.acts) == self.world.state


TestRandomHistories = RandomHistories.TestCase
TestRandomHistories.settings = settings(
    max_examples=40,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_history_keeps_its_laws_after_each_step(seed: int) -> None:
    world = World(Random(seed))
    for _ in range(STEPS):
        world.step()
        world.hold()
    assert world.stood > STEPS // 5, "too little of what was tried stood"
    history = replay_all(world.acts)
    assert (history.state, history.broken) == (world.state, ())
    assert dict(history.made) == world.ever
    assert set(history.used_by) == world.used
    assert history.ancestry(world.state.outputs) <= set(history.acts)
