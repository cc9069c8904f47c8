"""Checkpoints: C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519 (type 0x01).

Stricter than the standards in two points: no extension lines, and the name of the log's key is
the origin.
"""

import re
from dataclasses import dataclass

from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import LogSigner, Signatures
from ledger.core.merkle import EMPTY_ROOT, HASH_BYTES
from ledger.core.note import Vkey, split_note

# Who opens checkpoints needs the log's key: both are to be had here.
__all__ = ["Checkpoint", "Vkey", "check_origin", "open_checkpoint", "sign_checkpoint"]

MAX_SIZE = 2**53 - 1  # readable by every JSON reader

_ORIGIN = re.compile(r"[!-*,-~]{1,128}")
_TEXT = re.compile(r"([^\n]*)\n(0|[1-9][0-9]{0,15})\n([^\n]*)\n")


def check_origin(origin: str) -> None:
    """Raise Malformed unless `origin` is 1 to 128 visible ASCII characters other than `+`."""
    if not _ORIGIN.fullmatch(origin):
        message = f"A log's name is up to 128 visible ASCII characters, no +; got {origin!a:.150}."
        raise Malformed("ORIGIN_MALFORMED", message)


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: its origin, its size in leaves, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_origin(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise Malformed("CHECKPOINT_MALFORMED", f"No tree has {self.size} leaves.")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            message = "A root is 32 bytes, for size 0 the root of the empty tree."
            raise Malformed("CHECKPOINT_MALFORMED", message)

    @property
    def text(self) -> str:
        """Return the three lines that are signed, each with its newline."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read exactly three lines: origin, size without leading zeros, root in base64."""
        found = _TEXT.fullmatch(text)
        if not found:
            message = "A checkpoint has three lines: origin, size (no leading zeros) and root."
            raise Malformed("CHECKPOINT_MALFORMED", message)
        return cls(found[1], int(found[2]), unb64(found[3]))


def sign_checkpoint(checkpoint: Checkpoint, key: LogSigner) -> str:
    """Return the signed note; the name of the key is the origin."""
    vkey = Vkey(checkpoint.origin, key.public)
    return f"{checkpoint.text}\n{vkey.line(key.sign(checkpoint.text.encode()))}\n"


def open_checkpoint(note: str, vkey: Vkey, signatures: Signatures) -> Checkpoint:
    """Return the checkpoint of a note that `vkey` signed.

    Malformed when it is no note or no checkpoint. Refused NOTE_UNSIGNED without a signature by
    the key, NOTE_SIGNATURE_BAD with a bad one (even beside a good one), ORIGIN_MISMATCH when the
    checkpoint is of another log. Signatures by other keys are ignored.
    """
    text, lines = split_note(note)
    checkpoint = Checkpoint.parse(text)
    ours = vkey.of(lines)
    if not ours:
        raise Refused("NOTE_UNSIGNED", f"The checkpoint has no signature by {vkey.name}.")
    if not all(signatures.ed25519(vkey.public, text.encode(), one) for one in ours):
        raise Refused("NOTE_SIGNATURE_BAD", f"A signature by {vkey.name} is bad.")
    if checkpoint.origin != vkey.name:
        message = f"The checkpoint is of {checkpoint.origin}, not of {vkey.name}."
        raise Refused("ORIGIN_MISMATCH", message)
    return checkpoint
