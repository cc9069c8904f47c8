"""Decide that goods are fit, although their temperature left a question open."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import QualityRelease
from supplychain.queries.stock import Parcel
from supplychain.recording.keeping import Kept, record_kept
from supplychain.recording.submissions import Recorded


def release_quality(
    *,
    party: str,
    lot: LotKey,
    reason: str,
    decided_by: str,
    at: datetime,
    nonce: bytes,
    salt: bytes,
    state: State = State.HELD,
    outputs: Sequence[OutputRef] = (),
) -> Recorded:
    """Release goods of a lot, all that wait in this state or some `outputs`, from open questions.

    `decided_by` is the person who is responsible: a sealed member, under `salt` (16 random bytes).
    The questions and their answer stay on record with the goods for ever. Raises Invalid,
    RuleBroken (NOT_HOLDER, NOTHING_TO_DECIDE, ROLE_MISSING, RECALLED, EXPIRED, …) or LedgerError.
    """

    def say(goods: list[Parcel]) -> QualityRelease:
        return QualityRelease.of(
            holder=Gln.parse(party),
            quantity=sum(one.quantity for one in goods),
            state=state,
            entries=tuple(sorted({asked for one in goods for asked in one.questions})),
            reason=reason,
            decided_by=decided_by,
        )

    kept = Kept(party=party, lot=lot, state=state, outputs=outputs, asked=True)
    return record_kept(kept, say, at=at, nonce=nonce, salts=(salt,))
