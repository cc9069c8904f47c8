"""Make other lots of units of a lot."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Transform, TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.recording.choosing import chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def transform_lot(
    *,
    party: str,
    lot: LotKey,
    operation: str,
    kind: TransformKind,
    into: tuple[Into, ...],
    lost: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
    lost_packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Repack, split, merge or relabel held units; `lost` of them are destroyed in it.

    Each lot that goes in has its entry, with the same `operation` number. The new lots are
    registered afterwards (`register_lot`), and their births cite these entries. Raises Invalid,
    RuleBroken (NOT_HOLDER, ROLE_MISSING, GTIN_NOT_YOURS, BORN_TWICE, RECALLED, …) or LedgerError.
    """

    def act() -> Recorded:
        named = None if packs is None else [*packs, *(lost_packs or ())]
        choice = chosen(party, lot, sum(one.uses for one in into) + lost, named, decided=True)
        said = Transform.of(
            holder=Gln.parse(party),
            operation=operation,
            kind=kind,
            reason=reason,
            into=into,
            lost=lost,
            rest=choice.rest,
        )
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=choice.consumes,
            packs=_lists(said, packs, lost_packs),
        )
        return sign_and_record(draft)

    return once(party, lot.stream, nonce, act)


def _lists(
    said: Transform, packs: Sequence[Serial] | None, lost: Sequence[Serial] | None
) -> PackLists:
    named = {State.TRANSFORMED: packs, State.DESTROYED: lost}
    lists = {n: named.get(output.state) for n, output in enumerate(said.outputs)}
    return PackLists({n: tuple(those) for n, those in lists.items() if those is not None})
