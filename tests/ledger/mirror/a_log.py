"""A log of any entries, in memory, that a mirror fetches from; it may lie."""

from dataclasses import dataclass, field

from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.entry_bundles import encode_bundle
from ledger.core.merkle import leaf_hash, root
from ledger.core.signatures import LogKey
from ledger.core.tile_paths import CHECKPOINT, TilePath
from ledger.mirror.source import SourceFailed

ORIGIN = "log.example/unbroken"


@dataclass
class Log:
    """`lies` are bodies that it gives instead of the true ones, `asked` what was fetched."""

    entries: list[bytes] = field(default_factory=list)
    key: LogKey = field(default_factory=LogKey.generate)
    origin: str = ORIGIN
    lies: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def vkey(self) -> Vkey:
        """Its public key."""
        return Vkey(self.origin, self.key.public)

    def grow(self, size: int, word: str = "entry") -> None:
        """Let it have so many entries."""
        self.entries += [f"{word} {index}".encode() for index in range(len(self.entries), size)]

    def note(self) -> bytes:
        """The signed checkpoint of what it has."""
        hashes = [leaf_hash(entry) for entry in self.entries]
        return sign_checkpoint(
            Checkpoint(self.origin, len(hashes), root(hashes)), self.key
        ).encode()

    def get(self, path: str) -> bytes:
        """What is served under a path."""
        self.asked.append(path)
        if path in self.lies:
            return self.lies[path]
        if path == CHECKPOINT:
            return self.note()
        tile = TilePath.parse(path)
        if not tile.is_in_tree(len(self.entries)):
            raise SourceFailed("LOG_REFUSES", f"404 {path}")
        if tile.entries:
            return encode_bundle(self.entries[tile.start : tile.end])
        span = 256**tile.level
        parts = (self.entries[at * span : (at + 1) * span] for at in range(tile.start, tile.end))
        return b"".join(root([leaf_hash(entry) for entry in part]) for part in parts)
