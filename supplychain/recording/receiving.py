"""A receipt of one dispatch of one lot: what it says, and its entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.excursions import Covers
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.intervals import Interval
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Over, State
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.domain.statements import Receive
from supplychain.domain.storage_profile import Activity
from supplychain.queries.rides import told_of
from supplychain.queries.stock import InTransit, in_transit
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.pack_book import PackBook
from supplychain.recording.packing import nonce_for
from supplychain.recording.retries import once
from supplychain.recording.settling import tell_now
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What arrived of the output on the way; `containers` are those whose label was read.

    `over` is what came beyond all that was sent, of a lot with serial numbers as `over_packs`.
    `sale` is who owned the goods before and owns them now, where others do: it is sealed.
    """

    party: str
    output: OutputRef
    lot: LotKey
    received: int
    damaged: int
    conditions: ConditionsInput
    note: str
    packs: Sequence[Serial] | None = None
    damaged_packs: Sequence[Serial] | None = None
    containers: tuple[Container, ...] = ()
    over: int = 0
    over_packs: Sequence[Serial] = ()
    sale: Sale = NO_SALE


def receipt_nonce(nonce: bytes, lot: LotKey, output: OutputRef) -> bytes:
    """The nonce of one dispatch's receipt, where several are received in one go."""
    return nonce_for(nonce + str(output).encode(), lot)


def receive(
    given: Receipt, *, arrived: datetime, at: datetime, nonce: bytes, salt: bytes = b""
) -> Recorded:
    """Sign and record it, once for each nonce; the entry claims the time when it `arrived`.

    `salt` is 16 random bytes, where a sale is said. Raises Invalid, RuleBroken or LedgerError.
    """

    def act() -> Recorded:
        journey = _journey(given.lot, given.output)
        if given.conditions.tracker:
            journey = _told_now(given, journey, at)
        covers = (journey.dispatched_at, arrived.replace(microsecond=0))
        said = Receive.of(
            giver=Gln.parse(journey.giver),
            receiver=Gln.parse(given.party),
            accepted=given.received,
            damaged=given.damaged,
            missing=_missing(journey, given.received, given.damaged),
            shipment=journey.shipment,
            conditions=_conditions(given, journey, covers),
            note=given.note,
            containers=given.containers,
            over=_over(given),
            good=State.RETURNED if journey.sent_back else State.HELD,
            sale=given.sale,
        )
        draft = Draft(
            party=given.party,
            stream=given.lot.stream,
            said=said,
            at=arrived,
            nonce=nonce,
            consumes=(journey.output,),
            salts=(salt,),
            readings=given.conditions.series,
            files=given.conditions.files,
            packs=replace(
                _lists(said, given.packs, given.damaged_packs), over=tuple(given.over_packs)
            ),
        )
        return sign_and_record(draft, arrival=at)

    return once(given.party, given.lot.stream, nonce, act)


def _journey(lot: LotKey, output: OutputRef) -> InTransit:
    journey = in_transit(lot, output)
    if journey is None:
        message = "These goods are not on the way: received, voided or lost before, or never sent."
        raise RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)
    return journey


def _told_now(given: Receipt, journey: InTransit, at: datetime) -> InTransit:
    """The journey, when all that the tracker has told of it by now is on record."""
    if journey.receiver != given.party:
        message = f"These goods are not sent to {given.party}."
        raise RuleBroken("R3", "NOT_RECEIVER", message)
    tell_now(journey.giver, given.conditions.tracker, given.lot, at)
    return _journey(given.lot, given.output)


def _conditions(given: Receipt, journey: InTransit, covers: Covers) -> ConditionsClaim:
    if not (device := given.conditions.tracker):
        return claim_of(given.conditions, journey.lot.profile, covers, Activity.TRANSPORT)
    if given.conditions.none or given.conditions.series:
        message = "Rest on the tracker, or give readings or a reason for none."
        raise RuleBroken("R15", "READINGS_AND_REASON", message)
    claim = told_of(given.lot, journey.dispatch, device, Interval(*covers))
    if claim is None:
        message = f"Nothing that {device} told was signed for these goods on their way."
        raise RuleBroken("R15", "TRACKER_NOT_ALONG", message)
    return ConditionsClaim(tracker=claim)


def _lists(said: Receive, good: Sequence[Serial] | None, bad: Sequence[Serial] | None) -> PackLists:
    named = {State.HELD: good, State.RETURNED: good, State.QUARANTINED: bad}
    lists = {n: named.get(output.state) for n, output in enumerate(said.outputs)}
    return PackLists({n: tuple(packs) for n, packs in lists.items() if packs is not None})


def _over(given: Receipt) -> Over | None:
    if not given.over:
        return None
    if not given.over_packs:
        return Over(given.over)
    stream = stream_id(given.lot.stream)
    found = PackBook.of(stream, given.lot, {}).set_of(given.over_packs)
    return Over(given.over, found.root)


def _missing(journey: InTransit, received: int, damaged: int) -> int:
    if received < 0 or damaged < 0 or received + damaged < 1:
        message = "Say how many units arrived: at least one, good or damaged."
        raise RuleBroken("R5", "NOTHING_RECEIVED", message)
    missing = journey.quantity - received - damaged
    if missing < 0:
        message = f"Received {received + damaged} of {journey.quantity}: more than was sent."
        raise RuleBroken("R4", "MASS_IMBALANCE", message)
    return missing
