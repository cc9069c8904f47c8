"""Lots: GTIN and lot number together, never the lot text alone; and until when they are good."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Self

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.products import Product

_STREAM = re.compile(r"lot:([0-9]{14})/(.{1,20})", re.ASCII)
_ZONE = re.compile(r"([+-])([0-9]{2}):([0-9]{2})", re.ASCII)
_OFFSET_MAX = timedelta(hours=14)
EXPIRY_YEARS = range(2000, 2200)


@dataclass(frozen=True, order=True, slots=True)
class LotKey:
    """What names a lot."""

    gtin: Gtin
    lot: LotNumber

    @property
    def stream(self) -> str:
        """The name of the lot's stream in the ledger.

        >>> LotKey(Gtin("00614141123452"), LotNumber("A123")).stream
        'lot:00614141123452/A123'
        """
        return f"lot:{self.gtin}/{self.lot}"

    @classmethod
    def from_stream(cls, stream: str) -> Self:
        """Read a stream's name. Raises Invalid INVALID_STREAM, INVALID_GTIN or INVALID_LOT."""
        match = _STREAM.fullmatch(stream)
        if match is None:
            raise Invalid("INVALID_STREAM", f"Stream {stream[:60]!r} does not name a lot.")
        return cls(Gtin.parse(match[1]), LotNumber.parse(match[2]))

    def __str__(self) -> str:
        """GTIN and lot as people read them."""
        return f"{self.gtin} lot {self.lot}"


def zone(text: str) -> timezone:
    """The fixed offset from UTC that the text names, `+HH:MM` or `-HH:MM`; Invalid INVALID_ZONE."""
    match = _ZONE.fullmatch(text)
    if match is None or int(match[3]) > 59 or text == "-00:00":  # noqa: PLR2004 - minutes
        raise Invalid("INVALID_ZONE", f"Zone {text[:20]!r}: expected an offset such as +00:00.")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset > _OFFSET_MAX:
        raise Invalid("INVALID_ZONE", f"Zone {text!r}: no place is more than 14 hours off UTC.")
    return timezone(-offset if match[1] == "-" else offset)


@dataclass(frozen=True, slots=True)
class Expiry:
    """The last day on which goods are good, in a declared zone (R12)."""

    on: date
    zone: str = "+00:00"

    def __post_init__(self) -> None:
        """Prove year and zone."""
        zone(self.zone)
        if self.on.year not in EXPIRY_YEARS:
            raise Invalid("INVALID_EXPIRY", f"Expiry {self.on}: expected a year from 2000 to 2199.")

    @property
    def ends(self) -> datetime:
        """The first instant at which the goods are expired (midnight after the day), in UTC."""
        midnight = datetime.combine(self.on + timedelta(days=1), time.min, zone(self.zone))
        return midnight.astimezone(UTC)

    def passed(self, at: datetime) -> bool:
        """Whether goods are expired at that moment: the whole last day still counts as good."""
        return at >= self.ends


@dataclass(frozen=True, slots=True)
class Printed:
    """What packs have printed on them: which lot they are of, and the day of their expiry."""

    key: LotKey
    expiry: date

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.key}, expiry {self.expiry}"


@dataclass(frozen=True, slots=True)
class Lot:
    """What the ledger knows of a born lot.

    `monitored`: the storage profile asks for temperature readings on every hand-off.
    `maker` is the party that registered it, `born_at` the time claimed in that statement.
    `extended_from` is the day of expiry that its packs say, where it was extended since.
    """

    key: LotKey
    product: Product
    expiry: Expiry
    quantity: int
    maker: Gln
    monitored: bool
    born_at: datetime
    extended_from: date | None = None

    @property
    def printed(self) -> frozenset[date]:
        """The days of expiry that packs of the lot may have printed on them."""
        return frozenset({self.expiry.on, self.extended_from or self.expiry.on})
