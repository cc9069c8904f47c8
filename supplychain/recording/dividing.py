"""Whether a rest is divided, and which packs go into which part: those that go next stay together.

What goes out next is most often what is packed beside it: the same case, the next serial number.
"""

from collections.abc import Sequence
from dataclasses import replace

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.dividing import PARTS_MAX, divided, size_of_part
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import LotStatement
from supplychain.queries.containers import containers_of, inside_whole
from supplychain.queries.packs import packs_after
from supplychain.queries.stock import is_mixed, parcels
from supplychain.recording.submissions import PackLists


def in_parts(
    said: LotStatement,
    lists: PackLists,
    consumes: tuple[OutputRef, ...],
    *,
    party: str,
    stream: str,
) -> tuple[LotStatement, PackLists]:
    """What to sign, with its packs: the rest divided where that keeps the ways of packs short.

    Not where goods were taken out of several outputs, now or the last time: who picks across the
    parts gains nothing from them.
    """
    going = lists.serials.get(0, ())
    part = size_of_part(said, named=bool(going))
    if (
        not part
        or len(consumes) != 1
        or lists.serials.keys() - {0}
        or is_mixed(stream_id(stream), consumes[0])
    ):
        return said, lists
    own = parcels(party, LotKey.from_stream(stream))
    if len(own) >= PARTS_MAX or any(one.load.units for one in own):
        return said, lists  # what is packed of units is in one part of the rest
    if not going:
        return divided(said, part), lists
    near = packs_after(stream_id(stream), consumes[0], going, part)
    whole = _in_whole_cases(near, LotKey.from_stream(stream))
    if not whole or len(near) < part:  # one case, or not the goods that they were, as will be said
        return said, lists
    return divided(said, len(whole)), replace(lists, serials={0: going, 1: whole})


def _in_whole_cases(serials: Sequence[Serial], lot: LotKey) -> tuple[Serial, ...]:
    """Those of the packs that are loose, or packed with none but them: a case is in one part."""
    packed = containers_of(stream_id(lot.stream), serials)
    trees = inside_whole(set(packed.values()), lot) if packed else {}
    some = set(serials)
    cut = {one for tree in trees.values() if not some.issuperset(tree) for one in tree}
    return tuple(one for one in serials if one not in cut)
