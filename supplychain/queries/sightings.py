"""Where a pack was seen, where the records have it, and what is in doubt about it."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.db.models import Q

from ledger.core.errors import Malformed
from ledger.prepared import Planned
from supplychain.domain.barcodes import Scanned
from supplychain.domain.identifiers import Gln, Gtin, Serial
from supplychain.domain.outputs import FINAL
from supplychain.domain.packs import Pack
from supplychain.domain.two_places import Doubt, Raised, Seen, Stay, standing
from supplychain.models import Lot, PackDoubt
from supplychain.queries.access import is_authority
from supplychain.queries.packs import PackLine, Whereabouts, whereabouts

COMPARED_MAX = 100
_COMPARED = timedelta(days=90)
_ELSEWHERE = Planned(
    """
SELECT asked.pack, seen.gln, seen.at, seen.expected
    FROM unnest(%(packs)s::text[], %(sites)s::text[], %(since)s::timestamptz[])
        AS asked (pack, site, since) CROSS JOIN LATERAL (
            SELECT gln, at, expected FROM supplychain_sighting
            WHERE pack = asked.pack AND pack <> '' AND gln <> site AND at > greatest(since,
                (SELECT max(settled_at) FROM supplychain_packdoubt doubt
                    WHERE doubt.pack = asked.pack))
            ORDER BY at DESC LIMIT %(most)s) AS seen
""",
)


def pack_code(gtin: object, serial: object) -> str:
    """What a pack is kept under, whatever lot its code names: SHA-256 (hex) of GTIN and serial."""
    return sha256(f"{gtin}/{serial}".encode()).hexdigest()


def pack_of(read: Scanned) -> str:
    """What the scanned pack is kept under, whatever lot its code names."""
    return pack_code(read.gtin, read.serial)


def stays_of(reads: Iterable[Scanned]) -> dict[Scanned, Stay]:
    """With whom the records have packs now; one of which they do not know is left out.

    Rows that were rewritten to what they cannot say are no record.
    """
    packs = {one: Pack(one.gtin, one.serial) for one in reads if one.serial is not None}
    found, stays = whereabouts(packs.values()), {}
    for read, pack in packs.items():
        with suppress(KeyError, Malformed):
            stays[read] = stay_by(found[pack])
    return stays


def seen_elsewhere(packs: Mapping[str, Seen]) -> dict[str, list[Seen]]:
    """The newest sightings of each pack by others, since what was in doubt was last settled.

    The packs by their codes, with the site that sees them now.
    """
    found: dict[str, list[Seen]] = {pack: [] for pack in packs}
    asked: dict[str, Any] = {
        "packs": list(packs),
        "sites": [str(now.site) for now in packs.values()],
        "since": [now.at - _COMPARED for now in packs.values()],
        "most": COMPARED_MAX,
    }
    for pack, gln, at, expected in _ELSEWHERE.rows(asked):
        found[pack] += [Seen(Gln(gln), at, expected)] if _is_gln(gln) else []
    return found


def doubts_of(read: Scanned, way: Collection[Stay]) -> frozenset[Doubt]:
    """The doubts that stand about a scanned pack, given its way by the records."""
    return frozenset() if read.serial is None else doubts_about(read.gtin, read.serial, way)


def doubts_about(gtin: Gtin, serial: Serial, way: Collection[Stay]) -> frozenset[Doubt]:
    """The doubts that stand about a pack, given its way, or as much of it as is known."""
    rows = PackDoubt.objects.filter(pack=pack_code(gtin, serial), settled_at__isnull=True)
    raised = (
        Raised(Doubt(row.doubt), Gln(row.site), Gln(row.other), row.at)
        for row in rows.filter(doubt__in=[one.value for one in Doubt])
        if _is_gln(row.site) and _is_gln(row.other)
    )
    return standing(raised, way)


def in_doubt(reads: Iterable[Scanned]) -> frozenset[Scanned]:
    """Those of the scanned packs about which some doubt was not settled, in one query."""
    codes = {pack_code(one.gtin, one.serial): one for one in reads if one.serial is not None}
    rows = PackDoubt.objects.filter(pack__in=list(codes), settled_at__isnull=True)
    return frozenset(codes[pack] for pack in rows.values_list("pack", flat=True))


class Part(StrEnum):
    """What an organisation has to do with a doubt."""

    SCANNED = "scanned"  # its scan raised it
    OTHER = "other"  # the pack was its own, or seen there before
    OVERSEES = "oversees"  # it is the maker, or an authority


_PARTS = {(True, False): Part.SCANNED, (False, True): Part.OTHER}


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A pack in doubt, and what the organisation has to do with it."""

    pack: Pack
    lot: str
    doubt: Doubt
    part: Part
    at: datetime


def open_doubts(gln: str) -> list[DoubtLine]:
    """The packs in doubt that concern an organisation, the newest first; never who else is.

    Those that it was told of, a maker's own packs, and for authorities all.
    """
    found = PackDoubt.objects.filter(settled_at__isnull=True)
    if not is_authority(gln):
        made = Lot.objects.filter(maker=gln).values("gtin")
        found = found.filter(Q(site=gln) | Q(other=gln) | Q(gtin__in=made))
    return [
        DoubtLine(
            pack=Pack(Gtin(row.gtin), Serial(row.serial)),
            lot=row.lot,
            doubt=Doubt(row.doubt),
            part=_PARTS.get((row.site == gln, row.other == gln), Part.OVERSEES),
            at=row.at,
        )
        for row in found
    ]


def _is_gln(text: str) -> bool:
    """Whether a row that nobody signed says something that can be read."""
    try:
        Gln(text)
    except Malformed:
        return False
    return True


def stay_by(line: PackLine | Whereabouts) -> Stay:
    """With whom a pack is by its line or rows."""
    sites = frozenset(Gln(gln) for gln in (line.holder, line.receiver) if gln)
    return Stay(sites, line.since, line.state in FINAL)
