"""What an organisation said before about its loggers."""

from collections.abc import Mapping
from datetime import date, timezone

from supplychain.domain.lots import zone
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.models import Device, LoggerClock, LoggerMapping


def mappings_of(gln: str) -> Mapping[str, ColumnMapping]:
    """How its tables are read, by the model of the logger, in the order of their names."""
    rows = LoggerMapping.objects.filter(gln=gln).values_list("model", "mapping")
    return {model: ColumnMapping.decode(mapping) for model, mapping in rows}


def clock_of(gln: str, device: str) -> timezone | None:
    """The fixed offset of a device's clock, None where nobody said it."""
    found = LoggerClock.objects.filter(gln=gln, device=device).values_list("zone", flat=True)
    return next((zone(text) for text in found), None)


def calibration_of(gln: str, device: str) -> date | None:
    """When one of its own devices was last calibrated, None where it is not written down."""
    found = Device.objects.filter(gln=gln, name=device).values_list("calibrated_on", flat=True)
    return next(iter(found), None)
