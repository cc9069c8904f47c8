"""A dispatch of one lot: which outputs it uses up, what it says, and its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.domain.statements import Ship
from supplychain.recording.choosing import chosen, registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.own_tracker import told_before
from supplychain.recording.retries import once
from supplychain.recording.settling import tell_now
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What goes to whom. `containers` are the outermost that go.

    `order` and `sale` (who owns them before and after, where others do) are sealed with `salt`.
    """

    party: str
    lot: LotKey
    quantity: int
    receiver: str
    shipment: str
    order: str | None
    conditions: ConditionsInput
    packs: Sequence[Serial] | None = None
    containers: tuple[Container, ...] = ()
    sale: Sale = NO_SALE


def dispatch(given: Dispatch, *, at: datetime, nonce: bytes, salt: bytes) -> Recorded:
    """Sign and record it, once for each nonce. Raises Invalid, RuleBroken or LedgerError."""

    def act() -> Recorded:
        line, device = registered(given.lot), given.conditions.tracker
        if device:  # what it told by now is on record before the goods go
            tell_now(given.party, device, given.lot, at)
        choice = chosen(
            given.party,
            given.lot,
            given.quantity,
            given.packs,
            decided=True,
            containers=given.containers,
        )
        conditions = _conditions(given, choice.consumes, at)
        said = Ship.of(
            giver=Gln.parse(given.party),
            receiver=Gln.parse(given.receiver),
            quantity=given.quantity,
            rest=choice.rest,
            shipment=given.shipment,
            conditions=claim_of(conditions, line.profile, covers=None),
            order=given.order or None,
            containers=given.containers,
            sale=given.sale,
        )
        draft = Draft(
            party=given.party,
            stream=given.lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=choice.consumes,
            salts=(salt,),
            readings=conditions.series,
            files=conditions.files,
            packs=PackLists.first(given.packs),
        )
        return sign_and_record(draft)

    return once(given.party, given.lot.stream, nonce, act)


def _conditions(given: Dispatch, goods: Sequence[OutputRef], at: datetime) -> ConditionsInput:
    """What was brought, or what the party's own tracker told of these goods."""
    if not (device := given.conditions.tracker):
        return given.conditions
    if given.conditions.none or given.conditions.series:
        message = "Rest on the tracker, or give readings or a reason for none."
        raise RuleBroken("R15", "READINGS_AND_REASON", message)
    return told_before(given.party, device, given.lot, goods, at)
