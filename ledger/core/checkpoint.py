"""Checkpoints: C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519 (type 0x01).

Stricter than the standards in two points: no extension lines, and the name of the log's key is
the origin.
"""

import hashlib
import re
from dataclasses import dataclass

from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import LogSigner, Signatures
from ledger.core.merkle import EMPTY_ROOT, HASH_BYTES

MAX_NOTE_CHARACTERS = 65_536
MAX_SIGNATURES = 16
MAX_SIZE = 2**53 - 1  # readable by every JSON reader

_ED25519 = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_ORIGIN = re.compile(r"[!-*,-~]{1,128}")
_TEXT = re.compile(r"([^\n]*)\n(0|[1-9][0-9]{0,15})\n([^\n]*)\n")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(.+)")
_SIGNATURE_LINE = re.compile(r"\u2014 ([^\s+\ud800-\udfff]+) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


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


@dataclass(frozen=True)
class Vkey:
    """The public key of a log: its name (the origin) and its Ed25519 key, 32 bytes."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        check_origin(self.name)
        if len(self.public) != _KEY_BYTES:
            raise Malformed("VKEY_MALFORMED", "An Ed25519 public key is 32 bytes.")

    @property
    def id(self) -> bytes:
        """Return the key id of signed-note, 4 bytes."""
        name = self.name.encode()
        return hashlib.sha256(name + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> "Vkey":
        """Read `<name>+<hex key id>+<base64 of 0x01 and the key>`; the id must be the key's."""
        found = _VKEY.fullmatch(text)
        encoded = unb64(found[3]) if found else b""
        if not found or encoded[:1] != _ED25519:
            raise Malformed("VKEY_MALFORMED", "Expected <name>+<key id>+<Ed25519 key, base64>.")
        vkey = cls(found[1], encoded[1:])
        if vkey.id.hex() != found[2]:
            raise Malformed("VKEY_MALFORMED", f"The key id is {vkey.id.hex()}, not {found[2]}.")
        return vkey

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(_ED25519 + self.public)}"


def sign_checkpoint(checkpoint: Checkpoint, key: LogSigner) -> str:
    """Return the signed note; the name of the key is the origin."""
    vkey = Vkey(checkpoint.origin, key.public)
    signature = b64(vkey.id + key.sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n\u2014 {vkey.name} {signature}\n"


def open_checkpoint(note: str, vkey: Vkey, signatures: Signatures) -> Checkpoint:
    """Return the checkpoint of a note that `vkey` signed.

    Malformed when it is no note or no checkpoint. Refused NOTE_UNSIGNED without a signature by
    the key, NOTE_SIGNATURE_BAD with a bad one (even beside a good one), ORIGIN_MISMATCH when the
    checkpoint is of another log. Signatures by other keys are ignored.
    """
    text, lines = _split_note(note)
    checkpoint = Checkpoint.parse(text)
    ours = [one for name, one in lines if name == vkey.name and one[:_ID_BYTES] == vkey.id]
    if not ours:
        raise Refused("NOTE_UNSIGNED", f"The checkpoint has no signature by {vkey.name}.")
    if not all(signatures.ed25519(vkey.public, text.encode(), one[_ID_BYTES:]) for one in ours):
        raise Refused("NOTE_SIGNATURE_BAD", f"A signature by {vkey.name} is bad.")
    if checkpoint.origin != vkey.name:
        message = f"The checkpoint is of {checkpoint.origin}, not of {vkey.name}."
        raise Refused("ORIGIN_MISMATCH", message)
    return checkpoint


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the signed text and, for each signature, the name and the bytes (id and rest)."""
    if len(note) > MAX_NOTE_CHARACTERS or _CONTROL.search(note):
        raise Malformed("NOTE_MALFORMED", "The note is too long or has control characters.")
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise Malformed("NOTE_MALFORMED", "A note is text, an empty line and signatures.")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("NOTE_MALFORMED", f"A note has at most {MAX_SIGNATURES} signatures.")
    return text + "\n", [_split_signature(line) for line in lines]


def _split_signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    signature = unb64(found[2]) if found else b""
    if not found or len(signature) <= _ID_BYTES:
        raise Malformed("NOTE_MALFORMED", "A signature line is malformed.")
    return found[1], signature
