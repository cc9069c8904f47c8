"""What scanned codes stand for: packs and containers, and where the tables have them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.scan_lists import ScannedLine
from supplychain.models import Output, Pack
from supplychain.queries.containers import inside, units_inside
from supplychain.queries.packs import pack_line

COUNTED = "COUNTED: Units without serial numbers are in it too: open it, or send it by a program."
UNKNOWN = "UNKNOWN: No pack or container of this code is known here."


@dataclass(frozen=True, slots=True)
class PackAt:
    """A pack, and the unused output that it is in."""

    lot: LotKey
    serial: Serial
    output: OutputRef
    holder: str
    receiver: str
    state: str


@dataclass(frozen=True, slots=True)
class Goods:
    """A scanned line, and the packs that it stands for; none where there is a fault."""

    line: ScannedLine
    fault: str = ""
    container: Container | None = None
    packs: tuple[PackAt, ...] = ()


def goods_of(lines: Sequence[ScannedLine]) -> list[Goods]:
    """What each line stands for; a line that repeats another stands for nothing more."""
    known = _known([one for one in lines if one.serial and not one.again])
    return [_goods(one, known) for one in lines]


def those_of(goods: Sequence[Goods]) -> dict[LotKey, list[PackAt]]:
    """All packs that the lines stand for, each once, by lot and serial."""
    every = {(pack.lot, pack.serial): pack for one in goods for pack in one.packs}
    lots: dict[LotKey, list[PackAt]] = {}
    for lot, serial in sorted(every):
        lots.setdefault(lot, []).append(every[lot, serial])
    return lots


def _goods(line: ScannedLine, known: dict[tuple[LotKey, Serial], PackAt]) -> Goods:
    if line.fault or line.again:
        return Goods(line, line.fault)
    if line.container is not None:
        return _contained(line, line.container)
    if line.key is None and line.gtin is not None and line.serial is not None:
        case = _contained(line, Container.of_case(line.gtin, line.serial))
        return case if case.packs else _by_serial(line)
    found = known.get((line.key, line.serial)) if line.key and line.serial else None
    return Goods(line, packs=(found,)) if found else Goods(line, UNKNOWN)


def _contained(line: ScannedLine, container: Container) -> Goods:
    if units_inside([container]):
        return Goods(line, COUNTED)
    packs = tuple(
        PackAt(one.lot, one.serial, one.output, one.holder, one.receiver, one.state)
        for one in inside([container])
    )
    return Goods(line, "" if packs else UNKNOWN, container, packs)


def _by_serial(line: ScannedLine) -> Goods:
    """A pack whose code names no lot."""
    if line.gtin is None or line.serial is None:
        return Goods(line, UNKNOWN)
    found = pack_line(line.gtin, line.serial)
    if found is None:
        return Goods(line, UNKNOWN)
    named = replace(line, lot=found.lot.key.lot)
    return _goods(named, _known([named]))


def _known(lines: Sequence[ScannedLine]) -> dict[tuple[LotKey, Serial], PackAt]:
    lots: dict[LotKey, list[Serial]] = {}
    for one in lines:
        if one.key is not None and one.serial is not None:
            lots.setdefault(one.key, []).append(one.serial)
    return {
        (lot, packed.serial): packed
        for lot, serials in lots.items()
        for packed in _of_lot(lot, serials)
    }


def _of_lot(lot: LotKey, serials: Sequence[Serial]) -> list[PackAt]:
    stream = stream_id(lot.stream)
    rows = list(Pack.objects.filter(stream_id=stream, serial__in=[str(one) for one in serials]))
    outputs = _outputs(stream, {row.holding for row in rows})
    return [_at(lot, row.serial, outputs[row.holding]) for row in rows]


def _at(lot: LotKey, serial: str, output: Output) -> PackAt:
    ref = OutputRef(output.entry_id, output.n)
    return PackAt(lot, Serial(serial), ref, output.holder, output.receiver, output.state)


def _outputs(stream: UUID, holdings: set[UUID]) -> dict[UUID | None, Output]:
    found = Output.objects.filter(stream_id=stream, holding__in=holdings, spent_by__isnull=True)
    return {row.holding: row for row in found}
