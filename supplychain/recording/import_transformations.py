"""A transformation of a partner's file: each lot that goes in has its entry, before the new ones'.

EPCIS says what went in and what came out, and not which of it came of which: units of each lot make
a share of each new one in proportion. Nothing is said to be lost.
"""

from collections.abc import Iterator

from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import Transform, TransformKind
from supplychain.domain.transform_statements import OPERATION_MAX, Into
from supplychain.formats.lot_deeds import LotGoods, Transformation, shares
from supplychain.recording.choosing import chosen
from supplychain.recording.import_source import Source, lists_of, once, sign
from supplychain.recording.submissions import Recorded


def use_up(source: Source, deed: Transformation) -> Iterator[Recorded]:
    """Sign for each lot that goes in what becomes of it. Raises LedgerError or RuleBroken."""
    for goods in deed.goods:

        def act(nonce: bytes, goods: LotGoods = goods) -> Recorded:
            serials = goods.serials or None
            choice = chosen(source.party, goods.lot, goods.units, serials)
            said = _said(source, deed, goods, choice.rest)
            lists = lists_of(serials, choice.rest)
            return sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

        yield once(source, deed, goods.lot, act)


def _said(source: Source, deed: Transformation, goods: LotGoods, rest: int) -> Transform:
    made = [birth.goods[0] for birth in deed.births]
    into = tuple(
        Into(one.lot, one.uses, one.makes) for one in shares(deed.goods, made, goods) or ()
    )
    return Transform.of(
        holder=Gln.parse(source.party),
        operation=deed.operation[:OPERATION_MAX],
        kind=_kind(deed, into),
        reason=deed.step,
        into=into,
        lost=0,
        rest=rest,
    )


def _kind(deed: Transformation, into: tuple[Into, ...]) -> TransformKind:
    """Lots that are put together or taken apart, pack by pack; anything else is a repack."""
    if any(one.uses != one.makes for one in into):
        return TransformKind.REPACK
    if len(deed.goods) > 1 and len(into) == 1:
        return TransformKind.MERGE
    return TransformKind.SPLIT if len(into) > 1 else TransformKind.REPACK
