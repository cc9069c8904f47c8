"""Packing of one lot: the goods that it is about, the sets that it commits to, and its entry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.queries.containers import Packed, inside, units_inside
from supplychain.queries.loads import PackedUnits
from supplychain.queries.stock import parcels
from supplychain.recording.choosing import loose
from supplychain.recording.pack_book import PackBook
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """What of one lot goes into a container or comes out, and containers that have some of it.

    Goods are packs, or so many `units` of a lot without serial numbers.
    """

    party: str
    container: Container
    lot: LotKey
    consumes: Sequence[OutputRef]
    packs: Sequence[Serial] = ()
    units: int = 0
    children: tuple[Container, ...] = ()


def nonce_for(nonce: bytes, lot: LotKey) -> bytes:
    """The nonce of one lot's entry, where an act makes an entry for each of several lots."""
    return sha256(b"unbroken-lot/v1\n" + nonce + lot.stream.encode()).digest()[:16]


def pack(
    kind: type[Aggregate | Disaggregate], given: Packing, *, at: datetime, nonce: bytes
) -> Recorded:
    """Sign and record it, once for each nonce. Raises Invalid, RuleBroken or LedgerError."""

    def act() -> Recorded:
        stream, consumes = stream_id(given.lot.stream), _consumes(kind, given)
        sets = PackBook.of(stream, given.lot, {})
        found = sets.set_of(given.packs) if given.packs else None
        contents = Contents(
            given.container,
            None if found is None else found.root,
            len(given.packs) or given.units,
            given.children,
        )
        said = kind.of(
            holder=Gln.parse(given.party), quantity=_held(given, consumes), containers=(contents,)
        )
        draft = Draft(
            party=given.party,
            stream=given.lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=consumes,
            packs=PackLists(containers={0: tuple(given.packs)} if given.packs else {}),
        )
        return sign_and_record(draft)

    return once(given.party, given.lot.stream, nonce, act)


def _consumes(kind: type[Aggregate | Disaggregate], given: Packing) -> tuple[OutputRef, ...]:
    """What goods are in that are named, and loose units enough for those that go in."""
    units = given.units if kind is Aggregate else 0
    taken = loose(given.party, given.lot, units) if units else ()
    return tuple(sorted({*given.consumes, *taken}))


def _held(given: Packing, consumes: Sequence[OutputRef]) -> int:
    own = {parcel.ref: parcel.quantity for parcel in parcels(given.party, given.lot)}
    if not own.keys() >= set(consumes):
        message = f"{given.lot}: some of these goods are not in your stock."
        raise RuleBroken("R9", "CONTAINER_ELSEWHERE", message)
    return sum(own[ref] for ref in consumes)


def by_lot(packed: Sequence[Packed]) -> dict[LotKey, list[Packed]]:
    """Packs in containers by their lots, in the lots' order."""
    lots: dict[LotKey, list[Packed]] = {}
    for one in sorted(packed, key=lambda one: (one.lot, one.serial)):
        lots.setdefault(one.lot, []).append(one)
    return lots


@dataclass(slots=True)
class Within:
    """What of one lot is in some containers: packs, or units without serial numbers."""

    packs: list[Packed] = field(default_factory=list)
    units: list[PackedUnits] = field(default_factory=list)

    @property
    def goods(self) -> list[Packed | PackedUnits]:
        """One or the other."""
        return [*self.packs, *self.units]

    @property
    def quantity(self) -> int:
        """How many packs or units."""
        return len(self.packs) + sum(one.units for one in self.units)

    @property
    def serials(self) -> tuple[Serial, ...] | None:
        """The packs by name; None for units."""
        return tuple(one.serial for one in self.packs) or None

    @property
    def outputs(self) -> set[OutputRef]:
        """Those that the goods are in."""
        return {one.output for one in self.goods}


def all_within(
    containers: Collection[Container], *, most: int | None = None
) -> dict[LotKey, Within]:
    """All that is in these containers, by lot in the lots' order; or so many packs of it."""
    lots: dict[LotKey, Within] = {}
    for pack in inside(containers, most=most):
        lots.setdefault(pack.lot, Within()).packs.append(pack)
    for some in units_inside(containers):
        lots.setdefault(some.lot, Within()).units.append(some)
    return dict(sorted(lots.items()))
