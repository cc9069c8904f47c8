"""Destroy units, from stock or from quarantine."""

from datetime import datetime

from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Destroy
from supplychain.queries.stock import parcels
from supplychain.recording.choosing import enough
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def destroy_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    quarantined: bool = False,
) -> Recorded:
    """Destroy held units, or `quarantined` ones; recalled, held and expired goods too.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE) or LedgerError.
    """

    def act() -> Recorded:
        state = State.QUARANTINED if quarantined else State.HELD
        chosen = enough(parcels(party, lot, state.value), quantity)
        said = Destroy.of(
            holder=Gln.parse(party), quantity=quantity, rest=chosen.rest, reason=reason, state=state
        )
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
