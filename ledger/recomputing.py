"""An audit's own view of the log, built again from the stored bytes, entry after entry.

`EntryCheck` follows the entries in the order of their indices: their bytes, their signatures, the
registry as it grows, links, nonces, numbers. `TreeCheck` follows their hashes: tiles, roots.
Nothing raises here; whatever does not fit becomes a finding.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.keys import Signatures
from ledger.core.links import OutputRef
from ledger.core.merkle import Frontier, leaf_hash, root
from ledger.core.registry import KeyHolder, Registry
from ledger.core.registry_acts import STREAM
from ledger.core.tiled_tree import WIDTH, Place

_REGISTRY_ID = stream_id(STREAM)
UNKNOWN = -1
"""How many outputs an entry has made that is lost."""


@dataclass(frozen=True)
class AuditFinding:
    """One thing that is wrong. `about` names an entry by its id, or `index 17` or `tile 0/3`."""

    code: str
    about: str
    message: str
    stream_id: UUID | None = None


@dataclass(frozen=True)
class StoredRow:
    """An entry with its leaf, as stored. `index` is None while the entry waits for its place."""

    index: int | None
    stream_id: UUID
    number: int
    entry_id: str
    leaf: bytes
    entry_number: int | None
    """The entry's own number; None when there is no such entry."""
    kid: str
    party: str
    type: str
    at: datetime | None
    nonce: bytes
    creates: int
    jws: bytes
    disclosures: Collection[str]


@dataclass
class EntryCheck:
    """Checks entries one after another. Ids are kept as bytes: an audit remembers all of them."""

    registry: Registry
    origin: str
    first: Signatures
    second: Signatures | None = None
    every: int = 1
    """The second opinion is asked about each entry whose index this number divides."""
    findings: list[AuditFinding] = field(default_factory=list)
    entries: int = 0
    second_opinions: int = 0
    used: dict[OutputRef, str] = field(default_factory=dict)
    attachments: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    _made: dict[bytes, tuple[UUID, int]] = field(default_factory=dict)
    _nonces: dict[bytes, UUID] = field(default_factory=dict)
    _elsewhere: set[tuple[bytes, UUID]] = field(default_factory=set)
    _numbers: dict[UUID, int] = field(default_factory=dict)

    def check(self, row: StoredRow) -> None:
        """Check the next entry."""
        self._check_number(row)
        if row.entry_number is None:
            self._find(row, "ENTRY_MISSING", "The entry was accepted and is not there any more.")
            self._made[bytes.fromhex(row.entry_id)] = (row.stream_id, UNKNOWN)
            return
        self.entries += 1
        entry = self._read(row)
        if entry is None:
            self._made[bytes.fromhex(row.entry_id)] = (row.stream_id, row.creates)
            return
        holder = self._check_signer(row, entry)
        self._check_columns(row, entry, holder)
        self._check_links(row, entry)
        self._made[bytes.fromhex(row.entry_id)] = (row.stream_id, entry.statement.creates)

    def _find(self, row: StoredRow, code: str, message: str) -> None:
        place = "not logged" if row.index is None else f"index {row.index}"
        text = f"{message} (entry {row.entry_id}, {place})"
        self.findings.append(AuditFinding(code, row.entry_id, text, row.stream_id))

    def _check_number(self, row: StoredRow) -> None:
        expected = self._numbers.get(row.stream_id, 0)
        if row.number != expected:
            message = f"The stream goes on with number {row.number} instead of {expected}."
            self._find(row, "NUMBER_GAP", message)
        self._numbers[row.stream_id] = row.number + 1

    def _read(self, row: StoredRow) -> Entry | None:
        """Return the entry that the stored bytes are, when they are what the log has."""
        if row.index is not None and leaf_hash(row.jws) != row.leaf:
            self._find(row, "ENTRY_CHANGED", "The stored bytes are not those that were logged.")
            return None
        text = row.jws.decode("ascii", "replace")
        try:
            entry = Entry.parse(text)
        except LedgerError as fault:
            self._find(row, "ENTRY_MALFORMED", f"The stored bytes are no entry: {fault.message}")
            return None
        if entry.entry_id != row.entry_id:
            message = f"The stored bytes are those of entry {entry.entry_id}."
            self._find(row, "ENTRY_CHANGED", message)
            return None
        if row.disclosures:
            self._check_disclosures(row, text)
        return entry

    def _check_disclosures(self, row: StoredRow, text: str) -> None:
        """Disclosures stand beside what was signed: they open its sealed members, or are wrong."""
        try:
            Entry.parse("~".join((text, *row.disclosures, "")))
        except LedgerError as fault:
            self._find(row, "DISCLOSURE_CHANGED", fault.message)

    def _check_signer(self, row: StoredRow, entry: Entry) -> KeyHolder | None:
        index = self._index(row)
        try:
            holder = self.registry.authenticate(entry, index, self.first)
            if entry.statement.type.startswith("registry."):
                self.registry = self.registry.apply(entry, index, self.first)
        except LedgerError as fault:
            self._find(row, fault.code, fault.message)
            return None
        self._ask_again(row, entry, holder, index)
        return holder

    def _index(self, row: StoredRow) -> int:
        """Return the index; what is not logged yet comes after all that is."""
        return self.entries + (1 << 52) if row.index is None else row.index

    def _ask_again(self, row: StoredRow, entry: Entry, holder: KeyHolder, index: int) -> None:
        if self.second is None or index % self.every:
            return
        self.second_opinions += 1
        envelope = entry.envelope
        if not self.second.es256(holder.key, envelope.signing_input, envelope.signature):
            message = "The second opinion does not accept the signature."
            self._find(row, "SECOND_OPINION_DIFFERS", message)

    def _check_columns(self, row: StoredRow, entry: Entry, holder: KeyHolder | None) -> None:
        statement = entry.statement
        differing = [
            name
            for name, same in (
                ("number", row.entry_number == row.number),
                ("kid", row.kid == entry.envelope.kid),
                ("party", holder is None or row.party == holder.party),
                ("type", row.type == statement.type),
                ("at", row.at == statement.at),
                ("nonce", row.nonce == statement.nonce),
                ("creates", row.creates == statement.creates),
                ("stream", row.stream_id == stream_id(statement.stream)),
            )
            if not same
        ]
        if differing:
            message = f"Columns differ from what was signed: {', '.join(differing)}."
            self._find(row, "COLUMNS_CHANGED", message)
        if statement.log != self.origin:
            self._find(row, "LOG_MISMATCH", f"The entry is meant for log '{statement.log}'.")

    def _check_links(self, row: StoredRow, entry: Entry) -> None:
        if self._is_reused(entry.envelope.kid.encode() + entry.statement.nonce, row.stream_id):
            self._find(row, "NONCE_REUSED", "The key has signed another entry with this nonce.")
        for ref in entry.statement.consumes:
            self._check_use(row, ref)
        for one in entry.statement.attachments:
            self.attachments[row.entry_id, one.sha256] = (one.media, one.bytes)

    def _is_reused(self, nonce: bytes, stream: UUID) -> bool:
        """Whether the nonce, of one key, came before in this stream, or in it and the registry.

        In streams that no evidence shows together it does no harm: appending allows it.
        """
        first = self._nonces.get(nonce)
        if first is None:
            self._nonces[nonce] = stream
            return False
        again = (nonce, stream)
        if first == stream or again in self._elsewhere or _REGISTRY_ID in (first, stream):
            return True
        self._elsewhere.add(again)
        return False

    def _check_use(self, row: StoredRow, ref: OutputRef) -> None:
        stream, made = self._made.get(bytes.fromhex(ref.entry_id), (None, 0))
        if stream != row.stream_id or (made != UNKNOWN and ref.n >= made):
            self._find(row, "OUTPUT_UNKNOWN", f"No entry before makes the output {ref}.")
        if ref in self.used:
            message = f"Output {ref} was used up before, by entry {self.used[ref]}."
            self._find(row, "OUTPUT_USED", message)
        else:
            self.used[ref] = row.entry_id


class TreeCheck:
    """Grows the tree anew and compares each tile with the stored one as it becomes full."""

    def __init__(
        self, stored: Callable[[Place], bytes], find: Callable[[AuditFinding], None]
    ) -> None:
        self._stored = stored
        self._find = find
        self._frontier = Frontier()
        self._last: list[tuple[int, list[bytes]]] = []

    @property
    def size(self) -> int:
        """How many leaves have come."""
        return self._frontier.size

    def root(self) -> bytes:
        """The root over them."""
        return self._frontier.root()

    def push(self, leaf: bytes) -> None:
        """Take the next leaf hash."""
        self._frontier.append(leaf)
        self._push(0, leaf)

    def finish(self) -> int:
        """Compare the last tiles, and return how many tiles there must be."""
        for level, (number, hashes) in enumerate(self._last):
            if hashes:
                self._compare((level, number), hashes)
        return sum(number + bool(hashes) for number, hashes in self._last)

    def _push(self, level: int, node: bytes) -> None:
        if level == len(self._last):
            self._last.append((0, []))
        number, hashes = self._last[level]
        hashes.append(node)
        if len(hashes) == WIDTH:
            self._compare((level, number), hashes)
            self._last[level] = (number + 1, [])
            self._push(level + 1, root(hashes))

    def _compare(self, place: Place, hashes: Iterable[bytes]) -> None:
        if self._stored(place) != b"".join(hashes):
            name = f"tile {place[0]}/{place[1]}"
            message = f"The stored {name} is not the one that the leaves give."
            self._find(AuditFinding("TREE_CHANGED", name, message))
