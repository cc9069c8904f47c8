"""Goods whose temperature waits for a decision."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import QualityRelease
from supplychain.models import Output
from supplychain.queries.lot_lines import LotLine, lot_lines

_KEPT = ("held", "quarantined", "returned")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units of a lot that an organisation has and may not pass on before somebody decides."""

    lot: LotLine
    units: int


def waiting_with(gln: str) -> list[Waiting]:
    """All such goods of the organisation, by expiry."""
    sums = _asked(gln).values("stream_id").order_by().annotate(total=Sum("quantity"))
    amounts = {row["stream_id"]: row["total"] for row in sums}
    lots = lot_lines(set(amounts))
    found = (Waiting(line, amounts[stream]) for stream, line in lots.items())
    return sorted(found, key=lambda one: (one.lot.expiry.on, one.lot.key))


def goods_waiting(gln: str, lot: LotKey) -> bool:
    """Whether the organisation has such goods of this lot."""
    return _asked(gln).filter(stream_id=stream_id(lot.stream)).exists()


def units_waiting(gln: str, lot: LotKey) -> int:
    """How many units in the organisation's stock wait for a decision."""
    held = _asked(gln).filter(stream_id=stream_id(lot.stream), state="held")
    return held.aggregate(total=Sum("quantity"))["total"] or 0


def released_by(gln: str) -> frozenset[LotKey]:
    """The lots of which the organisation released goods, and has none that wait."""
    made = Output.objects.filter(made_by=gln, made_as=QualityRelease.type, holder=gln)
    streams = set(made.values_list("stream_id", flat=True))
    waiting = set(_asked(gln).values_list("stream_id", flat=True))
    return frozenset(line.key for line in lot_lines(streams - waiting).values())


def _asked(gln: str) -> QuerySet[Output]:
    unused = Output.objects.filter(spent_by__isnull=True, holder=gln, state__in=_KEPT)
    return unused.exclude(questions="")
