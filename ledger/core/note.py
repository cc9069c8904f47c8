"""Signed notes (C2SP signed-note): a text, an empty line, and who signed it.

Two kinds of Ed25519 keys sign here: a log's (type 0x01) and a witness' (type 0x04, C2SP
tlog-cosignature). Keys of other types are not read.
"""

import hashlib
import re
from dataclasses import dataclass

from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed

MAX_CHARACTERS = 65_536
MAX_SIGNATURES = 16
LOG_KEY = 0x01
WITNESS_KEY = 0x04

_KEY_BYTES = 32
_ID_BYTES = 4
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]{1,256}")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+(.+)", re.DOTALL)
_SIGNATURE_LINE = re.compile(r"\u2014 ([^\s+\ud800-\udfff]+) ([A-Za-z0-9+/=]+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Vkey:
    """A public key that signs notes: its name, its Ed25519 key (32 bytes), its type."""

    name: str
    public: bytes
    type: int = LOG_KEY

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            message = "A key's name is up to 256 characters, no space and no +."
            raise Malformed("VKEY_MALFORMED", message)
        if len(self.public) != _KEY_BYTES:
            raise Malformed("VKEY_MALFORMED", "An Ed25519 public key is 32 bytes.")
        if self.type not in (LOG_KEY, WITNESS_KEY):
            raise Malformed("VKEY_MALFORMED", f"Keys of type {self.type:#04x} are not read here.")

    @property
    def id(self) -> bytes:
        """Return the key id, 4 bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed).digest()[:_ID_BYTES]

    @property
    def _typed(self) -> bytes:
        return bytes([self.type]) + self.public

    @classmethod
    def parse(cls, text: str, kind: int = LOG_KEY) -> "Vkey":
        """Read `<name>+<hex key id>+<base64 of type and key>`; the id must be the key's."""
        found = _VKEY.fullmatch(text)
        encoded = unb64(found[3]) if found else b""
        if not found or encoded[:1] != bytes([kind]):
            expected = f"<name>+<key id>+<base64 of {kind:#04x} and an Ed25519 key>"
            raise Malformed("VKEY_MALFORMED", f"Expected {expected}.")
        vkey = cls(found[1], encoded[1:], kind)
        if vkey.id.hex() != found[2]:
            raise Malformed("VKEY_MALFORMED", f"The key id is {vkey.id.hex()}, not {found[2]}.")
        return vkey

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(self._typed)}"

    def line(self, signature: bytes) -> str:
        """Return the line of a signature, without its newline."""
        return f"\u2014 {self.name} {b64(self.id + signature)}"

    def of(self, lines: "tuple[SignatureLine, ...]") -> list[bytes]:
        """Return the signatures among these lines that bear this key's name and id."""
        return [one.signature for one in lines if (one.name, one.key_id) == (self.name, self.id)]


@dataclass(frozen=True)
class SignatureLine:
    """One line under a note: whose it says to be, and the signature (at least one byte)."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> "SignatureLine":
        """Read `— <name> <base64 of key id and signature>`, without a newline."""
        found = _SIGNATURE_LINE.fullmatch(line)
        data = unb64(found[2]) if found else b""
        if not found or len(data) <= _ID_BYTES:
            raise Malformed("NOTE_MALFORMED", "A signature line is malformed.")
        return cls(found[1], data[:_ID_BYTES], data[_ID_BYTES:])


def split_note(note: str) -> tuple[str, tuple[SignatureLine, ...]]:
    """Return the signed text, with its last newline, and the lines of signatures."""
    if len(note) > MAX_CHARACTERS or _CONTROL.search(note):
        raise Malformed("NOTE_MALFORMED", "The note is too long or has control characters.")
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise Malformed("NOTE_MALFORMED", "A note is text, an empty line and signatures.")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("NOTE_MALFORMED", f"A note has at most {MAX_SIGNATURES} signatures.")
    return text + "\n", tuple(SignatureLine.parse(line) for line in lines)
