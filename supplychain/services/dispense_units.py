"""Hand units to patients."""

from datetime import datetime

from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Dispense
from supplychain.queries.stock import parcels
from supplychain.recording.choosing import enough
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def dispense_units(
    *, party: str, lot: LotKey, quantity: int, at: datetime, nonce: bytes
) -> Recorded:
    """Dispense units that the party holds, the oldest first.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE, ROLE_MISSING, RECALLED, EXPIRED, …) or
    LedgerError.
    """

    def act() -> Recorded:
        chosen = enough(parcels(party, lot), quantity)
        said = Dispense.of(holder=Gln.parse(party), quantity=quantity, rest=chosen.rest)
        return sign_and_record(
            Draft(
                party=party,
                stream=lot.stream,
                said=said,
                at=at,
                nonce=nonce,
                consumes=chosen.consumes,
            )
        )

    return once(party, lot.stream, nonce, act)
