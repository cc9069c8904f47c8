"""Readings that a sensor gives and no goods can have had (C13): kept, told, and not averaged.

Beyond what is plausible for the profile, changing faster than 5 °C a minute, or the same to a
tenth of a degree for 24 hours: a sensor that fell off, a typing error, one that is stuck.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from supplychain.domain.conditions import Reading
from supplychain.domain.storage_profile import StorageProfile

CENTI_C_A_MINUTE_MAX: Final = 500
FLAT_S: Final = 24 * 60 * 60


def doubted_steps(readings: Sequence[Reading], profile: StorageProfile) -> list[bool]:
    """Return for each step between two readings whether it is to be doubted.

    A value that is not plausible takes both its steps with it, a change that is too fast its own,
    a stretch without any change all of its steps.
    """
    low, high = profile.plausible_low_centi_c, profile.plausible_high_centi_c
    doubted = [
        not (low <= before.centi_c <= high and low <= after.centi_c <= high)
        or _is_too_fast(before, after)
        for before, after in pairwise(readings)
    ]
    start = 0
    for n in range(1, len(readings) + 1):
        if n < len(readings) and _tenth(readings[n]) == _tenth(readings[start]):
            continue
        if readings[n - 1].at - readings[start].at >= FLAT_S:
            doubted[start : n - 1] = [True] * (n - 1 - start)
        start = n
    return doubted


def is_doubted(readings: Sequence[Reading], steps: Sequence[bool], profile: StorageProfile) -> bool:
    """Whether there is anything to doubt; `steps` are those of `doubted_steps`."""
    low, high = profile.plausible_low_centi_c, profile.plausible_high_centi_c
    return any(steps) or any(not low <= reading.centi_c <= high for reading in readings)


def _is_too_fast(before: Reading, after: Reading) -> bool:
    change = abs(after.centi_c - before.centi_c)
    return 60 * change > CENTI_C_A_MINUTE_MAX * (after.at - before.at)


def _tenth(reading: Reading) -> int:
    """The value to a tenth of a degree, halves up."""
    return (reading.centi_c + 5) // 10
