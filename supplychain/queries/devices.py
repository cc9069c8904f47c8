"""The loggers of an organisation: how each stands, and when it was last heard of."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from supplychain.domain.calibrations import Calibration, Due
from supplychain.models import Device

_HEARD = """SELECT s.device, max(s.last_at), count(*)
  FROM supplychain_leg l
  JOIN supplychain_series s ON s.stream_id = l.stream_id AND s.entry_id = l.entry_id
 WHERE %(gln)s IN (l.giver, l.receiver)
 GROUP BY s.device ORDER BY 2 DESC LIMIT 1000"""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device; `row` is None where it was heard of, and is not written down as one's own."""

    name: str
    row: Device | None
    due: Due
    until: date | None
    heard_at: datetime | None
    files: int


def fleet(gln: str, today: date) -> list[DeviceLine]:
    """The organisation's own devices, the most urgent first, and then others that were heard of."""
    heard = _heard(gln)
    own = [_line(row, heard.pop(row.name, (None, 0)), today) for row in _own(gln)]
    others = [DeviceLine(name, None, Due.UNKNOWN, None, at, n) for name, (at, n) in heard.items()]
    return [*sorted(own, key=lambda one: _URGENT.index(one.due)), *others]


def calibrations_due(gln: str, today: date) -> list[DeviceLine]:
    """Own devices whose calibration ran out, or will within 30 days."""
    lines = (_line(row, (None, 0), today) for row in _own(gln))
    return [one for one in lines if one.due in (Due.OVERDUE, Due.SOON)]


_URGENT = (Due.OVERDUE, Due.SOON, Due.UNKNOWN, Due.GOOD)


def _own(gln: str) -> list[Device]:
    return list(Device.objects.filter(gln=gln))


def _line(row: Device, heard: tuple[datetime | None, int], today: date) -> DeviceLine:
    calibration = Calibration(row.calibrated_on, row.every_days)
    return DeviceLine(row.name, row, calibration.due(today), calibration.until, *heard)


def _heard(gln: str) -> dict[str, tuple[datetime | None, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, {"gln": gln})
        return {device: (at, files) for device, at, files in cursor.fetchall()}
