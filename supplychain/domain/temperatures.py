"""What a cell of temperature says: hundredths of a degree Celsius, or that there is no reading."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

from supplychain.domain.profiles import LIMIT_STEP_CENTI_C

Unit = Literal["C", "F"]
NoReading = Literal["no_reading", "sensor_fault"]

#: How the column's name spells the unit, "" being a name that gives none.
UNITS: Final[Mapping[str, Unit | None]] = MappingProxyType(
    {"": None, "c": "C", "°c": "C", "celsius": "C", "f": "F", "°f": "F", "fahrenheit": "F"}
)

_NUMBER: Final = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,6})?", re.ASCII)
_NO_READING: Final = frozenset({"", "--.-", "--.--", "---", "--", "-", "nan", "n/a", "null"})
_FAULT_CODES: Final = frozenset({Fraction(-127), Fraction(999)})  # a probe unplugged or broken
POWER_ON_CENTI_C: Final = 8_500  # what common sensors give until their first conversion
_MINUS: Final = "\u2212"  # the minus of typesetters


def centi_celsius(value: Fraction, unit: Unit) -> int:
    """Return a value as hundredths of a degree Celsius, rounded so that nothing is hidden (C1).

    The nearest hundredth, but never onto a whole tenth that the exact value is not: limits are
    whole tenths, so what is above a limit stays above it.

    >>> centi_celsius(Fraction("46.4"), "F"), centi_celsius(Fraction("46.5"), "F")
    (800, 806)
    >>> centi_celsius(Fraction("8.004"), "C")
    801
    """
    return hundredths(value if unit == "C" else _celsius(value))


def hundredths(celsius: Fraction) -> int:
    """Return degrees Celsius as hundredths, rounded like that."""
    exact = 100 * celsius
    nearest = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if nearest % LIMIT_STEP_CENTI_C == 0 and exact != nearest:
        return nearest + 1 if exact > nearest else nearest - 1
    return nearest


@lru_cache(maxsize=4096)  # a logger repeats itself, and fractions are slow
def read_temperature(cell: str, unit: Unit) -> int | NoReading:
    """Return hundredths of a degree Celsius, or the reason why the cell is no reading (C9).

    Raises ValueError for what is neither.
    """
    if cell.lower() in _NO_READING:
        return "no_reading"
    plain = cell.replace(_MINUS, "-")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"Expected a number such as 5.1, got '{cell[:40]}'")
    value = Fraction(plain)
    celsius = value if unit == "C" else _celsius(value)
    return "sensor_fault" if is_fault(value, celsius) else hundredths(celsius)


def is_fault(*values: Fraction) -> bool:
    """Whether one of these is what sensors say that are unplugged or broken, in whatever unit."""
    return not _FAULT_CODES.isdisjoint(values)


def _celsius(fahrenheit: Fraction) -> Fraction:
    return (fahrenheit - 32) * Fraction(5, 9)
