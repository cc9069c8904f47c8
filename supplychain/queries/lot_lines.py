"""A lot in one line, as every list shows it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ledger.core.entry import stream_id
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.models import Flag, Lot


@dataclass(frozen=True, slots=True)
class LotLine:
    """What the maker registered, and the flags in force.

    `extended_from` is the expiry that packs say, where it was extended since.
    """

    key: LotKey
    entry_id: str
    name: str
    strength: str
    form: str
    profile: str
    expiry: Expiry
    maker: str
    registered: int
    registered_at: datetime
    flags: tuple["FlagLine", ...] = ()
    extended_from: date | None = None

    @property
    def recalled(self) -> bool:
        """Whether a recall is in force."""
        return any(flag.kind == "recall" for flag in self.flags)

    @property
    def on_hold(self) -> bool:
        """Whether a hold is in force."""
        return any(flag.kind == "hold" for flag in self.flags)

    def blocked(self, at: datetime) -> str:
        """Why nothing of the lot may be shipped for sale now; empty when it may."""
        if self.recalled:
            return "Recalled"
        if self.on_hold:
            return "On hold"
        return "Expired" if self.expiry.passed(at) else ""


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A recall or a hold that is in force."""

    entry_id: str
    kind: str
    by: str
    reason: str
    recall_class: str
    at: datetime


def lot_lines(streams: Collection[UUID]) -> dict[UUID, LotLine]:
    """The lots of these streams that are registered, in two queries."""
    flags: dict[UUID, list[FlagLine]] = {}
    for flag in Flag.objects.filter(stream_id__in=streams, lifted_by__isnull=True):
        flags.setdefault(flag.stream_id, []).append(_flag_line(flag))
    lots = Lot.objects.filter(stream_id__in=streams)
    return {lot.stream_id: _line(lot, tuple(flags.get(lot.stream_id, ()))) for lot in lots}


def lot_line(lot: LotKey) -> LotLine | None:
    """The lot, or None when nobody registered it."""
    stream = stream_id(lot.stream)
    return lot_lines((stream,)).get(stream)


def _flag_line(flag: Flag) -> FlagLine:
    return FlagLine(flag.entry_id, flag.kind, flag.by, flag.reason, flag.recall_class, flag.at)


def _line(lot: Lot, flags: tuple[FlagLine, ...]) -> LotLine:
    return LotLine(
        key=LotKey(Gtin(lot.gtin), LotNumber(lot.lot)),
        entry_id=lot.entry_id,
        name=lot.name,
        strength=lot.strength,
        form=lot.form,
        profile=lot.profile,
        expiry=Expiry(lot.expiry, lot.expiry_zone),
        maker=lot.maker,
        registered=lot.quantity,
        registered_at=lot.registered_at,
        flags=flags,
        extended_from=lot.extended_from,
    )
