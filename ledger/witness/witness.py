"""A witness: cosigns what it has seen to be one log that only grows."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.core.checkpoint import Checkpoint, Vkey
from ledger.core.cosignature import cosign
from ledger.core.errors import Malformed
from ledger.core.keys import LogSigner, Signatures
from ledger.core.witnessing import SIZE_MEDIA, AddCheckpoint, Decision, Status, decide
from ledger.witness.memory import Memory

PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: str
    media: str = PLAIN


class Witness:
    """Answers requests of any number of threads; `clock` tells an aware moment."""

    def __init__(
        self,
        *,
        name: str,
        key: LogSigner,
        logs: Mapping[str, Vkey],
        memory: Memory,
        signatures: Signatures,
        clock: Callable[[], datetime],
    ) -> None:
        self.name = name
        self._key = key
        self._logs = logs
        self._memory = memory
        self._signatures = signatures
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request: a cosignature, or why there is none."""
        try:
            request = AddCheckpoint.parse(body)
        except Malformed as fault:
            return Answer(Status.MALFORMED, f"{fault.message}\n")
        decision = self._decided(request)
        if decision.checkpoint:
            return Answer(Status.COSIGNED, self._cosigned(decision.checkpoint))
        if decision.size is not None:
            return Answer(decision.status, f"{decision.size}\n", SIZE_MEDIA)
        return Answer(decision.status, f"{decision.reason}\n")

    def _decided(self, request: AddCheckpoint) -> Decision:
        """Compare with what is remembered, and remember, in one: no request comes in between."""
        with self._one_at_a_time:
            decision = decide(
                request, logs=self._logs, known=self._memory.known, signatures=self._signatures
            )
            if decision.checkpoint:
                self._memory.move(decision.checkpoint, request.note)
            elif decision.doubt:
                self._memory.keep(decision.doubt, request.note)
        return decision

    def _cosigned(self, checkpoint: Checkpoint) -> str:
        return cosign(checkpoint, name=self.name, key=self._key, at=self._clock()) + "\n"

    def health(self) -> str:
        """One line for each log: its size here."""
        sizes = sorted((one.origin, one.size) for one in tuple(self._memory.known.values()))
        return "".join(f"{origin} {size}\n" for origin, size in sizes) or "nothing cosigned yet\n"
