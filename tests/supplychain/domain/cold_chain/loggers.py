"""Readings of loggers for the rules of the cold chain, in minutes and degrees."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from supplychain.domain.conditions import Reading, Series
from supplychain.domain.intervals import Interval
from supplychain.domain.profiles import profile
from supplychain.domain.stays import Stay
from supplychain.domain.storage_profile import Band

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FRIDGE = profile("refrigerated-2-8/1")
NEVER_FROZEN = profile("refrigerated-2-8-no-freeze/2")
WARM = Band("warm", 800, 2500, 60, side="above")
COOL = Band("cool", -30, 200, 120, side="below")
BUDGET = replace(FRIDGE, bands=(WARM, COOL))

# The example of the cold chain's page: minutes and degrees.
PAGE = ([0, 10, 20, 80, 90, 100, 160, 170], [4.0, 4.2, 4.1, 9.5, 12.0, 8.5, 5.0, 4.8])


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def between(start: float, end: float) -> Interval:
    return Interval(at(start), at(end))


def stay_at(*minutes: float) -> Stay:
    return Stay(*(int(at(one).timestamp()) for one in minutes))


def logged(
    minutes: Sequence[float],
    values: Sequence[float],
    device: str = "TT-1",
    calibrated: date | None = None,
) -> Series:
    return Series.of(
        device,
        [
            Reading(int(at(m).timestamp()), round(100 * v))
            for m, v in zip(minutes, values, strict=True)
        ],
        calibrated=calibrated,
    )


def steady(*values: float, step: int = 10, device: str = "TT-1", start: float = 0) -> Series:
    return logged([start + step * n for n in range(len(values))], values, device)
