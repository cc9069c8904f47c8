"""What is known of the packs and containers that a partner's file names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q

from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packs import Pack
from supplychain.formats import epc
from supplychain.formats.epcis_document import Document
from supplychain.formats.fingerprints import declared_wrong, fingerprint, older_fingerprint
from supplychain.formats.lot_deeds import Known
from supplychain.formats.lot_parties import place_of
from supplychain.models import ImportedEvent, ImportedFile, Lot, Organisation
from supplychain.queries.containers import above, below, inside, known_among, units_inside
from supplychain.queries.packs import births_of

Key = TypeVar("Key")

STANDS = ("accepted", "known")
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that was read, and how many of its events stand, of how many."""

    sha256: str
    at: datetime
    bytes: int
    events: int
    stand: int

    @property
    def left(self) -> int:
        """How many events were not taken."""
        return self.events - self.stand


def files_of(party: str) -> list[FileLine]:
    """The files that a party read, the newest first."""
    stands = Q(events__outcome__in=STANDS)
    rows = ImportedFile.objects.filter(party=party).defer("content")
    counted = rows.annotate(all=Count("events"), stand=Count("events", filter=stands))
    return [
        FileLine(row.sha256, row.at, row.bytes, row.all, row.stand)
        for row in counted.order_by("-at", "-id")
    ]


def file_of(party: str, sha256: str) -> ImportedFile | None:
    """A file that a party read, with its events; None for any other."""
    return ImportedFile.objects.filter(party=party, sha256=sha256).defer("content").first()


def known_before(document: Document, party: str) -> Known:
    """The lots of the packs that a document names, what is in the containers it names, its events.

    Events are known that the party has taken before, in this file or another one.
    """
    codes = {epc.canonical(code) for code in _codes(document)}
    lots = _lots_of(codes)
    named = known_among(codes - lots.keys())
    nesting = below(named).parents | above(named).parents
    parents = {str(child): str(parent) for child, parent in nesting.items()}
    for one in inside(named):
        pack = f"01/{one.lot.gtin}/21/{one.serial}"
        lots[pack], parents[pack] = one.lot, str(one.container)
    return Known(lots, parents, _taken(document, party), _parties(document), _amounts(named))


def _amounts(containers: Collection[Container]) -> dict[str, dict[LotKey, int]]:
    """The units without serial numbers in these containers and those inside, where they are."""
    found: dict[str, dict[LotKey, int]] = {}
    for one in units_inside(containers):
        lots = found.setdefault(str(one.container), {})
        lots[one.lot] = lots.get(one.lot, 0) + one.units
    return found


def _parties(document: Document) -> frozenset[Gln]:
    """Which of the places that goods go to are parties of their own."""
    places = {
        place_of(one.value)
        for event in document.events
        for one in event.destinations
        if one.type == "location"
    }
    rows = Organisation.objects.filter(gln__in=[str(one) for one in places if one])
    return frozenset(map(Gln, rows.values_list("gln", flat=True)))


def _taken(document: Document, party: str) -> dict[str, tuple[str, ...]]:
    prints: dict[str, str] = {}
    for event in document.events:
        if event.time:
            now, older = fingerprint(event), older_fingerprint(event)
            prints |= {older: now, now: now}
            if event.error:
                prints[declared_wrong(now)] = declared_wrong(now)
    found: dict[str, tuple[str, ...]] = {}
    for some in _parts(sorted(prints)):
        rows = ImportedEvent.objects.filter(
            file__party=party, fingerprint__in=some, outcome__in=STANDS
        )
        found |= {prints[row.fingerprint]: tuple(row.entries) for row in rows}
    return found


def _codes(document: Document) -> Iterable[str]:
    for event in document.events:
        yield from event.epcs
        yield from event.children
        yield from (event.parent,) if event.parent else ()


def _lots_of(codes: Iterable[str]) -> dict[str, LotKey]:
    """The lots of those codes that are packs and were born."""
    packs = {pack: code for code in codes if (pack := _pack(code))}
    found = births_of(packs)
    lots = _keys(set(found.values()))
    return {packs[pack]: lots[stream] for pack, stream in found.items()}


def _keys(streams: Iterable[UUID]) -> Mapping[UUID, LotKey]:
    rows = Lot.objects.filter(stream_id__in=list(streams)).values_list("stream_id", "gtin", "lot")
    return {stream: LotKey(Gtin(gtin), LotNumber(lot)) for stream, gtin, lot in rows}


def _pack(code: str) -> Pack | None:
    if not code.startswith("01/"):
        return None
    _, gtin, _, serial = code.split("/", 3)
    return Pack(Gtin(gtin), Serial(serial))


def _parts(codes: list[Key]) -> Iterable[list[Key]]:
    return (codes[start : start + _AT_ONCE] for start in range(0, len(codes), _AT_ONCE))
