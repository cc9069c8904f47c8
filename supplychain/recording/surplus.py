"""Receipts that found too much, as the tables have them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Exceeding
from supplychain.domain.outputs import Over
from supplychain.models import OverReceipt


def exceeding(stream: UUID, receipts: Collection[str]) -> Mapping[str, Exceeding]:
    """Those of these receipts that no giver has answered, read under the lock of the stream."""
    rows = OverReceipt.objects.filter(
        stream_id=stream, entry_id__in=receipts, admitted_by__isnull=True
    )
    return {
        row.entry_id: Exceeding(
            Gln(row.giver), Gln(row.receiver), Over(row.quantity, row.packs or None), row.at
        )
        for row in rows
    }
