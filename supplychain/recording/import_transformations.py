"""A transformation of a partner's file: each lot that goes in has its entry, before the new one's.

EPCIS says what went in and what came out, and not which of it came of which: units of each lot make
a share in proportion. Nothing is said to be lost.
"""

from collections.abc import Iterator

from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import Transform, TransformKind
from supplychain.domain.transform_statements import OPERATION_MAX, Into
from supplychain.formats.lot_deeds import LotGoods, Transformation, made_of
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
    (made,) = deed.birth.goods
    into = Into(made.lot, goods.units, made_of(deed.goods, made, goods) or 0)
    same = into.uses == into.makes and len(deed.goods) > 1
    return Transform.of(
        holder=Gln.parse(source.party),
        operation=deed.operation[:OPERATION_MAX],
        kind=TransformKind.MERGE if same else TransformKind.REPACK,
        reason=deed.step,
        into=(into,),
        lost=0,
        rest=rest,
    )
