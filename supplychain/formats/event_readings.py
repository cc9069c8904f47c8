"""Temperatures in an event's sensor elements as series of readings, one for each device."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final
from urllib.parse import unquote

from supplychain.domain.conditions import (
    DEVICE_LENGTH_MAX,
    Reading,
    ReadingsFault,
    Series,
    moment,
)
from supplychain.domain.temperatures import hundredths, is_fault
from supplychain.formats.epcis_document import Event, SensorElement, SensorFacts
from supplychain.formats.packing import RefusalError

LOGGER: Final = "urn:x-logger:"  # before the names of devices that have no URI
_NOT_NAMED: Final = "not named"
# Units of UN/CEFACT recommendation 20: what to add, and then to multiply by, for °C.
_UNITS: Final[Mapping[str, tuple[Fraction, Fraction]]] = {
    "CEL": (Fraction(0), Fraction(1)),
    "FAH": (Fraction(-32), Fraction(5, 9)),
    "KEL": (Fraction("-273.15"), Fraction(1)),
}
_DEGREES_MAX: Final = 10**4


def readings_of(event: Event) -> tuple[Series, ...]:
    """Return the single temperatures of an event; summaries and other measurements are left out.

    So are values that sensors give which are broken: then there is a gap.

    Raises RefusalError READINGS_WRONG for what is no temperature, or two of them at one moment.
    """
    by_device: dict[str, dict[int, int]] = {}
    for device, at, value in _temperatures(event):
        here = by_device.setdefault(device, {})
        if here.setdefault(at, value) != value:
            raise _wrong(f"{device} has two temperatures at {moment(at):%FT%TZ}.")
    try:
        return tuple(
            Series.of(device, [Reading(*one) for one in sorted(found.items())])
            for device, found in sorted(by_device.items())
        )
    except ReadingsFault as fault:
        raise _wrong(fault.message) from None


def _temperatures(event: Event) -> Iterator[tuple[str, int, int]]:
    for element in event.sensors:
        for report in element.reports:
            value, unit = report.get("value"), _UNITS.get(str(report.get("uom")))
            at = _said(element, report, "time") or event.time
            if (
                report.get("type") in (None, "Temperature")
                and isinstance(value, Decimal)
                and unit is not None
                and isinstance(at, datetime)
                and (centi_c := _centi(value, *unit)) is not None
            ):
                yield _device(element, report), int(at.timestamp()), centi_c


def _centi(value: Decimal, plus: Fraction, times: Fraction) -> int | None:
    """Hundredths of a degree Celsius, as in any logger's file; None for a sensor's fault (C9)."""
    if abs(value) > _DEGREES_MAX:
        raise _wrong(f"{value} is no temperature.")
    exact = Fraction(value)
    celsius = (exact + plus) * times
    return None if is_fault(exact, celsius) else hundredths(celsius)


def _device(element: SensorElement, report: SensorFacts) -> str:
    named = str(_said(element, report, "deviceID") or _NOT_NAMED)
    return unquote(named.removeprefix(LOGGER))[-DEVICE_LENGTH_MAX:]


def _said(element: SensorElement, report: SensorFacts, name: str) -> object:
    """What a report says, or else the facts about its element."""
    said = report.get(name)
    return element.metadata.get(name) if said is None and element.metadata else said


def _wrong(reason: str) -> RefusalError:
    return RefusalError("READINGS_WRONG", f"{reason} Send the readings as the logger has them.")
