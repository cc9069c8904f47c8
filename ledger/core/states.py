"""States of the log that are proven to be its past, and when witnesses saw them."""

from bisect import bisect_right, insort
from datetime import datetime


class States:
    """Roots by sizes, and the moments at which a quorum of witnesses had cosigned some of them."""

    def __init__(self) -> None:
        self._roots: dict[int, bytes] = {}
        self._times: list[tuple[int, datetime]] = []

    def add(self, size: int, root: bytes, at: datetime | None) -> None:
        """Add a proven state; `at` is None where no quorum is known to have cosigned it."""
        self._roots[size] = root
        if at is not None:
            insort(self._times, (size, at))

    def root(self, size: int) -> bytes | None:
        """Give the root of this size, as far as it is known."""
        return self._roots.get(size)

    def cosigned_below(self, size: int) -> datetime | None:
        """Give when the largest cosigned state below this size was cosigned."""
        place = self._place(size - 1)
        return self._times[place - 1][1] if place else None

    def cosigned_above(self, size: int) -> datetime | None:
        """Give when the smallest cosigned state above this size was cosigned."""
        place = self._place(size)
        return self._times[place][1] if place < len(self._times) else None

    def _place(self, size: int) -> int:
        return bisect_right(self._times, size, key=lambda pair: pair[0])
