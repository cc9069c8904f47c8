"""A lot's life, told act by act: each is judged on the state that the one before left."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from ledger.core.links import OutputRef
from supplychain.domain.conditions_claim import (
    ClaimedState,
    ConditionsClaim,
    Interval,
    NoReadings,
    ReadingsClaim,
    SeriesClaim,
)
from supplychain.domain.conditions_judged import METHOD_2, Judged, Outside
from supplychain.domain.custody import Act, LotState, State, balance, decide
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lot_state import Source
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.outputs import Over
from supplychain.domain.parties import Party
from supplychain.domain.products import Product
from supplychain.domain.statements import (
    Correction,
    Destroy,
    Dispense,
    HoldPlace,
    Lose,
    LossKind,
    LotRegister,
    LotStatement,
    RecallClass,
    RecallIssue,
    Receive,
    Return,
    Ship,
    Surplus,
    Void,
)
from supplychain.domain.stock_statements import Reasoned
from supplychain.domain.storage_profile import StorageProfile
from tests.people import EVERYONE, MAKER

GTIN = Gtin("00614141123452")
KEY = LotKey(GTIN, LotNumber("A123"))
PRODUCT = Product(GTIN, "Marlowin", "10 mg", "tablet", "unmonitored/1")
EXPIRY = Expiry(date(2027, 6, 30))
DAY_ONE = datetime(2026, 11, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NONE_NEEDED = ConditionsClaim(none=NoReadings.NOT_REQUIRED)
LOGGER_MISSING = ConditionsClaim(none=NoReadings.LOGGER_MISSING)
JUDGED = Judged(outside=Outside(), method=METHOD_2)  # as golden evidence has it
READINGS = ReadingsClaim(
    profile="refrigerated-2-8/1",
    state=ClaimedState.IN_RANGE,
    covers=Interval(DAY_ONE, DAY_ONE),
    series=(
        SeriesClaim(
            root="ab" * 32,
            count=1,
            first=DAY_ONE,
            last=DAY_ONE,
            interval_s=0,
            min_centi_c=500,
            max_centi_c=500,
            mean_centi_c=500,
            device="LOG-1",
            packed="cd" * 32,
        ),
    ),
    judged=JUDGED,
)


def entry_id(n: int) -> str:
    return hashlib.sha256(f"entry {n}".encode()).hexdigest()


def party_of(gln: object) -> Party | None:
    return next((party for party in EVERYONE if party.gln == gln), None)


def birth(quantity: int = 100, maker: Party = MAKER, expiry: Expiry = EXPIRY) -> LotRegister:
    return LotRegister.of(
        maker=maker.gln, lot=KEY.lot, product=PRODUCT, expiry=expiry, quantity=quantity
    )


@dataclass
class LotStory:
    """`tell` raises RuleBroken and then nothing has changed."""

    monitored: bool = False
    profile: StorageProfile | None = None
    sources: Mapping[str, Source] | None = None
    born_lots: frozenset[LotKey] = frozenset()
    state: LotState = field(default_factory=LotState)
    acts: list[Act] = field(default_factory=list)
    clock: datetime = DAY_ONE

    @classmethod
    def born(
        cls, quantity: int = 100, *, monitored: bool = False, packs: str | None = None
    ) -> "LotStory":
        story, said = cls(monitored=monitored), birth(quantity)
        story.tell(MAKER, replace(said, outputs=(replace(said.outputs[0], packs=packs),)))
        return story

    def act(
        self,
        signer: Party,
        statement: LotStatement,
        *consumes: OutputRef,
        at: datetime | None = None,
    ) -> Act:
        receiver = party_of(statement.to) if isinstance(statement, Ship) else None
        return Act(
            entry_id=entry_id(len(self.acts)),
            key=KEY,
            signer=signer,
            statement=statement,
            at=at or self.clock,
            consumes=consumes,
            receiver=receiver,
            author=self.author(statement),
            sources=self.sources,
            born=self.born_lots,
            monitored=self.monitored,
            profile=self.profile,
        )

    def author(self, statement: LotStatement) -> Gln | None:
        """Who signed the entry that a correction cites."""
        cited = statement.entry if isinstance(statement, Correction) else None
        return next((act.signer.gln for act in self.acts if act.entry_id == cited), None)

    def tell(
        self,
        signer: Party,
        statement: LotStatement,
        *consumes: OutputRef,
        at: datetime | None = None,
    ) -> str:
        return self.play(self.act(signer, statement, *consumes, at=at))

    def play(self, act: Act) -> str:
        self.state = decide(self.state, act)
        self.acts.append(act)
        self.clock += HOUR
        return act.entry_id

    def stock(self, party: Party, state: State = State.HELD) -> OutputRef:
        """The newest output that the party has in this state (in transit: that is sent to it)."""
        found = [
            ref
            for ref, out in self.state.outputs.items()
            if out.state is state
            and party.gln == (out.to if state is State.IN_TRANSIT else out.holder)
        ]
        return found[-1]

    def balance(self) -> dict[str, int]:
        return {state.value: units for state, units in balance(self.state).items()}

    def ship(
        self,
        giver: Party,
        receiver: Party,
        quantity: int,
        *,
        rest: int | None = None,
        conditions: ConditionsClaim = NONE_NEEDED,
        at: datetime | None = None,
    ) -> str:
        ref = self.stock(giver)
        kept = self.state.outputs[ref].quantity - quantity if rest is None else rest
        statement = Ship.of(
            giver=giver.gln,
            receiver=receiver.gln,
            quantity=quantity,
            rest=kept,
            shipment="S-1",
            conditions=conditions,
        )
        return self.tell(giver, statement, ref, at=at)

    def receive(
        self,
        receiver: Party,
        accepted: int,
        damaged: int = 0,
        *,
        missing: int | None = None,
        over: Over | None = None,
        conditions: ConditionsClaim = NONE_NEEDED,
        at: datetime | None = None,
    ) -> str:
        ref = self.stock(receiver, State.IN_TRANSIT)
        sent = self.state.outputs[ref]
        open_rest = sent.quantity - accepted - damaged if missing is None else missing
        statement = Receive.of(
            giver=sent.holder,
            receiver=receiver.gln,
            accepted=accepted,
            damaged=damaged,
            missing=open_rest,
            shipment="S-1",
            conditions=conditions,
            over=over,
            good=State.RETURNED if sent.sent_back else State.HELD,
        )
        return self.tell(receiver, statement, ref, at=at)

    @staticmethod
    def ship_of(giver: Party, receiver: Party, quantity: int, rest: int = 0) -> Ship:
        return Ship.of(
            giver=giver.gln,
            receiver=receiver.gln,
            quantity=quantity,
            rest=rest,
            shipment="S-1",
            conditions=NONE_NEEDED,
        )

    @staticmethod
    def receipt_of(
        giver: Party, receiver: Party, accepted: int, *, over: Over | None = None
    ) -> Receive:
        return Receive.of(
            giver=giver.gln,
            receiver=receiver.gln,
            accepted=accepted,
            damaged=0,
            missing=0,
            shipment="S-1",
            conditions=NONE_NEEDED,
            over=over,
        )

    def hand_over(self, giver: Party, receiver: Party, quantity: int) -> str:
        self.ship(giver, receiver, quantity)
        return self.receive(receiver, quantity)

    def send_back(
        self,
        holder: Party,
        supplier: Party,
        quantity: int,
        state: State = State.HELD,
        *,
        conditions: ConditionsClaim = NONE_NEEDED,
        at: datetime | None = None,
    ) -> str:
        ref = self.stock(holder, state)
        statement = Return.back(
            holder=holder.gln,
            supplier=supplier.gln,
            quantity=quantity,
            rest=self.state.outputs[ref].quantity - quantity,
            shipment="R-1",
            reason="Not wanted",
            conditions=conditions,
            state=state,
        )
        return self.tell(holder, statement, ref, at=at)

    def admit(
        self,
        giver: Party,
        receiver: Party,
        quantity: int,
        receipt: str,
        *,
        state: State = State.HELD,
        at: datetime | None = None,
    ) -> str:
        ref = self.stock(giver)
        statement = Surplus.of(
            giver=giver.gln,
            receiver=receiver.gln,
            quantity=quantity,
            rest=self.state.outputs[ref].quantity - quantity,
            receipt=receipt,
            reason="Miscounted",
            state=state,
        )
        return self.tell(giver, statement, ref, at=at)

    def void(self, giver: Party, receiver: Party, *, dispatch: str | None = None) -> str:
        ref = self.stock(receiver, State.IN_TRANSIT)
        sent = self.state.outputs[ref]
        statement = Void.of(
            giver=giver.gln,
            dispatch=dispatch or str(sent.dispatch),
            quantity=sent.quantity,
            reason="Wrong address",
            state=sent.sent_back or State.HELD,
        )
        return self.tell(giver, statement, ref)

    def dispense(self, holder: Party, quantity: int, *, at: datetime | None = None) -> str:
        ref = self.stock(holder)
        rest = self.state.outputs[ref].quantity - quantity
        return self.tell(
            holder, Dispense.of(holder=holder.gln, quantity=quantity, rest=rest), ref, at=at
        )

    def change(
        self,
        kind: type[Reasoned],
        holder: Party,
        quantity: int,
        state: State = State.HELD,
        *,
        at: datetime | None = None,
    ) -> str:
        ref = self.stock(holder, state)
        rest = self.state.outputs[ref].quantity - quantity
        statement = kind.of(
            holder=holder.gln, quantity=quantity, rest=rest, reason="For a reason", state=state
        )
        return self.tell(holder, statement, ref, at=at)

    def destroy(self, holder: Party, quantity: int, state: State = State.HELD) -> str:
        return self.change(Destroy, holder, quantity, state)

    def lose(self, holder: Party, quantity: int, kind: LossKind = LossKind.LOST) -> str:
        ref = self.stock(holder)
        rest = self.state.outputs[ref].quantity - quantity
        statement = Lose.of(
            signer=holder.gln,
            holder=holder.gln,
            quantity=quantity,
            rest=rest,
            kind=kind,
            reason="Not found",
        )
        return self.tell(holder, statement, ref)

    def lose_on_the_way(self, signer: Party, receiver: Party, quantity: int) -> str:
        ref = self.stock(receiver, State.IN_TRANSIT)
        sent = self.state.outputs[ref]
        statement = Lose.of(
            signer=signer.gln,
            holder=sent.holder,
            quantity=quantity,
            rest=sent.quantity - quantity,
            kind=LossKind.STOLEN,
            reason="Lorry was broken into",
            to=receiver.gln,
        )
        return self.tell(signer, statement, ref)

    def recall(self, signer: Party = MAKER) -> str:
        return self.tell(signer, RecallIssue(RecallClass.I, "Wrong label"))

    def hold(self, signer: Party = MAKER) -> str:
        return self.tell(signer, HoldPlace("Complaint under study"))
