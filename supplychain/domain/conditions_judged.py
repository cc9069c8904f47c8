"""What `worst-case/2` and `/3` add to the `conditions` member: read strictly, and written.

Times outside by side, what of the stability budget was used, what the signer wants ignored or
knows beside the readings, and the mean kinetic temperature where the profile asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.budget import Use
from supplychain.domain.errors import Invalid
from supplychain.domain.findings import STATED, Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.members import choice, instant_text, members, sequence, text, whole
from supplychain.domain.stays import Stay, read_stays, seconds, times_as_json
from supplychain.domain.storage_profile import Activity

METHOD_2: Final = "worst-case/2"
METHOD: Final = "worst-case/3"
BANDS_MAX: Final = 20
IGNORED_MAX: Final = 2  # one at the start, one at the end
_SECONDS_MAX: Final = 10**12
_COUNT_MAX: Final = 10**9
_ID_MAX: Final = 100
_MARKET_LENGTH: Final = 2


@dataclass(frozen=True, slots=True)
class Outside:
    """Whole seconds outside by the worst case; heat and cold are never netted.

    `above` and `below` are the last stays there, `frost` those so cold that goods freeze, where the
    profile adds such time up.
    """

    above_s: int = 0
    below_s: int = 0
    above: tuple[Stay, ...] = ()
    below: tuple[Stay, ...] = ()
    frost: tuple[Stay, ...] = ()

    @classmethod
    def decode(cls, value: object, method: str = METHOD_2) -> Self:
        """Read `{"above_s","below_s","above"?,"below"?,"frost"?}`, the last since worst-case/3.

        Raises Invalid.
        """
        times = () if method == METHOD_2 else ("above", "below", "frost")
        found = members(value, "conditions.outside", ("above_s", "below_s"), times)
        return cls(
            whole(found["above_s"], "conditions.outside.above_s", 0, _SECONDS_MAX),
            whole(found["below_s"], "conditions.outside.below_s", 0, _SECONDS_MAX),
            _stays(found, "above", "above_s"),
            _stays(found, "below", "below_s"),
            read_stays(found["frost"], "conditions.frost") if "frost" in found else (),
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"above_s": self.above_s, "below_s": self.below_s}
        sides = {"above": self.above, "below": self.below, "frost": self.frost}
        return plain | {name: times_as_json(some) for name, some in sides.items() if some}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinetic:
    """The mean kinetic temperature over the worst window that holds an excursion (C8).

    `value_e4_c` is in ten-thousandths of a degree Celsius, None where it is refused: because no
    window is covered well enough. `coverage_e4` is in ten-thousandths of the window, rounded down.
    """

    market: str
    window_s: int
    dh_j_mol: int
    r_e7: int
    at: Interval
    count: int
    coverage_e4: int
    value_e4_c: int | None = None

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read the `mkt` member. Raises Invalid."""
        found = members(value, "mkt", _KINETIC, ("value_e4_c",))
        number = {name: whole(found[name], f"mkt.{name}", low, high) for name, low, high in _BOUNDS}
        mean = found.get("value_e4_c", 0)
        at = Interval.decode({"from": found["from"], "to": found["to"]}, "mkt")
        return cls(
            market=text(found["market"], "mkt.market", _MARKET_LENGTH),
            at=at,
            value_e4_c=whole(mean, "mkt.value_e4_c", -2_731_500, 10_000_000)
            if "value_e4_c" in found
            else None,
            **number,
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {
            "market": self.market,
            "window_s": self.window_s,
            "dh_j_mol": self.dh_j_mol,
            "r_e7": self.r_e7,
            **self.at.as_json(),
            "count": self.count,
            "coverage_e4": self.coverage_e4,
        }
        return plain if self.value_e4_c is None else plain | {"value_e4_c": self.value_e4_c}


_BOUNDS: Final = (
    ("window_s", 1, 10**9),
    ("dh_j_mol", 1, 10**7),
    ("r_e7", 1, 10**9),
    ("count", 0, _COUNT_MAX),
    ("coverage_e4", 0, 10_000),
)
_KINETIC: Final = ("market", "from", "to", *(name for name, _, _ in _BOUNDS))


@dataclass(frozen=True, slots=True)
class Stated:
    """What readings do not show, and their signer answers for; it can only make things worse.

    `ignored` are windows at the start and the end in which the logger was not with the goods
    (C10). `market` is the country (ISO 3166-1) by whose rules the goods are judged, where it is
    one that the profile gives a mean kinetic temperature for.
    """

    ignored: tuple[Interval, ...] = ()
    findings: frozenset[Finding] = frozenset()
    activity: Activity = Activity.STORAGE
    market: str = ""

    def __post_init__(self) -> None:
        """Prove that it says nothing that readings show."""
        if shown := self.findings - STATED:
            raise Invalid("NOT_A_CHOICE", f"findings: {min(shown)} is worked out, not stated.")


NOTHING_STATED: Final = Stated()


@dataclass(frozen=True, slots=True)
class Judged:
    """The members of `conditions` that `worst-case/1` does not have."""

    outside: Outside
    used: tuple[Use, ...] = ()
    ignored: tuple[Interval, ...] = ()
    mkt: Kinetic | None = None
    findings: tuple[Finding, ...] = ()
    activity: Activity = Activity.STORAGE
    method: str = METHOD

    @property
    def stated(self) -> Stated:
        """The part that no readings show, for judging them again."""
        return Stated(
            self.ignored,
            STATED.intersection(self.findings),
            self.activity,
            self.mkt.market if self.mkt else "",
        )

    def as_json(self) -> dict[str, Json]:
        """The members; those that say nothing are left out."""
        plain: dict[str, Json] = {"outside": self.outside.as_json()}
        if self.used:
            plain["used"] = used_as_json(self.used)
        if self.ignored:
            plain["ignored"] = [one.as_json() for one in self.ignored]
        if self.mkt is not None:
            plain["mkt"] = self.mkt.as_json()
        if self.findings:
            plain["findings"] = [one.value for one in self.findings]
        if self.activity is not Activity.STORAGE:
            plain["activity"] = self.activity.value
        return plain


def decode_judged(found: dict[str, object], method: str) -> Judged:
    """Read the members that are given; `outside` is required. Raises Invalid."""
    return Judged(
        Outside.decode(found["outside"], method),
        used_of(found, method),
        tuple(
            Interval.decode(one, "conditions.ignored")
            for one in _listed(found, "ignored", IGNORED_MAX)
        ),
        Kinetic.decode(found["mkt"]) if "mkt" in found else None,
        tuple(
            choice(one, "conditions.findings", Finding)
            for one in _listed(found, "findings", len(Finding))
        ),
        _activity(found),
        method,
    )


def used_of(found: Mapping[str, object], method: str = METHOD_2) -> tuple[Use, ...]:
    """The member `used`, by band; nothing where it is left out. Raises Invalid."""
    return tuple(_use(one, method) for one in _listed(found, "used", BANDS_MAX))


def used_as_json(used: Iterable[Use]) -> list[Json]:
    """The member that `used_of` reads."""
    return [_use_json(one) for one in used]


def _activity(found: dict[str, object]) -> Activity:
    if "activity" not in found:
        return Activity.STORAGE
    said = choice(found["activity"], "conditions.activity", Activity)
    if said is Activity.STORAGE:
        raise Invalid("WRONG_SHAPE", "conditions.activity: storage is said by leaving it out.")
    return said


def _listed(found: Mapping[str, object], name: str, longest: int) -> Sequence[object]:
    """The members of a list in strictly rising order, so that there is one way to write it."""
    if name not in found:
        return []
    listed = sequence(found[name], f"conditions.{name}", longest)
    keys = [_order(one) for one in listed]
    if any(later <= earlier for earlier, later in pairwise(keys)):
        raise Invalid("WRONG_ORDER", f"conditions.{name}: expected rising order, each once.")
    return listed


def _order(one: object) -> str:
    return str(one.get("band", one.get("from"))) if isinstance(one, dict) else str(one)


def _use(value: object, method: str) -> Use:
    times = () if method == METHOD_2 else ("stays",)
    found = members(value, "used", ("band", "s", "from", "to", "periods", *times))
    at = Interval.decode({"from": found["from"], "to": found["to"]}, "used")
    return Use(
        text(found["band"], "used.band", _ID_MAX),
        whole(found["s"], "used.s", 0, _SECONDS_MAX),
        at.start,
        at.end,
        whole(found["periods"], "used.periods", 1, _COUNT_MAX),
        _stays(found, "stays", "s"),
    )


def _stays(found: Mapping[str, object], name: str, total: str) -> tuple[Stay, ...]:
    """Stays that are all in the total beside them; none where they are left out."""
    stays = read_stays(found[name], f"conditions.{name}") if name in found else ()
    if seconds(stays) > whole(found[total], total, 0, _SECONDS_MAX):
        raise Invalid("SUMMARY_IMPOSSIBLE", f"conditions.{name}: more seconds than {total} says.")
    return stays


def _use_json(one: Use) -> dict[str, Json]:
    ends: dict[str, datetime] = {"from": one.start, "to": one.end}
    said = {name: instant_text(at) for name, at in ends.items()}
    plain: dict[str, Json] = {"band": one.band, "s": one.seconds, **said, "periods": one.periods}
    return plain | {"stays": times_as_json(one.stays)} if one.stays else plain
