"""What is known of the packs and containers that a partner's file names."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packs import Pack
from supplychain.formats import epc
from supplychain.formats.epcis_document import Document
from supplychain.formats.lot_deeds import Known
from supplychain.models import Lot, PackName
from supplychain.models import Pack as Row
from supplychain.queries.packs import name_of

_AT_ONCE = 5000


def known_before(document: Document) -> Known:
    """The lots of the packs that a document names, and the packs in the containers it names."""
    codes = {epc.canonical(code) for code in _codes(document)}
    lots = _lots_of(codes)
    contents = _contents(codes)
    return Known(
        lots | {pack: lot for pack, (lot, _) in contents.items()},
        {pack: container for pack, (_, container) in contents.items()},
    )


def _codes(document: Document) -> Iterable[str]:
    for event in document.events:
        yield from event.epcs
        yield from event.children
        yield from (event.parent,) if event.parent else ()


def _lots_of(codes: Iterable[str]) -> dict[str, LotKey]:
    """The lots of those codes that are packs and were born."""
    names = {name_of(pack): code for code in codes if (pack := _pack(code))}
    found: dict[str, UUID] = {}
    for some in _parts(list(names)):
        rows = PackName.objects.filter(id__in=some).values_list("id", "stream_id")
        found |= {names[name]: stream for name, stream in rows}
    lots = _keys(set(found.values()))
    return {code: lots[stream] for code, stream in found.items()}


def _contents(codes: Iterable[str]) -> dict[str, tuple[LotKey, str]]:
    """The packs in those codes that are containers: their lots and the container of each."""
    found: list[tuple[UUID, str, str]] = []
    for some in _parts(sorted(codes)):
        rows = Row.objects.filter(container__in=some)
        found += rows.values_list("stream_id", "serial", "container")
    lots = _keys({stream for stream, _, _ in found})
    return {
        f"01/{lots[stream].gtin}/21/{serial}": (lots[stream], container)
        for stream, serial, container in found
    }


def _keys(streams: Iterable[UUID]) -> Mapping[UUID, LotKey]:
    rows = Lot.objects.filter(stream_id__in=list(streams)).values_list("stream_id", "gtin", "lot")
    return {stream: LotKey(Gtin(gtin), LotNumber(lot)) for stream, gtin, lot in rows}


def _pack(code: str) -> Pack | None:
    if not code.startswith("01/"):
        return None
    _, gtin, _, serial = code.split("/", 3)
    return Pack(Gtin(gtin), Serial(serial))


def _parts(codes: list[UUID] | list[str]) -> Iterable[list[UUID] | list[str]]:
    return (codes[start : start + _AT_ONCE] for start in range(0, len(codes), _AT_ONCE))
