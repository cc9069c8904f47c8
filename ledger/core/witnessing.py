"""What a log asks of a witness, and what the witness answers: C2SP tlog-witness, add-checkpoint.

The decision is a pure function: what the witness remembers of the log goes in, its answer comes
out. That the memory moves before the answer is given, and for one request at a time, is for
whoever calls it. Checkpoints are read as strictly as ours are: no extension lines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from ledger.core.checkpoint import MAX_SIZE, Checkpoint, open_checkpoint
from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import Signatures
from ledger.core.merkle import HASH_BYTES, verify_consistency
from ledger.core.note import MAX_CHARACTERS, Vkey, split_note

BYTES_MAX = MAX_CHARACTERS
PROOF_MAX = 63
SIZE_MEDIA = "text/x.tlog.size"

_SIZE = r"0|[1-9][0-9]{0,15}"
_HEAD = re.compile(rf"old ({_SIZE})\n((?:[A-Za-z0-9+/=]+\n){{0,{PROOF_MAX}}})")
_SIZE_BODY = re.compile(rf"({_SIZE})\n")


@dataclass(frozen=True)
class AddCheckpoint:
    """A request: the size that the witness should know, the proof from there, the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Read a request's body, strictly; Malformed WITNESS_REQUEST_MALFORMED."""
        if len(data) > BYTES_MAX:
            raise _bad(f"A request has at most {BYTES_MAX} bytes.")
        try:
            head, blank, note = data.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise _bad("A request is UTF-8.") from None
        found = _HEAD.fullmatch(head + "\n")
        if not found or not blank:
            raise _bad("A request is an old size, a proof, an empty line and a checkpoint.")
        return cls(_size(found[1]), tuple(_hash(line) for line in found[2].split()), note)

    def as_bytes(self) -> bytes:
        """Write the request's body."""
        lines = [f"old {self.old}", *(b64(one) for one in self.proof), "", self.note]
        return "\n".join(lines).encode()


class Status(IntEnum):
    """The answers of a witness, as HTTP counts them."""

    COSIGNED = 200
    MALFORMED = 400
    NOT_SIGNED = 403
    LOG_UNKNOWN = 404
    CONFLICT = 409
    NOT_PROVEN = 422


class Doubt(StrEnum):
    """Why a checkpoint that its log did sign was not cosigned: it may prove two histories."""

    FORKED = "forked"
    """Another tree of the very size that was cosigned: there is no honest way to this."""
    UNPROVEN = "unproven"
    """A proof that does not hold: the log's fault, or only the sender's."""


@dataclass(frozen=True)
class Decision:
    """The answer of a witness; with COSIGNED, the checkpoint to remember and to cosign.

    `size` is that of the checkpoint which it has cosigned last: the body of a CONFLICT.
    """

    status: Status
    reason: str = ""
    checkpoint: Checkpoint | None = None
    size: int | None = None
    doubt: Doubt | None = None


def decide(
    request: AddCheckpoint,
    *,
    logs: Mapping[str, Vkey],
    known: Mapping[str, Checkpoint],
    signatures: Signatures,
) -> Decision:
    """Answer a request, with the checks in the order of the specification.

    `logs` are the trusted logs by their origins, `known` the checkpoints cosigned last.
    """
    try:
        origin = Checkpoint.parse(split_note(request.note)[0]).origin
    except Malformed as fault:
        return Decision(Status.MALFORMED, fault.message)
    if origin not in logs:
        return Decision(Status.LOG_UNKNOWN, f"The log {origin} is not known here.")
    try:
        checkpoint = open_checkpoint(request.note, logs[origin], signatures)
    except Refused as fault:
        return Decision(Status.NOT_SIGNED, fault.message)
    return _continued(request, checkpoint, known.get(origin))


def _continued(request: AddCheckpoint, new: Checkpoint, last: Checkpoint | None) -> Decision:
    """Decide on a checkpoint that the log did sign."""
    size = last.size if last else 0
    if request.old > new.size:
        message = f"The old size {request.old} is above the checkpoint's, {new.size}."
        return Decision(Status.MALFORMED, message)
    if request.old != size:
        return Decision(Status.CONFLICT, f"The last size cosigned is {size}.", size=size)
    if request.proof and size in (0, new.size):
        return Decision(Status.NOT_PROVEN, "Here is nothing to prove.")
    if last and size == new.size and last.root != new.root:
        message = f"Another tree of size {size} was cosigned."
        return Decision(Status.CONFLICT, message, size=size, doubt=Doubt.FORKED)
    if last and 0 < size < new.size and not _has_grown(last, new, request.proof):
        message = f"The proof from size {size} does not hold."
        return Decision(Status.NOT_PROVEN, message, doubt=Doubt.UNPROVEN)
    return Decision(Status.COSIGNED, checkpoint=new)


def _has_grown(last: Checkpoint, new: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    return verify_consistency(
        size1=last.size, size2=new.size, root1=last.root, root2=new.root, proof=proof
    )


def read_size(body: bytes) -> int:
    """Read the body of a CONFLICT: a size in decimal and a newline; Malformed for anything else."""
    found = _SIZE_BODY.fullmatch(body.decode("ascii", "replace"))
    if not found:
        raise _bad("A witness names the size that it has in decimal, and ends with a newline.")
    return _size(found[1])


def _size(text: str) -> int:
    size = int(text)
    if size > MAX_SIZE:
        raise _bad(f"No tree has {size} leaves.")
    return size


def _hash(line: str) -> bytes:
    data = unb64(line)
    if len(data) != HASH_BYTES:
        raise _bad("A line of a proof is one hash of 32 bytes in base64.")
    return data


def _bad(message: str) -> Malformed:
    return Malformed("WITNESS_REQUEST_MALFORMED", message)
