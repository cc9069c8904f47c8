"""Whether a rest is divided, and which packs go into which part: those that go next stay together.

What goes out next is most often what is packed beside it: the same case, the next serial number.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.dividing import PARTS_MAX, divided, packed_apart, size_of_part
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Aggregate, LotStatement
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
    apart, going = _going(said, lists, LotKey.from_stream(stream))
    part = size_of_part(apart, named=bool(going))
    unclear = len(consumes) != 1 or lists.serials.keys() - {0}
    if not part or unclear or not _may_divide(party, stream, consumes[0]):
        return said, lists
    if not going:
        return divided(apart, part), lists
    near = packs_after(stream_id(stream), consumes[0], going, part)
    whole = _in_whole_cases(near, LotKey.from_stream(stream))
    if not whole or len(near) < part:  # one case, or not the goods that they were, as will be said
        return said, lists
    return divided(apart, len(whole)), replace(lists, serials={0: going, 1: whole})


def _going(
    said: LotStatement, lists: PackLists, lot: LotKey
) -> tuple[LotStatement, tuple[Serial, ...]]:
    """The statement with what goes in its first output, and those packs.

    What is packed into empty containers will go together.
    """
    if lists.serials or not isinstance(said, Aggregate):
        return said, lists.serials.get(0, ())
    going = tuple(chain.from_iterable(lists.containers.values()))
    used = inside_whole([one.container for one in said.containers], lot)
    return (said if any(used.values()) else packed_apart(said)), going


def _may_divide(party: str, stream: str, ref: OutputRef) -> bool:
    """Whether the party has few parts of the lot, none of them mixed before or partly packed."""
    own = parcels(party, LotKey.from_stream(stream))
    packed = any(one.load.units for one in own)  # units: they are in one part of the rest
    return len(own) < PARTS_MAX and not packed and not is_mixed(stream_id(stream), ref)


def _in_whole_cases(serials: Sequence[Serial], lot: LotKey) -> tuple[Serial, ...]:
    """Those of the packs that are loose, or packed with none but them: a case is in one part."""
    packed = containers_of(stream_id(lot.stream), serials)
    trees = inside_whole(set(packed.values()), lot) if packed else {}
    some = set(serials)
    cut = {one for tree in trees.values() if not some.issuperset(tree) for one in tree}
    return tuple(one for one in serials if one not in cut)
