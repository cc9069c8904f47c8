"""Temperature of a hand-off: from readings to the signed member, and back to be checked.

Whoever signs states a summary, a root and a judgement; we take none of it on trust. The readings
come with the entry, and what they say is worked out again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim, SeriesClaim
from supplychain.domain.errors import RuleBroken
from supplychain.domain.excursions import Covers, as_conditions, judge
from supplychain.domain.profiles import profile
from supplychain.recording.submissions import File

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class ConditionsInput:
    """What somebody brings: readings (with the raw files they came from) or a reason for none."""

    none: str = ""
    series: tuple[Series, ...] = ()
    files: tuple[File, ...] = ()


def claim_of(
    given: ConditionsInput, profile_id: str, covers: tuple[datetime, datetime] | None
) -> ConditionsClaim:
    """The `conditions` member to sign. `covers` is dispatch to receipt, None for a dispatch."""
    if given.none or not given.series:
        return ConditionsClaim.decode({"none": given.none or "logger_missing"})
    limits = profile(profile_id)
    judgement = judge(given.series, limits, covers)
    return ConditionsClaim.decode(as_conditions(given.series, limits, judgement))


def cited(claim: ConditionsClaim, brought: Sequence[Series]) -> tuple[Series, ...]:
    """The readings that the claim cites, in its order.

    Raises RuleBroken READINGS_MISSING for a root without readings, READINGS_UNASKED for readings
    without a root.
    """
    by_root = {one.root.hex(): one for one in brought}
    claimed = claim.readings.series if claim.readings else ()
    missing = [one.root for one in claimed if one.root not in by_root]
    if missing:
        raise _broken(
            "READINGS_MISSING", f"The readings with root {missing[0]} did not come along."
        )
    if by_root.keys() - {one.root for one in claimed}:
        raise _broken("READINGS_UNASKED", "Readings came along that the statement does not cite.")
    return tuple(by_root[one.root] for one in claimed)


def hold_to_readings(
    claim: ReadingsClaim, series: Sequence[Series], profile_id: str, covers: Covers | None
) -> None:
    """Work out again what the claim says. Raises RuleBroken CONDITIONS_DISAGREE."""
    limits = profile(profile_id)
    stated = ConditionsClaim(readings=claim).as_json()
    found = as_conditions(series, limits, judge(series, limits, covers))
    names = sorted(name for name in found if found[name] != stated.get(name))
    if names and not _same_series(names, claim.series, series):
        message = f"Member {names[0]!r}: the statement and its readings say different things."
        raise _broken("CONDITIONS_DISAGREE", message)


def _same_series(
    names: Sequence[str], claimed: Sequence[SeriesClaim], series: "Iterable[Series]"
) -> bool:
    """Whether only the order of the series differs."""
    found: set[Mapping[str, object] | SeriesClaim] = {
        SeriesClaim.decode(one.summary()) for one in series
    }
    return list(names) == ["series"] and found == set(claimed)


def _broken(code: str, message: str) -> RuleBroken:
    return RuleBroken("R15", code, message)
