"""Write down a logger of one's own, and when it was calibrated."""

from datetime import date

from supplychain.domain.calibrations import Calibration
from supplychain.domain.errors import Invalid
from supplychain.models import Device


def put_device(
    *,
    party: str,
    name: str,
    model: str,
    place: str,
    calibrated_on: date | None,
    every_days: int,
    today: date,
) -> Device:
    """Add the device, or change what is known of the one of this name. Raises Invalid."""
    if calibrated_on is not None and calibrated_on > today:
        raise Invalid("DATE_AHEAD", f"calibrated_on: {calibrated_on} is still to come.")
    due = Calibration(calibrated_on, every_days)
    words = {
        "model": model,
        "place": place,
        "calibrated_on": due.on,
        "every_days": due.every_days,
    }
    device, _ = Device.objects.update_or_create(gln=party, name=name, defaults=words)
    return device
