"""Lots of packs and of units: born, packed into a case, shipped by its label and opened."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.core.links import OutputRef
from ledger.core.set_trees import SetTree
from supplychain.domain.containers import Container
from supplychain.domain.dividing import divided, packed_apart
from supplychain.domain.identifiers import Serial
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.domain.packs import Pack, PackSet
from supplychain.domain.parties import Party
from supplychain.domain.statements import LotStatement, Receive, Ship, committed
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import GTIN, KEY, NONE_NEEDED, birth
from tests.vectors.trade import Trade

SECRET = bytes(range(32))
CASE = Container("00/106141412345678908")


def set_of(numbers: Iterable[int]) -> PackSet:
    """The set of the packs of these numbers."""
    keys = (Pack(GTIN, Serial(f"S{number}")).key(SECRET) for number in numbers)
    subset = SetTree(lambda _hashes: {}).of(keys)
    return PackSet(subset.hash.hex(), subset.size)


def packed_lot() -> Evidence:
    """Twenty packs, of which eight go to the wholesaler in a case."""
    trade = Trade()
    every, cased, rest = range(20), range(8), range(8, 20)
    contents = (Contents(CASE, set_of(cased).root, 8),)
    born = say(trade, MAKER, birth(20), [every])
    packed = say(trade, MAKER, _packed(Aggregate, MAKER, 20, contents), [every], born)
    sent = say(trade, MAKER, _ship(8, 12), [cased, rest], packed)
    taken = say(trade, WHOLESALER, _receive(8), [cased], sent)
    say(trade, WHOLESALER, _packed(Disaggregate, WHOLESALER, 8, contents), [cased], taken)
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def divided_rest() -> Evidence:
    """Twenty packs; two are packed and go, then two out of one part: the other is untouched."""
    trade = Trade()
    born = say(trade, MAKER, birth(20), [range(20)])
    contents = (Contents(CASE, set_of(range(2)).root, 2),)
    apart = packed_apart(Aggregate.of(holder=MAKER.gln, quantity=20, containers=contents))
    parts = [range(2), range(2, 10), range(10, 20)]
    packed = say(trade, MAKER, divided(apart, 8), parts, born)
    say(trade, MAKER, _ship(2, 0), [range(2)], packed)
    second = divided(replace(_ship(2, 6), containers=()), 2)
    say(trade, MAKER, second, [range(2, 4), range(4, 6), range(6, 10)], packed, 1)
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def packed_units() -> Evidence:
    """Twenty units without serial numbers, of which eight go in a case, and two beside it."""
    trade = Trade()
    contents = (Contents(CASE, None, 8),)
    born = trade.say(MAKER, birth(20))
    packing = _packed(Aggregate, MAKER, 20, contents)
    packed = trade.say(MAKER, packing, OutputRef(born.entry_id, 0))
    sent = trade.say(MAKER, _ship(10, 10), OutputRef(packed.entry_id, 0))
    taken = trade.say(WHOLESALER, _receive(10), OutputRef(sent.entry_id, 0))
    opening = _packed(Disaggregate, WHOLESALER, 10, (Contents(CASE, None, 3),))
    trade.say(WHOLESALER, opening, OutputRef(taken.entry_id, 0))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def say(
    trade: Trade,
    signer: Party,
    said: LotStatement,
    packs: Sequence[Iterable[int]],
    parent: Entry | None = None,
    n: int = 0,
) -> Entry:
    """Sign a statement whose outputs commit to these packs, and which uses the parent's output."""
    consumes = () if parent is None else (OutputRef(parent.entry_id, n),)
    return trade.say(signer, committed(said, [set_of(one) for one in packs]), *consumes)


def _packed(
    kind: type[Aggregate | Disaggregate],
    holder: Party,
    quantity: int,
    contents: tuple[Contents, ...],
) -> LotStatement:
    return kind.of(holder=holder.gln, quantity=quantity, containers=contents)


def _ship(quantity: int, rest: int) -> Ship:
    return Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=quantity,
        rest=rest,
        shipment="S-1",
        conditions=NONE_NEEDED,
        order="PO-4711",
        containers=(CASE,),
    )


def _receive(quantity: int) -> Receive:
    return Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=quantity,
        damaged=0,
        missing=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
        containers=(CASE,),
    )
