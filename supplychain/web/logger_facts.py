"""What a logger's file says besides its readings, for the person who brought it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timezone
from types import MappingProxyType
from typing import Final

from supplychain.domain.conditions import Series
from supplychain.domain.device_summaries import DeviceSummary, LoggerFlag
from supplychain.domain.reading_cuts import Cut
from supplychain.formats.logger_file import LoggerFile
from supplychain.web.wording import day, degrees, lasting, moment

DAYS_TOLD_MAX: Final = 7
FLAGS: Final[Mapping[LoggerFlag, str]] = MappingProxyType(
    {
        LoggerFlag.ALARM: "The logger raised an alarm of its own.",
        LoggerFlag.BATTERY_LOW: "The logger's battery ran low.",
        LoggerFlag.EXPIRED: "The logger is past its own expiry.",
        LoggerFlag.SELF_TEST: "The logger did not pass its self-test.",
        LoggerFlag.SENSOR_LOST: "The logger had no sensor for a time.",
    }
)
DROPPED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_reading": "without a reading",
        "sensor_fault": "with a sensor's fault code",
        "power_on": "with a sensor's value at power-on",
        "duplicate": "that stand twice",
        "event": "of events",
    }
)


def logger_facts(file: LoggerFile, note: str = "") -> Iterator[tuple[str, str]]:
    """The file in words, the most important first; `note` is by whose word it was read."""
    if file.signature is not None:
        yield "The device's signature", file.signature.words
    yield "Read from", " ".join(filter(None, (file.model, file.device, file.firmware)))
    if note:
        yield "Read", note
    yield "Times of the file", _zone(file.zone)
    yield from (("Rows", _rows(one)) for one in file.series)
    yield from (("Left out", _absent(one)) for one in file.absent)
    yield from (("Last calibrated", day(one)) for one in _calibrations(file))
    yield from (("The logger says", FLAGS[flag]) for flag in file.flags)
    yield from (("The logger's own summary", one) for one in _summaries(file.summaries))


def _calibrations(file: LoggerFile) -> list[date]:
    return sorted({one.calibrated for one in file.series if one.calibrated})


def _zone(zone: timezone | None) -> str:
    return f"{zone}, as a fixed offset" if zone else "carry their own offset from UTC"


def _rows(series: Series) -> str:
    told = [f"{len(series.readings):,} readings"]
    told += [f"{count:,} {DROPPED[reason]}" for reason, count in sorted(series.dropped.items())]
    return ", ".join([*told, *left_out(series.cut)])


def _absent(series: Series) -> str:
    count = f"{len(series.readings):,}"
    return f"{series.device}: all of its {count} readings, none is of the time that was asked for"


def left_out(cut: Cut | None) -> Iterator[str]:
    """What of the file is not cited, in words."""
    if cut is not None and cut.since is not None:
        yield f"{cut.before:,} before {moment(cut.since)} left out"
    if cut is not None and cut.until is not None:
        yield f"{cut.after:,} after {moment(cut.until)} left out"


def _summaries(all_of: Sequence[DeviceSummary]) -> Iterator[str]:
    """All of them in one line, then the first days on which the device raised an alarm."""
    if not all_of:
        return
    if len(all_of) > 1:
        yield f"{len(all_of)} days, {_extremes(all_of)}"
    alarmed = [one for one in all_of if any(alarm.raised_at for alarm in one.alarms)]
    for one in alarmed[:DAYS_TOLD_MAX] if len(all_of) > 1 else all_of:
        yield _summary(one)
    if len(alarmed) > DAYS_TOLD_MAX:
        yield f"and {len(alarmed) - DAYS_TOLD_MAX} more days with an alarm"


def _extremes(all_of: Sequence[DeviceSummary]) -> str:
    low = [one.min_centi_c for one in all_of if one.min_centi_c is not None]
    high = [one.max_centi_c for one in all_of if one.max_centi_c is not None]
    return f"{degrees(min(low))} to {degrees(max(high))}" if low and high else "no temperature"


def _summary(one: DeviceSummary) -> str:
    told = [f"{moment(one.start)} to {moment(one.end)}: {_extremes([one])}"]
    if one.mean_centi_c is not None:
        told.append(f"mean {degrees(one.mean_centi_c)}")
    if one.mkt_centi_c is not None:
        told.append(f"mean kinetic {degrees(one.mkt_centi_c)}")
    told += [
        f"{lasting(alarm.minutes)} beyond {degrees(alarm.limit.centi_c)}"
        for alarm in one.alarms
        if alarm.minutes
    ]
    return ", ".join(told)
