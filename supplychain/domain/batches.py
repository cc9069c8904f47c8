"""What a live tracker sends, in sealed batches of which each names the one before it.

A tracker's readings come one by one. They are sealed in batches that nobody can open again: the
digest of each batch stands in the next one. So a batch that is changed, taken out or slipped in
later disagrees with the one behind it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.conditions import (
    DEVICE_LENGTH_MAX,
    Reading,
    ReadingsFault,
    RowError,
    moment,
    timestamp,
)
from supplychain.domain.errors import Invalid
from supplychain.domain.members import hex_32, members, text, whole

NUMBER_MAX: Final = 10**9
SPAN_S: Final = 86_400
"""A batch is of readings within so many seconds, and is judged beside as many on either side."""
ERRORS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Batch `n` of a device, from 1 on: the root of its readings, and the digest of the one before.

    It is the member `batch` of a `conditions.record`, and `root` that of one of its series.
    """

    device: str
    n: int
    root: str
    previous: str = ""

    def __post_init__(self) -> None:
        """Prove that all but the first have one before them."""
        if (self.n == 1) != (not self.previous):
            raise Invalid("BATCH_UNLINKED", "batch: all but the first name the one before them.")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read `{"device","n","root","previous"?}`. Raises Invalid."""
        found = members(value, "batch", ("device", "n", "root"), ("previous",))
        return cls(
            device=text(found["device"], "batch.device", DEVICE_LENGTH_MAX),
            n=whole(found["n"], "batch.n", 1, NUMBER_MAX),
            root=hex_32(found["root"], "batch.root"),
            previous=hex_32(found["previous"], "batch.previous") if "previous" in found else "",
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"device": self.device, "n": self.n, "root": self.root}
        return plain | {"previous": self.previous} if self.previous else plain

    def digest(self, log: str, owner: str) -> str:
        """What the next batch calls this one by: SHA-256 (hex) over docs/spec/conditions.md's text.

        `log` is the origin of the log, `owner` the GLN of whose device it is.
        """
        lines = ("unbroken-batch/v1", log, owner, self.device, str(self.n), self.previous)
        return sha256("\n".join((*lines, self.root)).encode()).hexdigest()


def news(posted: Iterable[Reading], known: Mapping[int, int]) -> list[Reading]:
    """Return those of the readings that are not known yet; known ones count once (C14).

    `known` has the value of each second that is. Raises ReadingsFault DUPLICATE_DIFFERS for all
    those to which another value is known: one of the two is wrong, and nobody here knows which.
    """
    readings = list(posted)
    differing = [one for one in readings if known.get(one.at, one.centi_c) != one.centi_c]
    if differing:
        raise ReadingsFault(*(_differs(one, known) for one in differing[:ERRORS_MAX]))
    return [one for one in readings if one.at not in known]


def next_batch(waiting: Sequence[Reading], sealed_to: int | None, most: int) -> tuple[Reading, ...]:
    """Return the readings of the next batch out of those that wait, oldest first.

    Those that came late, from before what is sealed already, are a batch of their own.
    """
    late = [one for one in waiting if sealed_to is not None and one.at < sealed_to]
    chosen = (late or waiting)[:most]
    return tuple(one for one in chosen if one.at - chosen[0].at <= SPAN_S)


def beside(
    told: Sequence[Reading], batch: Sequence[Reading], is_outside: Callable[[int], bool]
) -> tuple[Reading, ...]:
    """Return those told readings without which a batch cannot be judged, in order.

    A deviation that goes on over a seam is one deviation: so the last reading before the batch
    comes along, and those before it back to the last one that was not outside, and likewise behind
    it; and all that lies between readings of the batch. `told` is in order, none of it in `batch`.
    """
    first, last = batch[0].at, batch[-1].at
    before = [one for one in reversed(told) if one.at < first]
    after = [one for one in told if one.at > last]
    between = [one for one in told if first < one.at < last]
    return (*_until_inside(before, is_outside)[::-1], *between, *_until_inside(after, is_outside))


def _until_inside(
    readings: Sequence[Reading], is_outside: Callable[[int], bool]
) -> tuple[Reading, ...]:
    outside = len(list(takewhile(lambda one: is_outside(one.centi_c), readings)))
    return tuple(readings[: outside + 1])


def _differs(one: Reading, known: Mapping[int, int]) -> RowError:
    value = f"{one.centi_c / 100} °C at {timestamp(moment(one.at))}"
    fix = f"{known[one.at] / 100} °C is known of this moment: find out which is right."
    return RowError(0, "temperature", value, "DUPLICATE_DIFFERS", fix)
