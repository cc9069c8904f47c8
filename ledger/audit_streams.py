"""An audit's walk over the streams: entries, signatures and links, one stream after another."""

from collections.abc import Callable, Iterator

from ledger import audit_rows
from ledger.audit_progress import INDEX, Progress
from ledger.audit_registry import RegistryWalk
from ledger.core.policy import Policy
from ledger.examining import Answers, examiner
from ledger.recomputing import REGISTRY_ID, Opinions, Part, StreamCheck


class StreamWalk:
    """The registry, anew in each step, and the streams from the one that was reached."""

    def __init__(self, progress: Progress, policy: Policy, opinions: Opinions) -> None:
        self._progress = progress
        self._opinions = opinions
        self._origin = policy.log.name
        self._registry = RegistryWalk(policy, opinions)
        self._check: StreamCheck | None = None
        self._is_cut_short = False

    def follow(self, is_over: Callable[[], bool], processes: int) -> None:
        """Follow the registry, then the streams as far as time allows; `processes` share them."""
        self._follow_registry()
        registry = self._registry.registry
        with examiner(registry, self._opinions, self._origin, processes=processes) as examined:
            for part, answers in examined(self._batches(is_over)):
                self._take(part, answers)
        if not self._is_cut_short:
            self._progress.walk = INDEX

    def _follow_registry(self) -> None:
        progress, walk = self._progress, self._registry
        progress.find(*walk.follow())
        if not progress.is_registry_counted:
            progress.entries += walk.entries
            progress.second_opinions += walk.second_opinions
            progress.is_registry_counted = True

    def _batches(self, is_over: Callable[[], bool]) -> Iterator[list[Part]]:
        """Put small streams together; when time is up, stop behind a whole one."""
        batch: list[Part] = []
        rows = 0
        for part in audit_rows.read_streams(self._progress.stream):
            if part.stream.stream_id == REGISTRY_ID:
                continue
            batch.append(part)
            rows += len(part.rows)
            if rows >= audit_rows.PART:
                yield batch
                batch, rows = [], 0
            if part.is_last and is_over():
                self._is_cut_short = True
                break
        yield batch

    def _take(self, part: Part, answers: Answers) -> None:
        check = self._check or StreamCheck(part.stream, self._registry.nonces)
        checked = self._registry.seen.checked(answers)
        for row, examined in zip(part.rows, checked, strict=True):
            check.follow(row, examined)
            self._progress.entries += row.entry_number is not None
            self._progress.second_opinions += examined.asked_again
        self._check = check
        if part.is_last:
            self._progress.find(*check.finish())
            self._progress.stream = part.stream.stream_id
            self._check = None
