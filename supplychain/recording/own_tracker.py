"""What the giver's own tracker told of goods before they go: the readings of a dispatch."""

from collections.abc import Collection
from datetime import datetime, timedelta

from ledger.core.links import OutputRef
from supplychain.domain.batches import NUMBER_MAX, SPAN_S
from supplychain.domain.conditions import Series
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.models import TrackerLoad
from supplychain.queries.loggers import calibration_of
from supplychain.queries.trackers import told
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.riding import goods_of


def told_before(
    gln: str, device: str, lot: LotKey, goods: Collection[OutputRef], at: datetime
) -> ConditionsInput:
    """What it told of the last day, while it was with just these goods; batches tell the rest.

    It is what is sealed by then, and so counts once. Raises RuleBroken TRACKER_NOT_ALONG,
    TRACKER_SILENT, and what goods that were parted or mixed raise.
    """
    riding = TrackerLoad.objects.filter(gln=gln, device=device, lot_stream=lot.stream)
    load = riding.filter(until__isnull=True).first()
    along = [OutputRef(one.entry_id, one.n) for one in goods_of(load)] if load else []
    if load is None or not set(goods) <= set(along):
        raise _refused("TRACKER_NOT_ALONG", f"{device} does not ride with these goods.")
    since = max(load.since, at - timedelta(seconds=SPAN_S))
    start, end = int(since.timestamp()), int(at.timestamp())
    readings = told(gln, device, start, end, NUMBER_MAX + 1)
    if not readings:
        raise _refused("TRACKER_SILENT", f"{device} told nothing of the last day.")
    series = Series.of(device, readings, calibrated=calibration_of(gln, device))
    return ConditionsInput(series=(series,))


def _refused(code: str, message: str) -> RuleBroken:
    return RuleBroken("R15", code, message)
