"""A witness: it keeps every checkpoint that was shown while the parts were killed."""

import threading
from collections.abc import Sequence
from pathlib import Path

from bench.chaos.wire import Wire
from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint
from ledger.core.errors import LedgerError
from ledger.core.merkle import consistency_proof, node_hash, tree_root, verify_consistency
from ledger.core.signatures import OPENSSL

POLL_S = 0.03
CHECKPOINT = "/api/v1/log/checkpoint"


class Watcher(threading.Thread):
    """Looks at the file and asks the house, and remembers."""

    def __init__(self, file: Path, wire: Wire, vkey: Vkey) -> None:
        super().__init__(name="watcher", daemon=True)
        self._file = file
        self._wire = wire
        self._over = threading.Event()
        self.of_file = Notes("the file", vkey)
        self.of_web = Notes("the web", vkey)

    def run(self) -> None:
        while not self._over.wait(POLL_S):
            self.look()
        self._wire.close()

    def look(self) -> None:
        """See what stands there now."""
        if self._file.exists():
            self.of_file.show(self._file.read_text())
        answer = self._wire.get(CHECKPOINT)
        if answer.status == 200:
            self.of_web.show(answer.body)

    def finish(self) -> None:
        self._over.set()


class Notes:
    """What one place has shown, in order."""

    def __init__(self, place: str, vkey: Vkey) -> None:
        self._place = place
        self._vkey = vkey
        self._last = ""
        self.seen: list[Checkpoint] = []
        self.broken: list[str] = []

    def show(self, note: str) -> None:
        """Keep a note that is another than the last; it may only be a larger one of this log."""
        if note == self._last:
            return
        self._last = note
        try:
            found = open_checkpoint(note, self._vkey, OPENSSL)
        except LedgerError as fault:
            self.broken.append(f"{self._place} showed {note!r}: {fault}")
            return
        if self.seen and found.size <= self.seen[-1].size:
            self.broken.append(f"{self._place} went from size {self.seen[-1].size} to {found.size}")
        self.seen.append(found)


class Tree:
    """The final tree, whole; `subtree` is as `ledger.core.merkle` wants it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([node_hash(*pair) for pair in pairs])
        self.size = len(leaves)
        self.root = tree_root(self.size, self.subtree)

    def subtree(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def continues(self, checkpoint: Checkpoint) -> bool:
        """Whether this tree has the checkpoint's tree as its beginning (RFC 9162, 2.1.4)."""
        if checkpoint.size > self.size:
            return False
        return verify_consistency(
            size1=checkpoint.size,
            size2=self.size,
            root1=checkpoint.root,
            root2=self.root,
            proof=consistency_proof(checkpoint.size, self.size, self.subtree),
        )


def inconsistent(seen: Sequence[Checkpoint], leaves: Sequence[bytes]) -> list[str]:
    """Say which checkpoints are not of the log that there is in the end."""
    tree = Tree(leaves)
    return [
        f"the checkpoint of size {one.size} is not of the final log of {tree.size}"
        for one in dict.fromkeys(seen)
        if not tree.continues(one)
    ]
