"""Whether readings bear out what a signed statement says of them.

The claim is a root, a summary and a judgement for each hand-off; all three are worked out again
from the readings, and must be the same.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.conditions_claim import ReadingsClaim
from supplychain.domain.conditions_judged import NOTHING_STATED
from supplychain.domain.excursions import IGNORED_WITHIN, Covers, Judgement, as_conditions, judge
from supplychain.domain.profiles import StorageProfile


def judged_again(
    claim: ReadingsClaim, series: Sequence[Series], profile: StorageProfile, covers: Covers | None
) -> Judgement:
    """What the readings say by the method of the claim, given what only its signer knows."""
    stated = claim.judged.stated if claim.judged else NOTHING_STATED
    return judge(series, profile, covers, method=claim.method, stated=stated)


def disagreement(
    claim: ReadingsClaim, series: Sequence[Series], profile: StorageProfile, covers: Covers | None
) -> str | None:
    """The first member of the claim that the readings contradict; None when they bear it out.

    `covers` is what the readings have to cover: dispatch to receipt, None for a dispatch. The
    series of the claim may stand in any order.
    """
    try:
        judgement = judged_again(claim, series, profile, covers)
    except ReadingsFault as fault:
        if fault.code != IGNORED_WITHIN:
            raise
        return "ignored"
    stated = _in_order(claim.as_json())
    found = _in_order(as_conditions(series, profile, judgement, claim.method))
    wrong = sorted(name for name in found | stated if found.get(name) != stated.get(name))
    return wrong[0] if wrong else None


def _in_order(conditions: Mapping[str, object]) -> dict[str, object]:
    """The member with its series in the order of their texts."""
    series = cast("list[object]", conditions["series"])  # so it is written, and so it is read
    return {**conditions, "series": sorted(series, key=str)}
