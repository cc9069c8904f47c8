"""What the senders were promised: written down at once, by all of them, and read in the end."""

import threading
from collections import Counter
from collections.abc import Sequence

from bench.chaos.lots import Signed
from bench.chaos.wire import Answer


class Tally:
    """Acknowledged entries and the answers that were no acknowledgement."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.acknowledged: dict[str, Signed] = {}
        self.indices: dict[str, int] = {}
        self.broken: list[str] = []
        self.resent = 0
        self.known = 0
        self.failures: Counter[str] = Counter()

    def acknowledge(self, signed: Signed, receipt: dict[str, object]) -> None:
        """The house has said that it holds the entry."""
        with self._lock:
            self.acknowledged[signed.entry_id] = signed
            self.known += bool(receipt["known"])
            if receipt["entry_id"] != signed.entry_id:
                self.broken.append(f"a receipt names {receipt['entry_id']}, not {signed.entry_id}")

    def place(self, entry_id: str, index: int) -> None:
        """The house has said where in the log an entry is; it may never say otherwise."""
        with self._lock:
            before = self.indices.setdefault(entry_id, index)
            if before != index:
                self.broken.append(f"{entry_id} was at {before} and now is at {index}")

    def refuse(self, signed: Signed, problem: object) -> None:
        """A good entry was refused: something that it builds upon must have gone."""
        with self._lock:
            self.broken.append(f"{signed.entry_id} was refused: {problem}")

    def fail(self, answer: Answer, waiting: Sequence[Signed]) -> None:
        """Nothing was acknowledged; all of it will be sent again."""
        with self._lock:
            self.failures[str(answer.status or answer.body)] += 1
            self.resent += len(waiting)
            if answer.status == 500:  # a part that is missing is no fault of the one that answers
                self.broken.append(f"answered as a fault of its own: {str(answer.body)[:200]}")

    def give_up(self, waiting: Sequence[Signed], seconds: float) -> None:
        """Sent again and again, and never answered."""
        with self._lock:
            names = ", ".join(one.entry_id for one in waiting)
            self.broken.append(f"no answer within {seconds:.0f} s: {names}")
