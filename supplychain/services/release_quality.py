"""Decide that goods are fit, although their temperature left a question open."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.recording.keeping import Kept
from supplychain.recording.releasing import release
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
    RuleBroken (NOT_HOLDER, NOTHING_TO_DECIDE, ROLE_MISSING, SECOND_PERSON_NEEDED where the party
    asks for four eyes, RECALLED, EXPIRED, …) or LedgerError.
    """
    kept = Kept(party=party, lot=lot, state=state, outputs=outputs, asked=True)
    return release(kept, reason=reason, people=[decided_by], at=at, nonce=nonce, salts=(salt,))
