"""The laws of custody over all statements, packs included, in the hands of parties honest and not.

After each step: the units that stand are those that were born; nobody is below zero; each pack is
in exactly one place, and every set says as many packs as its output has units; what was refused
has changed nothing. At the end the history, played again, says the same, what ended has moved only
to be undone, nothing went on as good whose temperature waited for a decision, and the proofs of
packs lead to where they are. `UNBROKEN_LAW_STEPS=50000` is for a
night.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.core.links import OutputRef
from ledger.core.set_trees import SetTree
from ledger.core.sets import Membership, Subset
from supplychain.domain.conditions_claim import ClaimedState, ConditionsClaim
from supplychain.domain.containers import Container
from supplychain.domain.custody import State, decide, prove_sets
from supplychain.domain.dividing import divided, packed_apart
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.handoff_statements import KEPT
from supplychain.domain.histories import replay_all
from supplychain.domain.identifiers import LotNumber, Serial
from supplychain.domain.lots import Expiry, LotKey, Printed
from supplychain.domain.outputs import OutputClaim, Over
from supplychain.domain.pack_traces import trace
from supplychain.domain.packing_statements import Contents
from supplychain.domain.packs import Pack, PackSet
from supplychain.domain.parties import Party
from supplychain.domain.sales import Sale
from supplychain.domain.statements import (
    TYPES,
    Aggregate,
    ConditionsRecord,
    Correction,
    Disaggregate,
    Dispense,
    ExpiryExtend,
    Export,
    HoldLift,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    QualityRelease,
    RecallClass,
    RecallIssue,
    RecallLift,
    Receive,
    Release,
    Return,
    Ship,
    Surplus,
    Transform,
    TransformKind,
    Undo,
    Void,
    committed,
)
from supplychain.domain.stock_statements import Reasoned
from supplychain.domain.transform_statements import Into
from tests.people import EVERYONE, MAKER
from tests.supplychain.domain.lot_story import (
    EXPIRY,
    GTIN,
    KEY,
    NONE_NEEDED,
    READINGS,
    LotStory,
    birth,
    party_of,
)

T = TypeVar("T")
Packs = frozenset[int]
STEPS = int(os.environ.get("UNBROKEN_LAW_STEPS", "1500"))
SECRET = bytes(range(32))
BORN = 60
CASE = Container("00/106141412345678908")
ONWARD = (Ship, Dispense, Export, Transform)
IN_PARTS = "a rest in two outputs"
KINDS = [kind for kind in TYPES.values() if issubclass(kind, Reasoned)]


@dataclass
class Try:
    """What somebody is about to say, and which packs would be in each output."""

    signer: Party
    said: LotStatement
    consumes: tuple[OutputRef, ...] = ()
    packs: tuple[Packs, ...] = ()


@dataclass
class Shelf:
    """One lot, with serial numbers or without, and where each of its packs is."""

    chance: Random
    serialised: bool = True
    story: LotStory = field(default_factory=LotStory)
    where: dict[OutputRef, Packs] = field(default_factory=dict)
    tree: SetTree = field(default_factory=lambda: SetTree(lambda _hashes: {}))
    stood: list[str] = field(default_factory=list)
    tried: int = 0

    def __post_init__(self) -> None:
        self.attempt(Try(MAKER, birth(BORN), (), (frozenset(range(BORN)),)))

    # What is tried

    def pick(self, among: Sequence[T]) -> T:
        return among[self.chance.randrange(len(among))]

    def a_part(self, whole: Packs, least: int = 1) -> Packs:
        size = self.chance.randint(min(least, len(whole)), len(whole))
        return frozenset(self.chance.sample(sorted(whole), size))

    def ref_in(self, *states: State) -> OutputRef:
        """Goods in one of these states; anything where there are none."""
        standing = self.story.state.outputs
        right = [ref for ref, output in standing.items() if output.state in states]
        return self.pick(right or list(standing))

    def holder(self, ref: OutputRef) -> Party:
        return party_of(self.story.state.outputs[ref].holder) or MAKER

    def stock(self) -> Try:
        """A holder changes the state of a part of its goods."""
        kind = self.pick(KINDS)
        ref = self.ref_in(*kind.rests)
        output, holder = self.story.state.outputs[ref], self.holder(ref)
        part = self.a_part(self.where[ref])
        rest = self.where[ref] - part
        said = kind.of(
            holder=holder.gln,
            quantity=len(part),
            rest=len(rest),
            reason="R",
            state=output.state,
        )
        if isinstance(said, Release):
            said = replace(said, printed=Printed(KEY, self.pick(sorted(self.printed))))
        if isinstance(said, Undo):
            said = replace(said, supplied=self.chance.random() < 0.1)
        return Try(holder, said, (ref,), (part, rest))

    @property
    def printed(self) -> list[date]:
        return sorted(self.story.state.born().printed)

    def dispense(self) -> Try:
        ref = self.ref_in(State.HELD)
        holder, part = self.holder(ref), self.a_part(self.where[ref])
        rest = self.where[ref] - part
        said = Dispense.of(holder=holder.gln, quantity=len(part), rest=len(rest))
        return Try(holder, said, (ref,), (part, rest))

    def ship(self) -> Try:
        refs = [self.ref_in(State.HELD)]
        if self.chance.random() < 0.3:
            refs = list(dict.fromkeys([*refs, self.ref_in(State.HELD)]))
        giver, whole = self.holder(refs[0]), frozenset[int]().union(*map(self.where.get, refs))  # type: ignore[arg-type]  # they stand
        part = self.a_part(whole)
        said = LotStory.ship_of(giver, self.pick(EVERYONE), len(part), len(whole - part))
        return Try(giver, said, tuple(refs), (part, whole - part))

    def send_back(self) -> Try:
        ref = self.ref_in(State.HELD, State.QUARANTINED, State.RETURNED)
        output, holder = self.story.state.outputs[ref], self.holder(ref)
        part = self.a_part(self.where[ref])
        known = [party_of(gln) for gln in sorted(output.way[-1])] if output.way else []
        supplier = self.pick([*filter(None, known), *known, self.pick(EVERYONE)]) or MAKER
        said = Return.back(
            holder=holder.gln,
            supplier=supplier.gln,
            quantity=len(part),
            rest=len(self.where[ref] - part),
            shipment="R",
            reason="R",
            conditions=NONE_NEEDED,
            state=output.state,
        )
        return Try(holder, said, (ref,), (part, self.where[ref] - part))

    def receive(self) -> Try:
        ref = self.ref_in(State.IN_TRANSIT)
        output = self.story.state.outputs[ref]
        receiver = party_of(output.to) or self.pick(EVERYONE)
        whole = self.where[ref]
        good = self.a_part(whole, least=0) if self.chance.random() < 0.4 else whole
        bad = self.a_part(whole - good, least=0)
        missing = whole - good - bad
        said = Receive.of(
            giver=output.holder,
            receiver=receiver.gln,
            accepted=len(good),
            damaged=len(bad),
            missing=len(missing),
            shipment="S",
            conditions=NONE_NEEDED,
            good=State.RETURNED if output.sent_back else State.HELD,
            over=self.over(output.holder) if self.chance.random() < 0.2 else None,
            sale=self.sale(),
        )
        return Try(receiver, said, (ref,), (good, bad, missing))

    def over(self, giver: object) -> Over | None:
        """Some of what the giver still has, by the books."""
        standing = self.story.state.outputs
        has = [
            ref
            for ref, output in standing.items()
            if (output.holder, output.state) == (giver, State.HELD)
        ]
        if not has:
            return None
        part = self.a_part(self.where[self.pick(has)])
        self.asked = part
        return Over(len(part), self.root(part))

    asked: Packs = frozenset()

    def surplus(self) -> Try:
        questions = list(self.story.state.exceeding.items())
        receipt, asked = self.pick(questions) if questions else ("ab" * 32, None)
        ref = next(
            (one for one, packs in self.where.items() if self.asked and self.asked <= packs),
            self.ref_in(State.HELD),
        )
        giver, part = self.holder(ref), self.asked & self.where[ref] or self.a_part(self.where[ref])
        receiver = party_of(asked.receiver) if asked else None
        said = Surplus.of(
            giver=giver.gln,
            receiver=(receiver or self.pick(EVERYONE)).gln,
            quantity=len(part),
            rest=len(self.where[ref] - part),
            receipt=receipt,
            reason="R",
            state=self.pick((State.HELD, State.QUARANTINED)),
        )
        return Try(giver, said, (ref,), (part, self.where[ref] - part))

    def sale(self) -> Sale:
        """Who owns the goods, which changes nothing."""
        owners = [*(party.gln for party in EVERYONE), None]
        return Sale(self.pick(owners), self.pick(owners))

    def void(self) -> Try:
        ref = self.ref_in(State.IN_TRANSIT)
        output = self.story.state.outputs[ref]
        part = self.a_part(self.where[ref])
        said = Void.of(
            giver=output.holder,
            dispatch=output.dispatch or "ab" * 32,
            quantity=len(part),
            reason="R",
            state=output.sent_back or State.HELD,
            rest=len(self.where[ref] - part),
            to=output.to,
        )
        return Try(self.holder(ref), said, (ref,), (part, self.where[ref] - part))

    def lose(self) -> Try:
        ref = self.ref_in(State.HELD, State.IN_TRANSIT)
        output = self.story.state.outputs[ref]
        signer = self.pick((self.holder(ref), party_of(output.to) or self.holder(ref)))
        part = self.a_part(self.where[ref])
        said = Lose.of(
            signer=signer.gln,
            holder=output.holder,
            quantity=len(part),
            rest=len(self.where[ref] - part),
            kind=self.pick([*LossKind]),
            reason="R",
            to=output.to,
        )
        return Try(signer, said, (ref,), (part, self.where[ref] - part))

    def keep(self) -> Try:
        """Readings of goods in stock, good ones and bad ones, or a decision about them."""
        asked = [ref for ref, out in self.story.state.outputs.items() if out.questions]
        sought = (*KEPT, State.IN_TRANSIT)
        ref = self.pick(asked) if asked and self.chance.random() < 0.7 else self.ref_in(*sought)
        output, holder = self.story.state.outputs[ref], self.holder(ref)
        said: LotStatement
        if output.questions and output.state is not State.IN_TRANSIT:
            said = QualityRelease.of(
                holder=holder.gln,
                quantity=output.quantity,
                state=output.state,
                entries=tuple(sorted(output.questions)),
                reason="R",
            )
        else:
            good = self.chance.random() < 0.8
            state = ClaimedState.IN_RANGE if good else self.pick([*ClaimedState])
            readings = replace(READINGS, state=state)
            said = ConditionsRecord.of(
                holder=holder.gln,
                quantity=output.quantity,
                state=output.state,
                conditions=ConditionsClaim(readings=readings),
                to=output.to,
            )
        return Try(holder, said, (ref,), (self.where[ref],))

    def pack(self) -> Try:
        ref = self.ref_in(State.HELD)
        holder, part = self.holder(ref), self.a_part(self.where[ref])
        inside = Contents(CASE, self.root(part), len(part))
        whole = len(self.where[ref])
        said: LotStatement = Disaggregate.of(
            holder=holder.gln, quantity=whole, containers=(inside,)
        )
        if self.chance.random() < 0.5:
            said = Aggregate.of(holder=holder.gln, quantity=whole, containers=(inside,))
            apart = packed_apart(said)
            if len(apart.outputs) > 1 and self.chance.random() < 0.5:
                return Try(holder, apart, (ref,), (part, self.where[ref] - part))
        return Try(holder, said, (ref,), (self.where[ref],))

    def transform(self) -> Try:
        ref = self.ref_in(State.HELD)
        holder, part = self.holder(ref), self.a_part(self.where[ref])
        lost = (
            self.a_part(self.where[ref] - part, least=0) if self.where[ref] - part else part - part
        )
        rest = self.where[ref] - part - lost
        kind = self.pick([*TransformKind])
        makes = len(part) * (3 if kind is TransformKind.REPACK else 1)
        said = Transform.of(
            holder=holder.gln,
            operation="OP",
            kind=kind,
            reason="R",
            into=(Into(LotKey(GTIN, LotNumber("NEW")), len(part), makes),),
            lost=len(lost),
            rest=len(rest),
        )
        return Try(holder, said, (ref,), (part, lost, rest))

    def word(self) -> Try:
        """A word about the lot: flags come and mostly go again."""
        flags, signer = self.story.state.flags, self.pick((MAKER, self.pick(EVERYONE)))
        if flags.recalls:
            issuer = party_of(flags.recalls[0].issuer) or signer
            return Try(issuer, RecallLift(flags.recalls[0].entry_id, "R"))
        if flags.holds:
            placer = party_of(flags.holds[0].placer) or signer
            return Try(placer, HoldLift(flags.holds[0].entry_id, "R"))
        later = Expiry(EXPIRY.on + timedelta(days=self.chance.randint(-1, 99)))
        cited = self.pick(self.story.acts)
        return self.pick(
            (
                Try(signer, RecallIssue(RecallClass.II, "R")),
                Try(signer, HoldPlace("R")),
                Try(signer, ExpiryExtend(later, "R")),
                Try(cited.signer, Correction(cited.entry_id, "R")),
            )
        )

    def divided(self, honest: Try) -> Try:
        """The same, with its rest in two outputs, where it may stand so."""
        *others, rest = [part for part in honest.packs if part] or [frozenset[int]()]
        said = honest.said
        if not isinstance(said, Ship | Dispense | Reasoned | Lose | Aggregate) or len(others) != 1:
            return honest
        part = frozenset(sorted(rest)[: len(rest) // 2])
        if not part or said.outputs[1].state not in KEPT:
            return honest
        packs = (*others, part, rest - part)
        return replace(honest, said=divided(said, len(part)), packs=packs)

    def bent(self, honest: Try) -> Try:
        """The same, with a lie in it."""
        said, packs = honest.said, honest.packs
        first = said.outputs[:1]
        lies: list[Callable[[], Try]] = [
            lambda: replace(honest, signer=self.pick(EVERYONE)),
            lambda: replace(honest, consumes=honest.consumes[:-1]),
            lambda: replace(honest, consumes=(*honest.consumes, self.pick(list(self.where)))),
        ]
        if first:
            lies += [
                lambda: replace(honest, said=self.with_first(said, quantity=first[0].quantity + 1)),
                lambda: replace(honest, said=self.with_first(said, state=self.pick([*State]))),
                lambda: replace(honest, said=self.with_first(said, holder=self.pick(EVERYONE).gln)),
                lambda: replace(honest, packs=(self.pick(list(self.where.values())), *packs[1:])),
            ]
        return self.pick(lies)()

    def with_first(self, said: LotStatement, **changes: object) -> LotStatement:
        claim: OutputClaim = replace(said.outputs[0], **changes)  # type: ignore[arg-type]  # some
        return replace(said, outputs=(claim, *said.outputs[1:]))  # type: ignore[arg-type]  # it has outputs

    # How it is judged, and what then holds

    def step(self, deed: str) -> None:
        """One try; a statement that is none never gets as far as a rule."""
        self.tried += 1
        try:
            honest: Try = getattr(self, deed)()
            if self.chance.random() < 0.3:
                honest = self.divided(honest)
            self.attempt(self.bent(honest) if self.chance.random() < 0.15 else honest)
        except Invalid:
            return

    def attempt(self, one: Try) -> bool:
        packs = tuple(part for part in one.packs if part)
        said = one.said
        if said.outputs and len(packs) == len(said.outputs):
            said = committed(said, [self.set_of(part) for part in packs])
        before = self.story.state
        act = self.story.act(one.signer, said, *one.consumes)
        try:
            after = decide(before, act)
            self.hold_to_packs(said, one.consumes, packs)
        except RuleBroken:
            assert self.story.state is before
            return False
        self.story.play(act)
        assert self.story.state == after
        self.take(act.entry_id, said, one.consumes, packs)
        return True

    def hold_to_packs(
        self, said: LotStatement, consumes: tuple[OutputRef, ...], packs: tuple[Packs, ...]
    ) -> None:
        """What the road does, which knows every pack: the outputs share out what went in."""
        if not said.outputs:
            return
        whole = sorted(pack for ref in consumes for pack in self.where[ref])
        shared = sorted(pack for part in packs for pack in part)
        if len(packs) != len(said.outputs) or (consumes and whole != shared):
            raise RuleBroken("R4", "PACKS_DISAGREE", "Other packs come out than went in.")
        prove_sets(said, [self.set_of(part) for part in packs])

    def take(
        self,
        entry_id: str,
        said: LotStatement,
        consumes: tuple[OutputRef, ...],
        packs: tuple[Packs, ...],
    ) -> None:
        for ref in consumes:
            self.where.pop(ref)
        self.where |= {OutputRef(entry_id, n): part for n, part in enumerate(packs)}
        self.stood.append(said.type)
        if len(said.outputs) == 3 and said.outputs[1].state is said.outputs[2].state:
            self.stood.append(IN_PARTS)

    def set_of(self, packs: Packs) -> PackSet | None:
        if not self.serialised:
            return None
        found = self.tree.of(self.key(number) for number in packs)
        return PackSet(found.hash.hex(), found.size)

    def root(self, packs: Packs) -> str | None:
        found = self.set_of(packs)
        return None if found is None else found.root

    def key(self, number: int) -> bytes:
        return Pack(GTIN, Serial(f"S{number}")).key(SECRET)

    def hold(self) -> None:
        """The laws."""
        standing = self.story.state.outputs
        assert standing.keys() == self.where.keys()
        assert sum(output.quantity for output in standing.values()) == BORN
        assert all(standing[ref].quantity == len(packs) >= 1 for ref, packs in self.where.items())
        assert sorted(pack for packs in self.where.values() for pack in packs) == [*range(BORN)]
        for ref, output in standing.items():
            assert output.packs == self.root(self.where[ref]) or ref not in self.fresh()
            assert (output.to is not None) == (output.state is State.IN_TRANSIT)
            assert (output.ended_at is not None) == output.state.final
            assert output.load.total <= (0 if self.serialised else output.quantity)

    def fresh(self) -> set[OutputRef]:
        """What the last act made: sets of older outputs were looked at when they were made."""
        last = self.story.acts[-1].entry_id
        return {ref for ref in self.where if ref.entry_id == last}

    def end(self) -> None:
        """Play it again, and follow packs by their proofs."""
        history = replay_all(self.story.acts)
        assert (history.state, history.broken) == (self.story.state, ())
        ended = [
            history.made[ref]
            for act in history.acts.values()
            for ref in act.consumes
            if not isinstance(act.statement, Undo)
        ]
        assert not any(output.state.final for output in ended)
        onward = (act for act in history.acts.values() if type(act.statement) in ONWARD)
        assert not any(history.made[ref].questions for act in onward for ref in act.consumes)
        for number in self.chance.sample(range(BORN), 5) if self.serialised else ():
            self.follow(number)

    def follow(self, number: int) -> None:
        history, key = replay_all(self.story.acts), self.key(number)

        def shown(ref: OutputRef) -> Membership:
            output = history.made[ref]
            subset = Subset(output.quantity, bytes.fromhex(output.packs or ""))
            return self.tree.proof(subset, key).about(key)

        found = trace(history, shown)
        assert found is not None
        assert found.fault is None
        assert number in self.where[found.way[-1]]

    @property
    def exhausted(self) -> bool:
        """Whether nearly all has ended, so that another lot is worth more."""
        moving = (out for out in self.story.state.outputs.values() if not out.state.final)
        return sum(output.quantity for output in moving) < BORN // 6


DEEDS = ("ship", "receive", "stock", "keep", "send_back", "surplus", "void", "lose", "pack", "word")
ENDS = ("dispense", "transform")
OFTEN = (*DEEDS, *("ship", "receive") * 3, "stock", "receive", "word", *ENDS)


class RandomTrades(RuleBasedStateMachine):
    """Hypothesis chooses who tries what, and shrinks a history that breaks a law."""

    shelf: Shelf

    @initialize(chance=st.randoms(use_true_random=False), serialised=st.booleans())
    def begin(self, chance: Random, *, serialised: bool) -> None:
        self.shelf = Shelf(chance, serialised)

    @rule(deed=st.sampled_from(OFTEN))
    def try_it(self, deed: str) -> None:
        self.shelf.step(deed)

    @invariant()
    def laws_hold(self) -> None:
        if hasattr(self, "shelf"):
            self.shelf.hold()

    def teardown(self) -> None:
        if hasattr(self, "shelf"):
            self.shelf.end()


TestRandomTrades = RandomTrades.TestCase
TestRandomTrades.settings = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize("serialised", [True, False])
def test_many_lots_keep_their_laws_after_each_step(*, serialised: bool) -> None:
    chance = Random(f"laws {serialised}")
    stood: list[str] = []
    shelf = Shelf(chance, serialised)
    for _ in range(STEPS):
        shelf.step(shelf.pick(OFTEN))
        shelf.hold()
        if shelf.exhausted:
            shelf.end()
            stood += shelf.stood
            shelf = Shelf(chance, serialised)
    shelf.end()
    stood += shelf.stood
    assert len(stood) > STEPS // 5, "too little of what was tried stood"
    assert not {*TYPES, IN_PARTS} - set(stood)
