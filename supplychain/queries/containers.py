"""Containers as the tables know them: what is in them, where, and what they are in."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from django.db import connection

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.barcodes import Label, ScanFault, read
from supplychain.domain.containers import LEVELS_MAX, Container, Nesting
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.models import Container as Row
from supplychain.queries.loads import PackedUnits, loaded, units_directly_in
from supplychain.queries.lot_lines import lot_line

# What is around a container, and what is inside; bounded, so that a bent table ends too. A lot's
# own rows lead only to its own; without a lot all of them are followed.
_ABOVE = """
WITH RECURSIVE way (stream_id, id, parent, level) AS (
  SELECT stream_id, id, parent, 1 FROM supplychain_container
   WHERE id = ANY(%(ids)s) AND stream_id = coalesce(%(stream)s::uuid, stream_id)
  UNION SELECT up.stream_id, up.id, up.parent, level + 1 FROM way
    JOIN supplychain_container AS up ON up.id = way.parent AND up.stream_id = way.stream_id
   WHERE level < %(levels)s)
SELECT DISTINCT id, parent FROM way WHERE parent <> ''"""
_BELOW = """
WITH RECURSIVE way (stream_id, id, parent, level) AS (
  SELECT stream_id, id, parent, 1 FROM supplychain_container
   WHERE id = ANY(%(ids)s) AND stream_id = coalesce(%(stream)s::uuid, stream_id)
  UNION SELECT down.stream_id, down.id, down.parent, level + 1 FROM way
    JOIN supplychain_container AS down ON down.parent = way.id AND down.stream_id = way.stream_id
   WHERE level < %(levels)s)
SELECT DISTINCT id, parent FROM way WHERE NOT id = ANY(%(ids)s)"""
_INSIDE = """
SELECT lot.gtin, lot.lot, pack.serial, pack.container,
       output.entry_id, output.n, output.holder, output.receiver, output.state
  FROM supplychain_pack AS pack
  JOIN supplychain_lot AS lot ON lot.stream_id = pack.stream_id
  JOIN supplychain_output AS output
    ON output.stream_id = pack.stream_id AND output.holding = pack.holding
   AND output.spent_by IS NULL
 WHERE pack.container = ANY(%(ids)s) ORDER BY lot.gtin, lot.lot, pack.serial LIMIT %(most)s"""
_STOCKS = """
SELECT DISTINCT pack.container, output.holder, output.state
  FROM supplychain_pack AS pack
  JOIN supplychain_output AS output
    ON output.stream_id = pack.stream_id AND output.holding = pack.holding
   AND output.spent_by IS NULL
 WHERE pack.container = ANY(%(ids)s)"""
_OUTPUTS = """
SELECT DISTINCT output.entry_id, output.n
  FROM supplychain_pack AS pack
  JOIN supplychain_output AS output
    ON output.stream_id = pack.stream_id AND output.holding = pack.holding
   AND output.spent_by IS NULL
 WHERE pack.stream_id = %(stream)s AND pack.container = ANY(%(ids)s)"""
_PACKED_IN = """
SELECT container, array_agg(serial::text) FROM supplychain_pack
 WHERE stream_id = %s AND serial = ANY(%s) AND container <> '' GROUP BY container"""
_EVER_IN = """
SELECT lot.gtin, lot.lot FROM supplychain_container AS container
  JOIN supplychain_lot AS lot ON lot.stream_id = container.stream_id
 WHERE container.id = %s ORDER BY lot.gtin, lot.lot"""
_KNOWN = "SELECT DISTINCT id FROM supplychain_container WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack in a container, and the output that it is in."""

    lot: LotKey
    serial: Serial
    container: Container
    output: OutputRef
    holder: str
    receiver: str
    state: str


def above(containers: Iterable[Container], stream: UUID | None = None) -> Nesting:
    """The containers around these, as far up as they go; of one lot's packs where it is named."""
    if stream is not None:
        return _nesting(_ABOVE, containers, stream)
    return _closed(_ABOVE, containers)


def below(containers: Iterable[Container], stream: UUID | None = None) -> Nesting:
    """The containers inside these, at whatever depth; of one lot's packs where it is named."""
    if stream is not None:
        return _nesting(_BELOW, containers, stream)
    return _closed(_BELOW, containers)


def inside(containers: Collection[Container], *, most: int | None = None) -> list[Packed]:
    """All packs in these containers and in those inside them, by lot and serial, or so many."""
    every = set(containers) | set(below(containers).parents)
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, {"ids": [str(one) for one in every], "most": most})
        lot, container = cache(_lot), cache(Container)  # thousands of rows name a few
        return [_packed(row, lot, container) for row in cursor.fetchall()]


def inside_whole(containers: Collection[Container], lot: LotKey) -> dict[Container, list[Serial]]:
    """The outermost containers around these, and all packs of the lot in each of them.

    Packs of other lots in them are their own entries', and so is which container is in which.
    """
    stream = stream_id(lot.stream)
    whole: dict[Container, list[Serial]] = {top: [] for top in outermost(containers, stream)}
    nesting = below(whole, stream)
    for one in inside(whole):
        top = list(nesting.upwards(one.container))[-1]
        if one.lot == lot and top in whole:
            whole[top].append(one.serial)
    return whole


def outputs_around(containers: Collection[Container], lot: LotKey) -> set[OutputRef]:
    """The unused outputs of all packs of the lot in the outermost containers around these."""
    stream = stream_id(lot.stream)
    tops = outermost(containers, stream)
    every = [str(one) for one in {*tops, *below(tops, stream).parents}]
    with connection.cursor() as cursor:
        cursor.execute(_OUTPUTS, {"stream": str(stream), "ids": every})
        return {OutputRef(entry_id, n) for entry_id, n in cursor.fetchall()}


def units_inside(containers: Collection[Container]) -> list[PackedUnits]:
    """All units without serial numbers in these containers and in those inside them, by lot."""
    return units_directly_in({*containers, *below(containers).parents})


def stocks_inside(containers: Collection[Container]) -> list[tuple[Container, str, str]]:
    """Whose the goods are that are in these containers or those inside: holders and states.

    Each with a container that holds some such goods directly.
    """
    every = set(containers) | set(below(containers).parents)
    units = {(one.container, one.holder, one.state) for one in units_directly_in(every)}
    with connection.cursor() as cursor:
        cursor.execute(_STOCKS, {"ids": [str(one) for one in every]})
        packs = {(Container(one), holder, state) for one, holder, state in cursor.fetchall()}
    return sorted(packs | units)


def known_among(names: Iterable[str]) -> list[Container]:
    """Those of the names that name containers in which something was packed, now or before."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(names)])
        return [Container(name) for (name,) in cursor.fetchall()]


def lots_ever_in(container: Container) -> list[LotKey]:
    """The lots of which something was ever put into a container."""
    with connection.cursor() as cursor:
        cursor.execute(_EVER_IN, [str(container)])
        return [_lot(*row) for row in cursor.fetchall()]


def labelled(text: str, *, on: date) -> Label | None:
    """The container whose label a scan is; None for any other code, or one that nobody can read.

    Beside an SSCC that is the GTIN and serial number of a case which the tables know, where they
    know no lot of that GTIN as it was read.
    """
    try:
        found = read(text, on=on)
    except ScanFault:
        return None
    if isinstance(found, Label):
        return found
    if found.serial is None or (found.key is not None and lot_line(found.key) is not None):
        return None
    case = Container.of_case(found.gtin, found.serial)
    known = Row.objects.filter(id=str(case)).exists()
    return Label(case, found.form) if known else None


def containers_of(stream: UUID, serials: Iterable[Serial]) -> dict[Serial, Container]:
    """The container that each of these packs of a lot is directly in; loose ones are left out."""
    named = {str(one): one for one in serials}
    with connection.cursor() as cursor:
        cursor.execute(_PACKED_IN, [str(stream), list(named)])
        found = [(Container(name), some) for name, some in cursor.fetchall()]
    return {named[serial]: container for container, some in found for serial in some}


def outermost(containers: Collection[Container], stream: UUID) -> set[Container]:
    """What these are in at last for packs of a lot; those that are in none are their own."""
    nesting = above(containers, stream)
    return {list(nesting.upwards(one))[-1] for one in containers}


def those_with(
    containers: Sequence[Container], packed: Iterable[Packed | PackedUnits]
) -> tuple[Container, ...]:
    """Those of the containers that have some of these goods inside, at whatever depth."""
    return those_around(containers, (one.container for one in packed))


def those_around(
    containers: Sequence[Container], inner: Iterable[Container]
) -> tuple[Container, ...]:
    """Those of the containers that have some of the inner ones inside, or are some of them."""
    nesting = below(containers)
    around = {outer for one in set(inner) for outer in nesting.upwards(one)}
    return tuple(one for one in containers if one in around)


def _closed(sql: str, containers: Iterable[Container]) -> Nesting:
    """What packs and units say together: a case of packs may stand on a pallet of units."""
    known, nesting = set(containers), Nesting()
    while True:
        nesting.parents |= _nesting(sql, known, None).parents
        reached = known | _further(sql, nesting)
        for one in loaded(reached):
            nesting.parents |= _led_to(sql, reached, one.load.parents)
        known = reached | _further(sql, nesting)
        if known == reached:
            return nesting


def _further(sql: str, nesting: Nesting) -> set[Container]:
    """Where pairs lead to: up to the parents, or down to the children."""
    return set(nesting.parents.values() if sql is _ABOVE else nesting.parents)


def _led_to(
    sql: str, start: Collection[Container], parents: Mapping[Container, Container]
) -> dict[Container, Container]:
    """Those of the pairs that lead on from there, up or down."""
    here, found = set(start), dict[Container, Container]()
    for _ in range(LEVELS_MAX):
        found = {one: at for one, at in parents.items() if (one if sql is _ABOVE else at) in here}
        here |= _further(sql, Nesting(found))
    return found


def _nesting(sql: str, containers: Iterable[Container], stream: UUID | None) -> Nesting:
    ids, of_lot = [str(one) for one in containers], None if stream is None else str(stream)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": ids, "stream": of_lot, "levels": LEVELS_MAX})
        return Nesting({Container(one): Container(parent) for one, parent in cursor.fetchall()})


def _packed(
    row: tuple[str, str, str, str, str, int, str, str, str],
    lot_of: Callable[[str, str], LotKey],
    container_of: Callable[[str], Container],
) -> Packed:
    gtin, lot, serial, container, entry_id, n, holder, receiver, state = row
    return Packed(
        lot=lot_of(gtin, lot),
        serial=Serial(serial),
        container=container_of(container),
        output=OutputRef(entry_id, n),
        holder=holder,
        receiver=receiver,
        state=state,
    )


def _lot(gtin: str, lot: str) -> LotKey:
    return LotKey(Gtin(gtin), LotNumber(lot))
