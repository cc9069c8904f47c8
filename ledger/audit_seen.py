"""What signers say to have seen of the log, held against the checkpoints that it has signed.

An operator who holds keys of signers can rewrite what they signed, and make the rest fit again. But
an entry of somebody else that came later names the root that the log had before.
"""

from collections.abc import Iterable, Sequence

from ledger import audit_rows
from ledger.core.merkle import EMPTY_ROOT
from ledger.recomputing import Examined

KEPT_MAX = 100_000
"""Checkpoints that are remembered: most entries have seen one of the newest."""
_FAULT = ("SEEN_UNKNOWN", "The signer has seen a checkpoint that this log has not signed.")


class SeenCheck:
    """Looks up each checkpoint once, as long as it remembers it."""

    def __init__(self) -> None:
        self._roots: dict[int, bytes | None] = {0: EMPTY_ROOT}

    def checked(self, answers: Sequence[Examined]) -> list[Examined]:
        """Return the answers, with a fault where what was seen was never signed."""
        self._look_up(one.seen[0] for one in answers if one.seen)
        return [one if self._is_signed(one) else one.with_fault(*_FAULT) for one in answers]

    def _look_up(self, sizes: Iterable[int]) -> None:
        if len(self._roots) > KEPT_MAX:
            self._roots = {0: EMPTY_ROOT}
        missing = set(sizes) - self._roots.keys()
        if missing:
            self._roots |= dict.fromkeys(missing) | audit_rows.signed_roots(missing)

    def _is_signed(self, one: Examined) -> bool:
        return one.seen is None or self._roots[one.seen[0]] == one.seen[1]
