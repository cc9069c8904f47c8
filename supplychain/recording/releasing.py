"""A decision of quality about goods, by one person or by two."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import QualityRelease
from supplychain.queries.stock import Parcel
from supplychain.recording.keeping import Kept, record_kept
from supplychain.recording.submissions import Recorded


def release(
    kept: Kept,
    *,
    reason: str,
    people: Sequence[str],
    at: datetime,
    nonce: bytes,
    salts: Sequence[bytes],
) -> Recorded:
    """Release goods from all questions that are open on them.

    `people` are who decided and, where there is one, who confirmed: sealed, under `salts`. Raises
    Invalid, RuleBroken or LedgerError.
    """

    def say(goods: list[Parcel]) -> QualityRelease:
        return QualityRelease.of(
            holder=Gln.parse(kept.party),
            quantity=sum(one.quantity for one in goods),
            state=kept.state,
            entries=tuple(sorted({asked for one in goods for asked in one.questions})),
            reason=reason,
            decided_by=people[0],
            confirmed_by=people[1] if len(people) > 1 else None,
        )

    return record_kept(kept, say, at=at, nonce=nonce, salts=salts)
