"""One lot through every statement that custody knows, in the words of the trade."""

from datetime import timedelta

from ledger.core.entry import Entry
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR
from ledger.core.links import OutputRef
from ledger.core.registry_acts import AdmitParty
from ledger.core.signatures import PrivateKey
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    HoldLift,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    QualityRelease,
    RecallClass,
    RecallIssue,
    Receive,
    Ship,
    Void,
)
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, LOGGER_MISSING, NONE_NEEDED, birth
from tests.vectors.world import MORNING, World, a_key, output


def every_statement() -> Evidence:
    """100 units: 60 go on, 40 arrive, some are lost, destroyed and dispensed; then a recall."""
    trade = Trade()
    born = trade.say(MAKER, birth())
    hold = trade.say(MAKER, HoldPlace("Label to be checked"))
    trade.say(MAKER, HoldLift(hold.entry_id, "Label is right"))
    shipped = trade.say(MAKER, _ship(60, 40, order="PO-4711"), output(born))
    received = trade.say(WHOLESALER, _receive(40, 5, 15), output(shipped))
    lost = trade.say(WHOLESALER, _lose(5, 10), output(received, 2))
    trade.say(MAKER, _void(shipped, 10), output(lost, 1))
    trade.say(WHOLESALER, _destroy(5), output(received, 1))
    passed = trade.say(WHOLESALER, _pass_on(40), output(received))
    taken = trade.say(PHARMACY, _take(40), output(passed))
    trade.say(PHARMACY, Dispense.of(holder=PHARMACY.gln, quantity=1, rest=39), output(taken))
    trade.say(MAKER, RecallIssue(RecallClass.II, "Wrong leaflet"))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


class Trade:
    """A world in which the standing cast has joined, and speaks of one lot."""

    def __init__(self) -> None:
        self.world = World()
        self.world.join(OPERATOR)
        for party in (MAKER, WHOLESALER, PHARMACY):
            self._join(party)

    def _join(self, party: Party) -> None:
        act = AdmitParty(str(party.gln), party.as_profile())
        self.world.register(AdmitParty.TYPE, act.as_body())
        self.world.add_key(str(party.gln), key_of(party))

    def say(self, signer: Party, statement: LotStatement, *consumes: OutputRef) -> Entry:
        """Sign a statement with the party's key, its sealed members disclosed, and log it."""
        sealed = (
            statement.sealed() if isinstance(statement, Ship | Receive | QualityRelease) else {}
        )
        digests, disclosures = seal(
            sealed, [b"%c salt of a seal" % letter for letter in b"abc"[: len(sealed)]]
        )
        return self.world.say(
            key_of(signer),
            statement.type,
            disclosures,
            stream=KEY.stream,
            at=MORNING + timedelta(minutes=10 * self.world.size),
            seen=self.world.seen(),
            consumes=consumes,
            creates=len(statement.outputs),
            sealed=digests,
            body=statement.as_body(),
        )


def key_of(party: Party) -> PrivateKey:
    """The key that a party of the cast signs with."""
    return a_key(str(party.gln))


def _ship(quantity: int, rest: int, *, order: str) -> Ship:
    return Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=quantity,
        rest=rest,
        shipment="S-1",
        conditions=NONE_NEEDED,
        order=order,
    )


def _receive(accepted: int, damaged: int, missing: int) -> Receive:
    return Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=accepted,
        damaged=damaged,
        missing=missing,
        shipment="S-1",
        conditions=NONE_NEEDED,
        note="A box is wet, another did not come",
    )


def _lose(quantity: int, rest: int) -> Lose:
    return Lose.of(
        signer=WHOLESALER.gln,
        holder=MAKER.gln,
        quantity=quantity,
        rest=rest,
        kind=LossKind.STOLEN,
        reason="Out of the lorry",
        to=WHOLESALER.gln,
    )


def _void(dispatch: Entry, quantity: int) -> Void:
    reason = "Never left the yard"
    return Void.of(giver=MAKER.gln, dispatch=dispatch.entry_id, quantity=quantity, reason=reason)


def _destroy(quantity: int) -> Destroy:
    return Destroy.of(
        holder=WHOLESALER.gln, quantity=quantity, rest=0, reason="Wet", state=State.QUARANTINED
    )


def _pass_on(quantity: int) -> Ship:
    return Ship.of(
        giver=WHOLESALER.gln,
        receiver=PHARMACY.gln,
        quantity=quantity,
        rest=0,
        shipment="S-2",
        conditions=LOGGER_MISSING,
    )


def _take(quantity: int) -> Receive:
    return Receive.of(
        giver=WHOLESALER.gln,
        receiver=PHARMACY.gln,
        accepted=quantity,
        damaged=0,
        missing=0,
        shipment="S-2",
        conditions=NONE_NEEDED,
    )
