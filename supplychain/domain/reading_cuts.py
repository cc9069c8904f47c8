"""The part of a file that a statement does not cite: signed, so that nobody leaves it out unseen.

A logger that runs all the time has more to say than about one journey. Whoever has the file, whose
hash is signed beside this, can see what was left out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.members import instant, instant_text, members, whole

_COUNT_MAX: Final = 10**7


@dataclass(frozen=True, slots=True)
class Cut:
    """How many readings of the file lie before and after those that are cited, and why.

    They were asked for from `since` and until `until`, UTC; each is there exactly where something
    was left out on its side.
    """

    before: int = 0
    after: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Prove that it says something, and all of it."""
        if not self.before and not self.after:
            raise Invalid("WRONG_SHAPE", "cut: where nothing was left out, it is left out too.")
        sides = ((self.before, self.since, "since"), (self.after, self.until, "until"))
        for count, bound, name in sides:
            if (count > 0) != (bound is not None):
                raise Invalid(
                    "WRONG_SHAPE", f"cut.{name}: expected exactly where it left some out."
                )

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read `{"before","after","since"?,"until"?}`. Raises Invalid."""
        found = members(value, "series.cut", ("before", "after"), ("since", "until"))
        since, until = (
            instant(found[name], f"series.cut.{name}") if name in found else None
            for name in ("since", "until")
        )
        before, after = (
            whole(found[name], f"series.cut.{name}", 0, _COUNT_MAX) for name in ("before", "after")
        )
        return cls(before, after, since, until)

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"before": self.before, "after": self.after}
        if self.since is not None:
            plain["since"] = instant_text(self.since)
        if self.until is not None:
            plain["until"] = instant_text(self.until)
        return plain
