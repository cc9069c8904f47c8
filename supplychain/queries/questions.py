"""Goods whose temperature waits for a decision."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
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


def _asked(gln: str) -> QuerySet[Output]:
    unused = Output.objects.filter(spent_by__isnull=True, holder=gln, state__in=_KEPT)
    return unused.exclude(questions="")
