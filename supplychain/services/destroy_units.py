"""Destroy units, from stock or from quarantine."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Destroy
from supplychain.recording.choosing import chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def destroy_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    quarantined: bool = False,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Destroy held units or `quarantined` ones, just these packs where `packs` are named.

    Recalled, held and expired goods may be destroyed too.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE) or LedgerError.
    """

    def act() -> Recorded:
        state = State.QUARANTINED if quarantined else State.HELD
        choice = chosen(party, lot, quantity, packs, state=state.value)
        said = Destroy.of(
            holder=Gln.parse(party), quantity=quantity, rest=choice.rest, reason=reason, state=state
        )
        return sign_and_record(
            Draft(
                party=party,
                stream=lot.stream,
                said=said,
                at=at,
                nonce=nonce,
                consumes=choice.consumes,
                packs=PackLists.first(packs),
            )
        )

    return once(party, lot.stream, nonce, act)
