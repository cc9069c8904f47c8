"""What a receipt says of its journey where a live tracker of the giver's rode along.

The readings stand in the records that the giver signed of just these goods on their way. Here is
only said of which times they speak and of which they do not; what they say, they say themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.batches import NUMBER_MAX
from supplychain.domain.conditions import DEVICE_LENGTH_MAX
from supplychain.domain.errors import Invalid
from supplychain.domain.intervals import Interval
from supplychain.domain.members import members, sequence, text, whole

STRETCHES_MAX: Final = 16
"""Of so many stretches, the last ones, it is remembered that a tracker told of them."""
_GAPS_MAX: Final = STRETCHES_MAX + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerClaim:
    """The member `tracker`: batches `first` to `last` of `device`, for the time that `covers` says.

    `missing` of the numbers between were signed for these goods by nobody. `gaps` are the times
    without readings.
    """

    device: str
    first: int
    last: int
    covers: Interval
    missing: int = 0
    gaps: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        """Prove the numbers, and that the gaps come one after the other in the time covered."""
        if self.last < self.first:
            raise Invalid("WRONG_ORDER", "tracker.batches: the last comes before the first.")
        ends = [Interval(self.covers.start, self.covers.start), *self.gaps]
        reversed_ = any(later.start < earlier.end for earlier, later in pairwise(ends))
        if reversed_ or ends[-1].end > self.covers.end:
            raise Invalid("WRONG_ORDER", "tracker.gaps: expected rising order, within `covers`.")

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.gaps and not self.missing

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read `{"device","batches","covers","gaps"?}`. Raises Invalid."""
        found = members(value, "tracker", ("device", "batches", "covers"), ("gaps",))
        batches = members(found["batches"], "tracker.batches", ("first", "last"), ("missing",))
        return cls(
            device=text(found["device"], "tracker.device", DEVICE_LENGTH_MAX),
            first=_number(batches, "first"),
            last=_number(batches, "last"),
            missing=_number(batches, "missing") if "missing" in batches else 0,
            covers=Interval.decode(found["covers"], "tracker.covers"),
            gaps=tuple(
                Interval.decode(one, "tracker.gaps")
                for one in sequence(found["gaps"], "tracker.gaps", _GAPS_MAX)
            )
            if "gaps" in found
            else (),
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads; what says nothing is left out."""
        batches: dict[str, Json] = {"first": self.first, "last": self.last}
        if self.missing:
            batches["missing"] = self.missing
        plain: dict[str, Json] = {
            "device": self.device,
            "batches": batches,
            "covers": self.covers.as_json(),
        }
        return plain | {"gaps": [one.as_json() for one in self.gaps]} if self.gaps else plain


def _number(batches: Mapping[str, object], name: str) -> int:
    return whole(batches[name], f"tracker.batches.{name}", 1, NUMBER_MAX)
