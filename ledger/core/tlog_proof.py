"""The proof that one entry is in a log, as a file of its own: C2SP tlog-proof.

It holds neither the entry nor anything that is said in it. Whoever has the entry checks both
together, offline.
"""

import re
from dataclasses import dataclass

from ledger.core.checkpoint import MAX_SIZE, Checkpoint, Vkey, open_checkpoint
from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import Signatures
from ledger.core.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from ledger.core.note import MAX_CHARACTERS

FORMAT = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
BYTES_MAX = 4 * MAX_CHARACTERS
HASHES_MAX = 63
_HEAD = re.compile(
    re.escape(FORMAT) + r"\n(?:extra ([A-Za-z0-9+/=]+)\n)?index (0|[1-9][0-9]{0,15})((?:\n[^\n]+)*)"
)


@dataclass(frozen=True)
class TlogProof:
    """An index, the inclusion path from there (the leaf's sibling first), and a signed note.

    `extra` is whatever its maker put beside; nothing vouches for it, and we put nothing.
    """

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """Read a proof, strictly; Malformed for anything that is none."""
        head, _, note = _text(data).partition("\n\n")
        found = _HEAD.fullmatch(head)
        if not found:
            raise _malformed(f"A proof begins with {FORMAT}, an index and hashes.")
        lines = found[3].split("\n")[1:]
        path = tuple(unb64(line) for line in lines)
        if len(path) > HASHES_MAX or any(len(one) != HASH_BYTES for one in path):
            raise _malformed(f"A proof has at most {HASHES_MAX} hashes of {HASH_BYTES} bytes.")
        if int(found[2]) >= MAX_SIZE:
            raise _malformed("No log has an entry of this index.")
        return cls(int(found[2]), path, note, unb64(found[1] or ""))

    def as_bytes(self) -> bytes:
        """Write the file."""
        lines = [FORMAT, *([f"extra {b64(self.extra)}"] if self.extra else [])]
        lines += [f"index {self.index}", *map(b64, self.path)]
        return "\n".join([*lines, "", self.note]).encode()

    def check(self, entry: bytes, log: Vkey, signatures: Signatures) -> Checkpoint:
        """Return the checkpoint that covers the entry; `entry` is its JWS in ASCII.

        Raises what `open_checkpoint` raises, and Refused NOT_INCLUDED.
        """
        checkpoint = open_checkpoint(self.note, log, signatures)
        included = verify_inclusion(
            index=self.index,
            size=checkpoint.size,
            leaf=leaf_hash(entry),
            proof=self.path,
            root=checkpoint.root,
        )
        if not included:
            raise Refused("NOT_INCLUDED", f"The entry is not the one at index {self.index}.")
        return checkpoint


def _text(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise Malformed("TOO_LARGE", f"A proof has at most {BYTES_MAX} bytes.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _malformed("A proof is UTF-8.") from None


def _malformed(message: str) -> Malformed:
    return Malformed("PROOF_MALFORMED", message)
