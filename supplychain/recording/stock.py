"""A party's own word on its stock: what of it is used up, and the statement to sign."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.stock_statements import Reasoned
from supplychain.recording.choosing import chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded

Kind = TypeVar("Kind", bound=Reasoned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """So many units in one state, or just these packs, are to change theirs, for a reason.

    Which units are taken says `recording.choosing.chosen`, and what `newest` and `decided` are.
    """

    party: str
    lot: LotKey
    quantity: int
    reason: str
    at: datetime
    nonce: bytes
    state: State = State.HELD
    packs: Sequence[Serial] | None = None
    newest: bool = False
    decided: bool = False


def record_change(
    kind: type[Kind], change: Change, more: Callable[[Kind], Kind] = lambda said: said
) -> Recorded:
    """Sign and record the change; the rest stays as it is.

    `more` gives the statement what else it says.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE, ROLE_MISSING, …) or LedgerError.
    """

    def act() -> Recorded:
        choice = chosen(
            change.party,
            change.lot,
            change.quantity,
            change.packs,
            state=change.state.value,
            newest=change.newest,
            decided=change.decided,
        )
        said = kind.of(
            holder=Gln.parse(change.party),
            quantity=change.quantity,
            rest=choice.rest,
            reason=change.reason,
            state=change.state,
        )
        draft = Draft(
            party=change.party,
            stream=change.lot.stream,
            said=more(said),
            at=change.at,
            nonce=change.nonce,
            consumes=choice.consumes,
            packs=PackLists.first(change.packs),
        )
        return sign_and_record(draft)

    return once(change.party, change.lot.stream, change.nonce, act)
