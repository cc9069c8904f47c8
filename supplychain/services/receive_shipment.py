"""Take what arrived of a dispatch."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Receive
from supplychain.queries.stock import InTransit, in_transit
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def receive_shipment(
    *,
    party: str,
    output: OutputRef,
    lot: LotKey,
    received: int,
    damaged: int,
    conditions: ConditionsInput,
    note: str,
    at: datetime,
    nonce: bytes,
    arrived: datetime | None = None,
    packs: Sequence[Serial] | None = None,
    damaged_packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Receive `received` good and `damaged` bad units; what is missing stays on the way.

    `arrived` is when they came in, `at` (now) unless it is given; the entry claims that time, and
    readings must cover the journey from its dispatch until then. Of a lot with serial numbers,
    `packs` and `damaged_packs` say which ones arrived, unless all did in one state. Raises
    Invalid, RuleBroken (NOT_IN_TRANSIT, NOT_RECEIVER, MASS_IMBALANCE, …) or LedgerError.
    """

    def act() -> Recorded:
        journey = _journey(lot, output)
        claimed = arrived or at
        whole = claimed.replace(microsecond=0)
        said = Receive.of(
            giver=Gln.parse(journey.giver),
            receiver=Gln.parse(party),
            accepted=received,
            damaged=damaged,
            missing=_missing(journey, received, damaged),
            shipment=journey.shipment,
            conditions=claim_of(conditions, journey.lot.profile, (journey.dispatched_at, whole)),
            note=note,
        )
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=claimed,
            nonce=nonce,
            consumes=(output,),
            readings=conditions.series,
            files=conditions.files,
            packs=_lists(said, packs, damaged_packs),
        )
        return sign_and_record(draft, arrival=at)

    return once(party, lot.stream, nonce, act)


def _journey(lot: LotKey, output: OutputRef) -> InTransit:
    journey = in_transit(lot, output)
    if journey is None:
        message = "These goods are not on the way: received, voided or lost before, or never sent."
        raise RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)
    return journey


def _lists(said: Receive, good: Sequence[Serial] | None, bad: Sequence[Serial] | None) -> PackLists:
    named = {State.HELD: good, State.QUARANTINED: bad}
    lists = {n: named.get(output.state) for n, output in enumerate(said.outputs)}
    return PackLists({n: tuple(packs) for n, packs in lists.items() if packs is not None})


def _missing(journey: InTransit, received: int, damaged: int) -> int:
    if received < 0 or damaged < 0 or received + damaged < 1:
        message = "Say how many units arrived: at least one, good or damaged."
        raise RuleBroken("R5", "NOTHING_RECEIVED", message)
    missing = journey.quantity - received - damaged
    if missing < 0:
        message = f"Received {received + damaged} of {journey.quantity}: more than was sent."
        raise RuleBroken("R4", "MASS_IMBALANCE", message)
    return missing
