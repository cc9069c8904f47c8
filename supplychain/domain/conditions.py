"""Temperature readings of one logger, in the one form that is stored, hashed and signed.

A reading is whole seconds since 1970-01-01T00:00:00Z and whole hundredths of a degree Celsius.
A series is the readings of one device in strictly increasing time. What is signed is its
Merkle root and a summary; the readings themselves are stored packed (`packed_readings`).
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from struct import Struct
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger.core.canonical import Json
from ledger.core.merkle import leaf_hash, root
from supplychain.domain import packed_readings
from supplychain.domain.errors import Invalid
from supplychain.domain.members import instant_text
from supplychain.domain.reading_cuts import Cut

READINGS_MAX: Final = 200_000
AT_MAX: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second an ISO date can write
CENTI_C_MIN: Final = -27_315  # absolute zero
CENTI_C_MAX: Final = 32_767  # what the 16 bits of a packed reading hold
DEVICE_LENGTH_MAX: Final = 64

_AT: Final = attrgetter("at")
LEAF: Final = Struct(">qi")
_DEVICE: Final = re.compile(r"[\x20-\x7e]+", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NOTHING_DROPPED: Final[Mapping[str, int]] = MappingProxyType({})


class Reading(NamedTuple):
    """One reading: `at` in seconds since 1970 UTC, `centi_c` in hundredths of a degree Celsius."""

    at: int
    centi_c: int


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row of a file, and what a person can do about it."""

    row: int  # line of the file, the header being line 1; 0 for the file as a whole
    column: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        where = f"Row {self.row}, {self.column}" if self.row else f"The {self.column}"
        return f"{where}: '{self.value}' breaks {self.rule}. {self.fix}"


class ReadingsFault(Invalid):
    """Readings that cannot be taken as they are; `errors` has every fault that was found.

    `code` is the rule of the first one, `message` its sentence.
    """

    def __init__(self, *errors: RowError) -> None:
        """Take at least one error, the most important first."""
        super().__init__(errors[0].rule, str(errors[0]))
        self.errors = errors


def fault(rule: str, fix: str, *, column: str = "series", value: object = "") -> ReadingsFault:
    """Return the fault of a whole series or file."""
    return ReadingsFault(RowError(0, column, str(value)[:40], rule, fix))


@dataclass(frozen=True)
class Series:
    """The readings of one device; holding one proves that time goes strictly forward in it.

    `interval_s` is the median step in seconds (the lower one of two; 0 for a single reading).
    `dropped` counts the rows of the file that are no readings, by reason. `calibrated` is the day
    of the last calibration, `file` the SHA-256 (hex) of the raw file where there is one, `cut` what
    of the file is not among them.
    """

    device: str
    interval_s: int
    readings: tuple[Reading, ...]
    dropped: Mapping[str, int] = field(default_factory=lambda: _NOTHING_DROPPED, hash=False)
    calibrated: date | None = None
    file: str | None = None
    cut: Cut | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a series."""
        _check_labels(self)
        _check_readings(self.readings)
        if self.interval_s != median_step(self.readings):
            raise fault("INTERVAL_WRONG", "The interval is the median step.", value=self.interval_s)

    @classmethod
    def of(
        cls,
        device: str,
        readings: Iterable[Reading],
        *,
        dropped: Mapping[str, int] = _NOTHING_DROPPED,
        calibrated: date | None = None,
        file: str | None = None,
        cut: Cut | None = None,
    ) -> "Series":
        """Return the series of these readings with its interval worked out."""
        kept = tuple(readings)
        return cls(device, median_step(kept), kept, dropped, calibrated, file, cut)

    @property
    def first(self) -> datetime:
        """The moment of the first reading."""
        return moment(self.readings[0].at)

    @property
    def last(self) -> datetime:
        """The moment of the last reading."""
        return moment(self.readings[-1].at)

    @cached_property
    def root(self) -> bytes:
        """The Merkle root (RFC 9162, 2.1.1) over the readings, each as 8 + 4 signed bytes."""
        return root([leaf_hash(LEAF.pack(at, centi_c)) for at, centi_c in self.readings])

    def summary(self) -> dict[str, Json]:
        """Return the member of `series` in signed conditions.

        The mean is that of the readings as they stand, rounded half up to a hundredth.
        """
        values = [reading.centi_c for reading in self.readings]
        member: dict[str, Json] = {
            "root": self.root.hex(),
            "count": len(values),
            "first": timestamp(self.first),
            "last": timestamp(self.last),
            "interval_s": self.interval_s,
            "min_centi_c": min(values),
            "max_centi_c": max(values),
            "mean_centi_c": mean(values),
            "device": self.device,
        }
        if self.file is not None:
            member["file"] = self.file
        if self.calibrated is not None:
            member["calibrated"] = self.calibrated.isoformat()
        if self.cut is not None:
            member["cut"] = self.cut.as_json()
        return member

    def pack(self) -> bytes:
        """Return the readings in some 3 bytes each."""
        return packed_readings.pack(self.readings)

    @cached_property
    def chunks(self) -> tuple[bytes, ...]:
        """The readings packed, in the chunks in which they are stored."""
        return packed_readings.chunks(self.readings)

    def joined(self, other: "Series") -> "Series":
        """Return this series with what is new in `other`, a further file of the same device.

        Raises ReadingsFault DUPLICATE_DIFFERS when both speak of a moment and disagree (C14).
        """
        if self.device != other.device:
            raise fault(
                "DEVICE_DIFFERS", f"Join files of '{self.device}' only.", value=other.device
            )
        merged = dict(self.readings)
        for at, centi_c in other.readings:
            if merged.setdefault(at, centi_c) != centi_c:
                raise fault("DUPLICATE_DIFFERS", "Find out which file is right.", value=moment(at))
        readings = tuple(Reading(at, merged[at]) for at in sorted(merged))
        dropped = MappingProxyType(dict(Counter(self.dropped) + Counter(other.dropped)))
        step = median_step(readings)
        return replace(self, interval_s=step, readings=readings, dropped=dropped)

    def within(self, since: datetime | None, until: datetime | None) -> "Series":
        """This series with the readings from `since` to `until` only, and one interval around them.

        A logger that runs all the time has more to say than about one journey. What is left out is
        said in `cut`. None is no bound. Raises ReadingsFault NO_READINGS when none stays.
        """
        low = 0 if since is None else since.timestamp() - self.interval_s
        high = AT_MAX if until is None else until.timestamp() + self.interval_s
        start = bisect_left(self.readings, low, key=_AT)
        end = bisect_right(self.readings, high, key=_AT)
        if start >= end:
            raise fault("NO_READINGS", "There are no readings of that time.", column="file")
        before, after = start, len(self.readings) - end
        if not before and not after:
            return self
        cut = Cut(
            before, after, _whole(since) if before else None, _whole(until) if after else None
        )
        readings = self.readings[start:end]
        return replace(self, interval_s=median_step(readings), readings=readings, cut=cut)


def _whole(at: datetime | None) -> datetime | None:
    return at and at.replace(microsecond=0)


def unpack(data: bytes) -> tuple[Reading, ...]:
    """Return the readings that `Series.pack` made these bytes from.

    Raises ReadingsFault PACKED_MALFORMED for anything else.
    """
    try:
        return tuple(map(Reading._make, packed_readings.unpack(data, count_max=READINGS_MAX)))
    except ValueError as error:
        raise fault("PACKED_MALFORMED", f"{error}.", column="packed series") from None


def median_step(readings: Sequence[Reading]) -> int:
    """Return the median of the steps between readings in seconds, 0 when there is no step."""
    steps = sorted(later.at - earlier.at for earlier, later in pairwise(readings))
    return steps[(len(steps) - 1) // 2] if steps else 0


def mean(values: Sequence[int]) -> int:
    """Return the mean as a whole number, halves up."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


def moment(at: int) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(at, UTC)


def timestamp(at: datetime) -> str:
    """Return a moment as it stands in signed statements, parts of a second dropped."""
    return instant_text(at.replace(microsecond=0))


def _check_labels(series: Series) -> None:
    if len(series.device) > DEVICE_LENGTH_MAX or not _DEVICE.fullmatch(series.device):
        raise fault("DEVICE_NAME", "Use 1 to 64 printable ASCII characters.", value=series.device)
    if series.file is not None and not _SHA256.fullmatch(series.file):
        raise fault("FILE_HASH", "Give 64 lower-case hex digits.", value=series.file)


def _check_readings(readings: Sequence[Reading]) -> None:
    if not 1 <= len(readings) <= READINGS_MAX:
        raise fault("READINGS_COUNT", f"Give 1 to {READINGS_MAX} readings.", value=len(readings))
    if readings[0].at < 0 or readings[-1].at > AT_MAX:
        raise fault("TIME_RANGE", "Give times between 1970 and 9999.", value=readings[0].at)
    for earlier, later in pairwise(readings):
        if later.at <= earlier.at:
            raise fault("TIME_ORDER", "Time must go forward.", value=moment(later.at))
    for reading in readings:
        if not CENTI_C_MIN <= reading.centi_c <= CENTI_C_MAX:
            raise fault("VALUE_RANGE", "No sensor reads this.", value=reading.centi_c)
