"""What a logger says of a period itself: kept beside its readings and compared with them (C15).

A device knows more than its readings show (it measures every minute and writes every fifth), rounds
its own way, and is trusted for nothing: its summary never takes the place of readings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LoggerFlag(StrEnum):
    """What a logger says of its own state; each is a finding."""

    ALARM = "LOGGER_ALARM"
    BATTERY_LOW = "LOGGER_BATTERY_LOW"
    EXPIRED = "LOGGER_EXPIRED"
    SELF_TEST = "LOGGER_SELF_TEST"
    SENSOR_LOST = "LOGGER_SENSOR_LOST"


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """A limit as it was set in the device: its name there, and after how many minutes it warns."""

    name: str
    centi_c: int
    after_min: int | None


@dataclass(frozen=True, slots=True)
class DeviceAlarm:
    """The minutes beyond a limit in a period, and when the device raised its alarm, if it did."""

    limit: AlarmLimit
    minutes: int
    raised_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """A day of the device, or its whole run. Moments are UTC; None is what it does not say.

    `lost_min` are the minutes in which it had no sensor, `checked` when somebody looked at it.
    """

    start: datetime
    end: datetime
    min_centi_c: int | None
    min_at: datetime | None
    max_centi_c: int | None
    max_at: datetime | None
    mean_centi_c: int | None
    mkt_centi_c: int | None = None
    lost_min: int = 0
    alarms: tuple[DeviceAlarm, ...] = ()
    checked: tuple[datetime, ...] = ()


def flags_of(summaries: Iterable[DeviceSummary]) -> frozenset[LoggerFlag]:
    """What these summaries tell of the device's state: that it raised an alarm, or lost its sensor.

    >>> flags_of([])
    frozenset()
    """
    found = set()
    for one in summaries:
        if any(alarm.raised_at for alarm in one.alarms):
            found.add(LoggerFlag.ALARM)
        if one.lost_min:
            found.add(LoggerFlag.SENSOR_LOST)
    return frozenset(found)
