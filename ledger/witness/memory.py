"""What a witness remembers: of each log the note that it cosigned last, in one file.

The file is replaced durably before the witness answers. It is held for as long as the witness
runs, so that two of them never share it. A file that is damaged, or that holds what no trusted
log signed, is not guessed at: the witness does not start.
"""

import fcntl
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from ledger import durable_files
from ledger.core import canonical
from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.keys import Signatures
from ledger.core.note import split_note
from ledger.core.witnessing import Doubt

FORMAT = "unbroken-witness/v1"
BYTES_MAX = 4 * 1024 * 1024
KEPT_MAX = 32
"""So many notes are kept of each doubt: anybody may send them."""


class Memory:
    """The notes of one file. One thread at a time uses it."""

    def __init__(self, file: Path, logs: Mapping[str, Vkey], signatures: Signatures) -> None:
        """Take hold of the file; Refused STATE_HELD, Malformed STATE_DAMAGED."""
        self._file = file
        durable_files.make_folder(file.parent)
        self._hold = file.with_name(file.name + ".held").open("a")
        try:
            fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._hold.close()
            raise Refused("STATE_HELD", f"Another witness holds {file}.") from None
        self._logs = logs
        try:
            self._notes = _read(file)
            self.known = {
                origin: self._open(origin, note, signatures) for origin, note in self._notes.items()
            }
        except BaseException:
            self._hold.close()
            raise

    def _open(self, origin: str, note: str, signatures: Signatures) -> Checkpoint:
        if origin not in self._logs:
            raise _damaged(f"{self._file} remembers the log {origin}, which is not trusted.")
        try:
            return open_checkpoint(note, self._logs[origin], signatures)
        except LedgerError as fault:
            raise _damaged(f"{self._file}, of the log {origin}: {fault.message}") from fault

    def move(self, checkpoint: Checkpoint, note: str) -> None:
        """Remember this checkpoint of its log; when this returns, it is durable."""
        notes = {**self._notes, checkpoint.origin: self._bare(checkpoint, note)}
        logs: dict[str, canonical.Json] = {
            origin: list(one.split("\n")[:-1]) for origin, one in notes.items()
        }
        members: dict[str, canonical.Json] = {"format": FORMAT, "logs": logs}
        durable_files.replace(self._file, canonical.dumps(members) + b"\n")
        self._notes = notes
        self.known[checkpoint.origin] = checkpoint

    def _bare(self, checkpoint: Checkpoint, note: str) -> str:
        """The note with the log's own signatures only: others may hold anything."""
        log = self._logs[checkpoint.origin]
        lines = [log.line(one) for one in log.of(split_note(note)[1])]
        return "\n".join([checkpoint.text, *lines, ""])

    def keep(self, doubt: Doubt, note: str) -> None:
        """Keep a note that its log signed and should not have, in a file of its own beside."""
        folder = self._file.with_name(self._file.name + ".kept")
        durable_files.make_folder(folder)
        if len(list(folder.glob(f"{doubt}-*"))) < KEPT_MAX:
            name = sha256(note.partition("\n\n")[0].encode()).hexdigest()
            durable_files.create(folder / f"{doubt}-{name}", note.encode())

    def close(self) -> None:
        """Let go of the file."""
        self._hold.close()


def _read(file: Path) -> dict[str, str]:
    """The notes by the origins of their logs; none where there is no file yet."""
    try:
        with file.open("rb") as opened:
            data = opened.read(BYTES_MAX)
    except FileNotFoundError:
        return {}
    try:
        value = canonical.loads(data.removesuffix(b"\n"), max_bytes=BYTES_MAX)
    except LedgerError as fault:
        raise _damaged(f"{file}: {fault.message}") from fault
    if not isinstance(value, dict) or value.keys() != {"format", "logs"}:
        raise _damaged(f"{file} is no state of a witness.")
    logs = value["logs"]
    if value["format"] != FORMAT or not isinstance(logs, dict):
        raise _damaged(f"{file} is no state of the format {FORMAT}.")
    return {origin: _note(lines) for origin, lines in logs.items()}


def _note(lines: canonical.Json) -> str:
    """The note of these lines; no note, which will not open, when they are none."""
    listed = lines if isinstance(lines, list) else []
    return "".join(f"{line}\n" for line in listed)


def _damaged(message: str) -> Malformed:
    return Malformed("STATE_DAMAGED", message)
