"""One ancestry told from its first leg to its last, as goods carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supplychain.domain.spent import Spent
from supplychain.domain.stability import LegStory, Told, told_after, totals
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import Tally


@dataclass(frozen=True)
class Story:
    """All legs in their order, and the seconds that count towards the total of each band."""

    legs: tuple[LegStory, ...]
    totals: Mapping[str, int]
    tally: Tally


def story(profile: StorageProfile, legs: Sequence[Told]) -> Story:
    """Add up leg by leg; legs stand in the order of the log."""
    past, found = Spent(), list[LegStory]()
    for one in legs:
        past, leg = told_after(profile, past, one)
        found.append(leg)
    return Story(tuple(found), totals(profile, past.tally), past.tally)
