"""Packings of a partner's file as entries: those that follow each other stand in one.

An entry of a lot lists up to 50 containers, and each container of the file is listed once, with all
that goes into it there. Packs that are there already make the event known.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.packing_statements import (
    CHILDREN_MAX,
    CONTAINERS_MAX,
    Aggregate,
    Contents,
    Disaggregate,
)
from supplychain.formats.lot_deeds import LotDeed, LotGoods, Packing
from supplychain.queries.containers import above, containers_of, outputs_around, units_inside
from supplychain.queries.packs import Place, outputs_with, places_of
from supplychain.queries.stock import parcels, times_of
from supplychain.recording.choosing import loose
from supplychain.recording.import_source import Source
from supplychain.recording.pack_book import PackBook
from supplychain.recording.retries import recorded_before
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


@dataclass
class _Listed:
    """What of one lot goes into a container or comes out; `inner` are the packs in the children.

    `units` have no serial numbers.
    """

    units: int = 0
    serials: list[Serial] = field(default_factory=list)
    children: list[Container] = field(default_factory=list)
    inner: list[Serial] = field(default_factory=list)


_Some = Sequence[tuple[Container, _Listed]]


def together(deeds: Sequence[LotDeed]) -> Iterator[tuple[LotDeed, ...]]:
    """Put packings that follow each other, all in or all out, into one; others stand alone."""

    def kind(numbered: tuple[int, LotDeed]) -> tuple[int, bool]:
        number, deed = numbered
        return (-1, deed.out) if isinstance(deed, Packing) else (number, False)

    for _, group in itertools.groupby(enumerate(deeds), kind):
        yield tuple(deed for _, deed in group)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the packs and containers of some packings are before any of them is signed."""

    container: Mapping[LotKey, Mapping[Serial, Container]]
    parents: Mapping[Container, Container]
    held: Mapping[LotKey, AbstractSet[Serial]]
    counted: AbstractSet[LotKey]

    @classmethod
    def of(cls, party: str, deeds: Iterable[Packing]) -> Self:
        """Of all that these packings name, for the party that is to sign them."""
        serials, children = defaultdict[LotKey, set[Serial]](set), set[Container]()
        amounts = {one.lot for deed in deeds for one in _all_goods(deed) if one.amount}
        for deed in deeds:
            children |= {Container(one.container) for one in deed.inner}
            for goods in _all_goods(deed):
                serials[goods.lot] |= set(goods.serials)
        container = dict[LotKey, Mapping[Serial, Container]]()
        held = dict[LotKey, AbstractSet[Serial]]()
        for lot, some in serials.items():
            stream = stream_id(lot.stream)
            container[lot] = containers_of(stream, some)
            places = places_of(stream, some)
            held[lot] = {serial for serial, at in places.items() if _with(party, at)}
        counted = {lot for lot in amounts if parcels(party, lot)}
        return cls(container, above(children).parents if children else {}, held, counted)

    def is_so_already(self, deed: Packing) -> bool:
        """Whether all packs and containers that go in are in that container, and no other is.

        Units are alike: nobody can tell whether these are in it, or others.
        """
        around = Container(deed.container)
        packs = (self.container[one.lot].get(n) for one in deed.goods for n in one.serials)
        children = (self.parents.get(Container(one.container)) for one in deed.inner)
        if deed.out or any(one.amount for one in deed.goods):
            return False
        return all(it == around for it in itertools.chain(packs, children))

    def holds_some(self, deed: Packing) -> bool:
        """Whether the party has any of the goods in stock."""
        return any(
            one.lot in self.counted or not self.held[one.lot].isdisjoint(one.serials)
            for one in _all_goods(deed)
        )


def sign_packings(
    source: Source, deeds: Sequence[Packing], told: Callable[[int], None]
) -> dict[int, list[Recorded]]:
    """Sign packings that are all in or all out; the entries of each event.

    An entry claims the time of the last of them. `told` is how many more of them have one. Raises
    LedgerError or RuleBroken.
    """
    found: dict[str, list[Recorded]] = {}
    waiting = Counter(deed.container for deed in deeds)
    for lot, containers in sorted(_listed(deeds).items()):
        for number, some in enumerate(_chunks(list(containers.items()))):
            recorded = _once(source, deeds, lot, some, number)
            for container, _ in some:
                found.setdefault(str(container), []).append(recorded)
            told(sum(waiting.pop(str(container), 0) for container, _ in some))
    return {deed.event: found.get(deed.container, []) for deed in deeds}


def _with(party: str, place: Place) -> bool:
    return place.holder == party and place.state == State.HELD.value


def _all_goods(deed: Packing) -> Iterator[LotGoods]:
    yield from deed.goods
    for one in deed.inner:
        yield from one.goods


def _listed(deeds: Iterable[Packing]) -> dict[LotKey, dict[Container, _Listed]]:
    found: dict[LotKey, dict[Container, _Listed]] = {}

    def listed(lot: LotKey, container: str) -> _Listed:
        return found.setdefault(lot, {}).setdefault(Container(container), _Listed())

    for deed in deeds:
        for goods in deed.goods:
            here = listed(goods.lot, deed.container)
            here.serials += goods.serials
            here.units += goods.amount
        for one in deed.inner:
            for goods in one.goods:
                here = listed(goods.lot, deed.container)
                here.children.append(Container(one.container))
                here.inner += goods.serials
    return found


def _chunks(containers: _Some) -> Iterator[_Some]:
    """As many containers as one entry lists, in their order: up to 50, with 100 children in all."""
    some: list[tuple[Container, _Listed]] = []
    children = 0
    for one in containers:
        children += len(one[1].children)
        if some and (len(some) == CONTAINERS_MAX or children > CHILDREN_MAX):
            yield some
            some, children = [], len(one[1].children)
        some.append(one)
    if some:
        yield some


def _once(
    source: Source, deeds: Sequence[Packing], lot: LotKey, some: _Some, number: int
) -> Recorded:
    said = sha256("".join(deed.fingerprint for deed in deeds).encode()).hexdigest()
    nonce = source.nonce_of(lot, said, number)
    known = recorded_before(source.party, lot.stream, nonce)
    if known is not None:
        return known
    listed = [one for _, one in some]
    out = deeds[0].out
    serials = [serial for one in listed for serial in (*one.serials, *one.inner)]
    around = set() if out else outputs_around([container for container, _ in some], lot)
    refs = (
        sorted({*outputs_with(stream_id(lot.stream), serials), *around})
        if serials
        else _with_units(source.party, lot, some, out=out)
    )
    lists = PackLists(
        containers={n: tuple(one.serials) for n, one in enumerate(listed) if one.serials}
    )
    kind = Disaggregate if out else Aggregate
    times = [deed.at for deed in deeds]
    if taken_back := {entry for deed in deeds for entry in deed.takes_back}:
        times += times_of(lot, {*taken_back, *(ref.entry_id for ref in refs)})
    packing = kind.of(
        holder=Gln.parse(source.party),
        quantity=_held(source.party, lot, refs),
        containers=_contents(lot, some, lists),
    )
    draft = Draft(
        party=source.party,
        stream=lot.stream,
        said=packing,
        at=max(times),
        nonce=nonce,
        consumes=refs,
        attachments=(source.file,),
        packs=lists,
    )
    return sign_and_record(draft, arrival=source.at)


def _with_units(party: str, lot: LotKey, some: _Some, *, out: bool) -> list[OutputRef]:
    """The outputs that units without serial numbers come from, packed or loose."""
    around = [container for container, _ in some] if out else []
    packed = units_inside([*around, *(child for _, one in some for child in one.children)])
    amount = 0 if out else sum(one.units for _, one in some)
    refs = {one.output for one in packed if one.lot == lot}
    return sorted(refs | set(loose(party, lot, amount) if amount else ()))


def _contents(lot: LotKey, some: _Some, lists: PackLists) -> tuple[Contents, ...]:
    book = PackBook.of(stream_id(lot.stream), lot, {})
    return tuple(
        Contents(
            container,
            book.set_of(one.serials, lists.worked_out).root if one.serials else None,
            len(one.serials) or one.units,
            tuple(one.children),
        )
        for container, one in some
    )


def _held(party: str, lot: LotKey, refs: Iterable[OutputRef]) -> int:
    own = {parcel.ref: parcel.quantity for parcel in parcels(party, lot)}
    if not own.keys() >= set(refs):
        message = f"{lot}: some of what is packed is not in your stock."
        raise RuleBroken("R9", "CONTAINER_ELSEWHERE", message)
    return sum(own[ref] for ref in refs)
