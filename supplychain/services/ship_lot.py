"""Send units of a lot to another party."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Ship
from supplychain.recording.choosing import chosen, registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def ship_lot(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    receiver: str,
    shipment: str,
    order: str | None,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    salt: bytes,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Dispatch units that the party holds, the oldest first; what is left over stays held.

    Of a lot with serial numbers, `packs` says which ones, unless whole outputs go.
    `order` is sealed with `salt` (16 random bytes): later holders do not read it.
    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE, RECEIVER_UNKNOWN, RECALLED, …) or
    LedgerError.
    """

    def act() -> Recorded:
        line = registered(lot)
        choice = chosen(party, lot, quantity, packs)
        said = Ship.of(
            giver=Gln.parse(party),
            receiver=Gln.parse(receiver),
            quantity=quantity,
            rest=choice.rest,
            shipment=shipment,
            conditions=claim_of(conditions, line.profile, covers=None),
            order=order or None,
        )
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=choice.consumes,
            salts=(salt,),
            readings=conditions.series,
            files=conditions.files,
            packs=PackLists.first(packs),
        )
        return sign_and_record(draft)

    return once(party, lot.stream, nonce, act)
