"""Hand units to patients."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Dispense
from supplychain.queries.usable import prove_usable
from supplychain.recording.choosing import chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def dispense_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
    usable_only: bool = False,
) -> Recorded:
    """Dispense units that the party holds, or just these packs.

    `usable_only`: where their scan does not say OK or CAUTION, that is the refusal. Raises Invalid,
    RuleBroken (NOT_HOLDER, MASS_IMBALANCE, ROLE_MISSING, RECALLED, EXPIRED, …) or LedgerError.
    """

    def act() -> Recorded:
        if usable_only:
            prove_usable(lot, packs or (), gln=party, at=at)
        choice = chosen(party, lot, quantity, packs, decided=True)
        said = Dispense.of(holder=Gln.parse(party), quantity=quantity, rest=choice.rest)
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
