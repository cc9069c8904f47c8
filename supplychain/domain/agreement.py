"""Whether readings bear out what a signed statement says of them.

The claim is a root, a summary and a judgement for each hand-off; all three are worked out again
from the readings, and must be the same.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.excursions import Covers, as_conditions, judge
from supplychain.domain.profiles import StorageProfile


def disagreement(
    claim: ReadingsClaim, series: Sequence[Series], profile: StorageProfile, covers: Covers | None
) -> str | None:
    """The first member of the claim that the readings contradict; None when they bear it out.

    `covers` is what the readings have to cover: dispatch to receipt, None for a dispatch. The
    series of the claim may stand in any order.
    """
    stated = _in_order(ConditionsClaim(readings=claim).as_json())
    found = _in_order(as_conditions(series, profile, judge(series, profile, covers)))
    wrong = sorted(name for name in found if found[name] != stated[name])
    return wrong[0] if wrong else None


def _in_order(conditions: Mapping[str, object]) -> dict[str, object]:
    """The member with its series in the order of their texts."""
    series = cast("list[object]", conditions["series"])  # so it is written, and so it is read
    return {**conditions, "series": sorted(series, key=str)}
