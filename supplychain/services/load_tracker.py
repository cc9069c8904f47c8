"""Say with which goods a live tracker rides from now on."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.members import text
from supplychain.domain.outputs import State
from supplychain.models import Device, Tracker, TrackerLoad
from supplychain.recording.keeping import Kept


def load_tracker(
    *,
    party: str,
    device: str,
    lot: LotKey,
    said_by: str,
    at: datetime,
    since: datetime | None = None,
    state: State = State.HELD,
    outputs: Sequence[OutputRef] = (),
    place: str = "",
) -> TrackerLoad:
    """From `since` on each sealed batch of the device is signed for these goods, wherever they go.

    They are all that the party has of the lot in that state, or some `outputs`. Raises Invalid
    SINCE_AHEAD, RuleBroken DEVICE_UNKNOWN, NOT_HOLDER, TRACKER_LOADED.
    """
    since = since or at
    if since > at:
        raise Invalid("SINCE_AHEAD", f"since: {since.isoformat()} is still to come.")
    text(place, "place", 100, empty=True)
    if not Device.objects.filter(gln=party, name=device).exists():
        message = f"Device {device!r} is none of yours: write it down first."
        raise RuleBroken("R15", "DEVICE_UNKNOWN", message)
    Tracker.objects.get_or_create(gln=party, name=device)  # looked for from now on
    goods = Kept(party=party, lot=lot, state=state, outputs=outputs).parcels()
    load, made = TrackerLoad.objects.get_or_create(
        gln=party,
        device=device,
        lot_stream=lot.stream,
        until=None,
        defaults={
            "goods": [str(one.ref) for one in goods],
            "place": place,
            "since": since,
            "said_by": said_by,
            "said_at": at,
        },
    )
    if not made:
        message = f"{device} rides with goods of {lot} already: end that first."
        raise RuleBroken("R15", "TRACKER_LOADED", message, conflict=True)
    return load
