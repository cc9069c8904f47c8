"""The `conditions` member of a hand-off: what the signer says about temperature on the way.

Either a summary of readings, with the Merkle root of each series, or a stated reason for none; or
of a receipt, that a live tracker told of the journey. Here it is only read, strictly; whether the
readings bear it out is judged elsewhere. Claims of the method `worst-case/1`, which knows neither
budget nor frost, stay readable for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from ledger.core.canonical import Json
from supplychain.domain.conditions_judged import METHOD, METHOD_2, Judged, decode_judged
from supplychain.domain.errors import Invalid
from supplychain.domain.intervals import Interval
from supplychain.domain.members import (
    choice,
    day,
    hex_32,
    instant,
    instant_text,
    members,
    sequence,
    text,
    whole,
)
from supplychain.domain.reading_cuts import Cut
from supplychain.domain.tracker_claim import TrackerClaim

__all__ = [
    "METHOD",
    "METHODS",
    "METHOD_1",
    "METHOD_2",
    "SERIES_MAX",
    "ClaimedState",
    "ConditionsClaim",
    "Interval",
    "NoReadings",
    "ReadingsClaim",
    "SeriesClaim",
]

METHOD_1 = "worst-case/1"
METHODS = (METHOD_1, METHOD_2, METHOD)
SERIES_MAX = 20
_COUNT_MAX = 10**7
_INTERVAL_S_MAX = 10**7
_CENTI_C_MIN = -27_315
_CENTI_C_MAX = 100_000
_ID_MAX = 100


class NoReadings(StrEnum):
    """Why there are no readings."""

    NOT_REQUIRED = "not_required"
    LOGGER_MISSING = "logger_missing"
    LOGGER_UNREADABLE = "logger_unreadable"


class ClaimedState(StrEnum):
    """What the signer makes of the readings."""

    IN_RANGE = "IN_RANGE"
    REVIEW = "REVIEW"  # from here on: not of the method worst-case/1
    FREEZE = "FREEZE"
    EXCURSION = "EXCURSION"
    DATA_GAP = "DATA_GAP"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesClaim:
    """One logger's series: its root and summary. Temperatures in hundredths of a degree Celsius.

    `root` is the RFC 9162 root over the canonical readings, `file` the SHA-256 of the raw file,
    `packed` that of the readings as they are stored, `cut` what of the file is not cited (neither
    in claims of worst-case/1).
    """

    root: str
    count: int
    first: datetime
    last: datetime
    interval_s: int
    min_centi_c: int
    max_centi_c: int
    mean_centi_c: int
    device: str
    file: str | None = None
    calibrated: date | None = None
    packed: str | None = None
    cut: Cut | None = None

    def __post_init__(self) -> None:
        """Prove that the summary can be one of any readings at all."""
        if self.cut is not None and self.file is None:
            raise Invalid("MEMBER_MISSING", "series: a cut needs the file that it was made in.")
        if self.first > self.last:
            raise Invalid("INTERVAL_REVERSED", f"series: {self.first} is later than {self.last}.")
        if not self.min_centi_c <= self.mean_centi_c <= self.max_centi_c:
            raise Invalid("SUMMARY_IMPOSSIBLE", "series: expected minimum <= mean <= maximum.")

    @classmethod
    def decode(cls, value: object, method: str = METHOD_1) -> Self:
        """Read one member of `series`. Raises Invalid."""
        packed, cut = ((), ()) if method == METHOD_1 else (("packed",), ("cut",))
        optional = ("file", "calibrated", *cut)
        found = members(value, "series", (*_SERIES_REQUIRED, *packed), optional)
        return cls(
            root=hex_32(found["root"], "series.root"),
            count=whole(found["count"], "series.count", 1, _COUNT_MAX),
            first=instant(found["first"], "series.first"),
            last=instant(found["last"], "series.last"),
            interval_s=whole(found["interval_s"], "series.interval_s", 0, _INTERVAL_S_MAX),
            min_centi_c=_centi_c(found["min_centi_c"], "series.min_centi_c"),
            max_centi_c=_centi_c(found["max_centi_c"], "series.max_centi_c"),
            mean_centi_c=_centi_c(found["mean_centi_c"], "series.mean_centi_c"),
            device=text(found["device"], "series.device", _ID_MAX),
            file=hex_32(found["file"], "series.file") if "file" in found else None,
            calibrated=day(found["calibrated"], "series.calibrated")
            if "calibrated" in found
            else None,
            packed=hex_32(found["packed"], "series.packed") if packed else None,
            cut=Cut.decode(found["cut"]) if "cut" in found else None,
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {
            "root": self.root,
            "count": self.count,
            "first": instant_text(self.first),
            "last": instant_text(self.last),
            "interval_s": self.interval_s,
            "min_centi_c": self.min_centi_c,
            "max_centi_c": self.max_centi_c,
            "mean_centi_c": self.mean_centi_c,
            "device": self.device,
        }
        if self.file is not None:
            plain["file"] = self.file
        if self.calibrated is not None:
            plain["calibrated"] = self.calibrated.isoformat()
        if self.packed is not None:
            plain["packed"] = self.packed
        if self.cut is not None:
            plain["cut"] = self.cut.as_json()
        return plain


_SERIES_REQUIRED = (
    "root",
    "count",
    "first",
    "last",
    "interval_s",
    "min_centi_c",
    "max_centi_c",
    "mean_centi_c",
    "device",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsClaim:
    """Readings there are: judged against `profile` by `method` for the time that `covers` says.

    `judged` is None exactly where the method is worst-case/1.
    """

    profile: str
    state: ClaimedState
    covers: Interval
    series: tuple[SeriesClaim, ...]
    judged: Judged | None = None

    @property
    def method(self) -> str:
        """The id of the method that was judged by."""
        return METHOD_1 if self.judged is None else self.judged.method

    def as_json(self) -> dict[str, Json]:
        """The member that is read."""
        return {
            "profile": self.profile,
            "method": self.method,
            "state": self.state.value,
            "covers": self.covers.as_json(),
            "series": [series.as_json() for series in self.series],
            **(self.judged.as_json() if self.judged else {}),
        }


@dataclass(frozen=True, slots=True)
class ConditionsClaim:
    """The whole member: exactly one of `none` (a reason), `readings` and `tracker`."""

    none: NoReadings | None = None
    readings: ReadingsClaim | None = None
    tracker: TrackerClaim | None = None

    def __post_init__(self) -> None:
        """Prove that it is one of them."""
        if sum(one is not None for one in (self.none, self.readings, self.tracker)) != 1:
            raise Invalid("WRONG_SHAPE", "conditions: expected readings or a reason for none.")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read `{"none": reason}`, `{"tracker": …}` or a summary of readings. Raises Invalid."""
        if isinstance(value, dict) and "none" in value:
            found = members(value, "conditions", ("none",))
            return cls(none=choice(found["none"], "conditions.none", NoReadings))
        if isinstance(value, dict) and "tracker" in value:
            found = members(value, "conditions", ("tracker",))
            return cls(tracker=TrackerClaim.decode(found["tracker"]))
        return cls(readings=_readings(value))

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        if self.tracker is not None:
            return {"tracker": self.tracker.as_json()}
        return {"none": str(self.none)} if self.readings is None else self.readings.as_json()


def _readings(value: object) -> ReadingsClaim:
    method = _method(value)
    more, optional = ((), ()) if method == METHOD_1 else (("outside",), _OPTIONAL)
    found = dict(members(value, "conditions", (*_REQUIRED, *more), optional))
    listed = sequence(found["series"], "conditions.series", SERIES_MAX)
    return ReadingsClaim(
        profile=text(found["profile"], "conditions.profile", _ID_MAX),
        state=_state(found["state"], method),
        covers=Interval.decode(found["covers"], "conditions.covers"),
        series=tuple(SeriesClaim.decode(one, method) for one in listed),
        judged=None if method == METHOD_1 else decode_judged(found, method),
    )


_REQUIRED = ("profile", "method", "state", "covers", "series")
_OPTIONAL = ("used", "ignored", "mkt", "findings", "activity")


def _method(value: object) -> str:
    if not isinstance(value, Mapping) or "method" not in value:
        return METHOD_1  # refused all the same, for what it lacks
    method = text(value["method"], "conditions.method", _ID_MAX)
    if method not in METHODS:
        known = ", ".join(METHODS)
        raise Invalid("METHOD_UNKNOWN", f"conditions.method: {method!r} is none of {known}.")
    return method


def _state(value: object, method: str) -> ClaimedState:
    state = choice(value, "conditions.state", ClaimedState)
    if method == METHOD_1 and state in {ClaimedState.REVIEW, ClaimedState.FREEZE}:
        raise Invalid("NOT_A_CHOICE", f"conditions.state: {METHOD_1} knows no {state.value}.")
    return state


def _centi_c(value: object, name: str) -> int:
    return whole(value, name, _CENTI_C_MIN, _CENTI_C_MAX)
