"""What readings do not show, and their signer says with them: for the logger, and for a person.

It can only make the outcome worse or leave it: windows that are ignored are no evidence (C10), a
clock that was off (C12), what the device says of itself (C15), the market whose rules count (C8),
and that nobody knows who issued the certificate with which the device signed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.device_summaries import DeviceSummary, flags_of
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.logger_evidence import of_clock, of_flags, of_summaries
from supplychain.formats.berlinger_signature import Standing
from supplychain.formats.logger_file import LoggerFile

IGNORE_MIN_MAX: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Said:
    """A person's words: minutes to ignore at the start and at the end, and when it was read out.

    `market` is the country (ISO 3166-1) by whose rules goods with a mean kinetic rule are judged.
    """

    ignore_start_min: int = 0
    ignore_end_min: int = 0
    read_out_at: datetime | None = None
    market: str = ""


def stated_of(series: Sequence[Series], loggers: Sequence[LoggerFile], said: Said) -> Stated:
    """What is signed beside these readings. Raises ReadingsFault DUPLICATE_DIFFERS (C14).

    That is where two files of one device give one moment two values: one of them is wrong.
    """
    joined: dict[str, Series] = {}
    for one in series:
        joined[one.device] = joined[one.device].joined(one) if one.device in joined else one
    return Stated(
        ignored=tuple(_ignored(series, said)),
        findings=frozenset[Finding]().union(*(_findings(one, said) for one in loggers)),
        market=said.market,
    )


def _ignored(series: Sequence[Series], said: Said) -> Iterator[Interval]:
    first, last = min(one.first for one in series), max(one.last for one in series)
    if said.ignore_start_min:
        yield Interval(first, first + timedelta(minutes=said.ignore_start_min))
    if said.ignore_end_min:
        yield Interval(last - timedelta(minutes=said.ignore_end_min), last)


def _findings(logger: LoggerFile, said: Said) -> frozenset[Finding]:
    near = [one for one in logger.summaries if _is_about(one, logger.series)]
    far = flags_of(logger.summaries) - flags_of(near)  # a device remembers more than this journey
    found = of_flags(set(logger.flags) - far)
    for series in logger.series:
        found |= of_summaries(series, [one for one in near if _has_whole(series, one)])
    if logger.signature is Standing.UNKNOWN_ISSUER:
        found |= {Finding.LOGGER_ISSUER_UNKNOWN}
    if logger.shown_at is not None and said.read_out_at is not None:
        found |= of_clock(logger.shown_at, said.read_out_at)
    return found


def _is_about(summary: DeviceSummary, series: Sequence[Series]) -> bool:
    return any(summary.start <= one.last and one.first <= summary.end for one in series)


def _has_whole(series: Series, summary: DeviceSummary) -> bool:
    """Whether the readings go through the whole time of a summary, so that they can be compared."""
    start, end = (int(at.timestamp()) for at in (summary.start, summary.end))
    times = [reading.at for reading in series.readings if start <= reading.at <= end]
    steps = (later - earlier for earlier, later in pairwise([start, *times, end]))
    return max(steps) <= 2 * series.interval_s
