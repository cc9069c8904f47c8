"""Goods that stay where they are while something is said of them: which ones, and their entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.core.links import MAX_OUTPUTS, OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Quality
from supplychain.queries.stock import Parcel, parcels
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded

NO_READINGS = ConditionsInput()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Goods of one lot that a party has in one state: `outputs` of them, all if none are named.

    `asked`: only those of them whose temperature waits for a decision.
    """

    party: str
    lot: LotKey
    state: State = State.HELD
    outputs: Sequence[OutputRef] = ()
    asked: bool = False

    def parcels(self) -> list[Parcel]:
        """The goods. Raises RuleBroken NOT_HOLDER, NOTHING_TO_DECIDE or TOO_MANY_PARTS."""
        found = parcels(self.party, self.lot, self.state.value)
        chosen = [one for one in found if not self.outputs or one.ref in self.outputs]
        if not chosen or len(chosen) < len(set(self.outputs)):
            raise RuleBroken("R3", "NOT_HOLDER", "You do not have these goods in that state.")
        if self.asked:
            chosen = [one for one in chosen if one.questions]
        if not chosen:
            message = "No question about temperature is open on these goods."
            raise RuleBroken("R15", "NOTHING_TO_DECIDE", message)
        if len(chosen) > MAX_OUTPUTS:
            message = f"The goods are in {len(chosen)} parts; name at most {MAX_OUTPUTS} of them."
            raise RuleBroken("R4", "TOO_MANY_PARTS", message)
        return chosen


def record_kept(
    kept: Kept,
    say: Callable[[list[Parcel]], Quality],
    *,
    at: datetime,
    nonce: bytes,
    conditions: ConditionsInput = NO_READINGS,
    salts: Sequence[bytes] = (),
) -> Recorded:
    """Sign what `say` makes of the goods and record it, once for each nonce.

    Raises Invalid, RuleBroken or LedgerError.
    """

    def act() -> Recorded:
        draft = draft_kept(kept, say, at=at, nonce=nonce, conditions=conditions)
        return sign_and_record(replace(draft, salts=salts))

    return once(kept.party, kept.lot.stream, nonce, act)


def draft_kept(
    kept: Kept,
    say: Callable[[list[Parcel]], Quality],
    *,
    at: datetime,
    nonce: bytes,
    conditions: ConditionsInput = NO_READINGS,
) -> Draft:
    """What the party is to sign of the goods as they are now. Raises Invalid or RuleBroken."""
    goods = kept.parcels()
    return Draft(
        party=kept.party,
        stream=kept.lot.stream,
        said=say(goods),
        at=at,
        nonce=nonce,
        consumes=[one.ref for one in goods],
        readings=conditions.series,
        files=conditions.files,
    )
