"""Temperature of a hand-off: from readings to the signed member, and back to be checked.

Whoever signs states a summary, a root and a judgement; we take none of it on trust. The readings
come with the entry, and what they say is worked out again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from supplychain.domain.agreement import disagreement
from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import (
    METHOD,
    ConditionsClaim,
    NoReadings,
    ReadingsClaim,
)
from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.excursions import Covers, as_conditions, judge
from supplychain.domain.storage_profile import Activity
from supplychain.queries.profiles import profile_of
from supplychain.recording.submissions import File


@dataclass(frozen=True, slots=True)
class ConditionsInput:
    """What somebody brings: readings (with the raw files they came from) or a reason for none.

    `none` is not_required, logger_missing or logger_unreadable; empty where there are readings.
    `tracker` is a device of the giver's that told of it, where a hand-off rests on one: a receipt
    on its records, a dispatch on its readings of the last day.
    `stated` is what the readings do not show: what to ignore, what the logger says of itself.
    """

    none: str = ""
    series: tuple[Series, ...] = ()
    files: tuple[File, ...] = ()
    stated: Stated = NOTHING_STATED
    tracker: str = ""


def claim_of(
    given: ConditionsInput,
    profile_id: str,
    covers: Covers | None,
    activity: Activity = Activity.STORAGE,
) -> ConditionsClaim:
    """The `conditions` member to sign. `covers` is dispatch to receipt, None for a dispatch.

    `activity` is said where the profile asks what the goods were there for.

    Raises Invalid for a reason that is none and for a tracker (see `receiving` and `dispatching`),
    RuleBroken READINGS_AND_REASON for both at once.
    """
    if given.none and given.series:
        raise _broken("READINGS_AND_REASON", "Give readings or a reason for none, not both.")
    if given.tracker:
        raise Invalid("TRACKER_MISPLACED", "Only hand-offs rest on what a tracker told.")
    if not given.series:
        return ConditionsClaim.decode({"none": given.none or NoReadings.LOGGER_MISSING.value})
    limits = profile_of(profile_id)
    stated = replace(given.stated, activity=activity) if limits.asks_activity else given.stated
    judgement = judge(given.series, limits, covers, stated=stated)
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
        message = f"The readings with root {missing[0]} did not come along."
        raise _broken("READINGS_MISSING", message)
    if by_root.keys() - {one.root for one in claimed}:
        raise _broken("READINGS_UNASKED", "Readings came along that the statement does not cite.")
    return tuple(by_root[one.root] for one in claimed)


def hold_to_readings(
    claim: ReadingsClaim, series: Sequence[Series], profile_id: str, covers: Covers | None
) -> None:
    """Work out again what the claim says. Raises RuleBroken CONDITIONS_DISAGREE.

    The first method holds nothing up, and the second one counts times of several loggers by their
    sums, so that new entries are not to choose them: METHOD_OLD.
    """
    if claim.method != METHOD:
        message = f"Readings are judged by {METHOD} now; {claim.method} is for entries of the past."
        raise _broken("METHOD_OLD", message)
    wrong = disagreement(claim, series, profile_of(profile_id), covers)
    if wrong is not None:
        message = f"Member {wrong!r}: the statement and its readings say different things."
        raise _broken("CONDITIONS_DISAGREE", message)


def _broken(code: str, message: str) -> RuleBroken:
    return RuleBroken("R15", code, message)
