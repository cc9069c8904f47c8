"""An audit's own view of entries, built again from the stored bytes. Plain values, no database.

`examine` looks at one entry by itself: bytes, signature, the columns beside them. Nothing in it
depends on another entry but the registry, so that many can be examined at once, in any process.
`StreamCheck` then follows what was examined through one stream: numbers, links, nonces, files.
Nothing raises here; whatever does not fit becomes a finding.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.keys import Signatures
from ledger.core.merkle import leaf_hash
from ledger.core.registry import KeyHolder, Registry
from ledger.core.registry_acts import STREAM

REGISTRY_ID = stream_id(STREAM)
UNKNOWN = -1
"""How many outputs an entry has made that is lost, or can not be read."""
NOT_LOGGED = 1 << 52
"""What is not logged yet comes after all that is: its index is this and its number."""
LOST = -1
"""The index of an entry that is neither logged nor waiting for it."""
_CHANCES = 1 << 64
Output = tuple[str, int]
"""An output by the id of its entry and its number."""


@dataclass(frozen=True)
class AuditFinding:
    """One thing that is wrong. `about` names an entry by its id, or `index 17` or `tile 0/3`."""

    code: str
    about: str
    message: str
    stream_id: UUID | None = None


class StoredRow(NamedTuple):
    """An entry with its leaf, as stored. `index` is None while it waits for its place, or LOST."""

    index: int | None  # type: ignore[assignment]  # the word hides tuple.index, which none asks
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


@dataclass(frozen=True)
class Opinions:
    """Who checks signatures: `first` all of them, `second` a `share` of them (from 0 to 1).

    Which ones that is follows from the `seed`: the same seed chooses the same entries again, and
    who does not know it can not tell which will be chosen.
    """

    first: Signatures
    second: Signatures | None = None
    share: float = 1.0
    seed: str = ""

    def asks_again(self, entry_id: str) -> bool:
        """Whether the second is to look at this entry."""
        if self.second is None or self.share >= 1:
            return self.second is not None
        drawn = blake2b(entry_id.encode(), key=self.seed.encode()[:64], digest_size=8).digest()
        return int.from_bytes(drawn) < self.share * _CHANCES


class Examined(NamedTuple):
    """What an entry's own bytes say, for those who follow its stream.

    `consumes` is None when the bytes can not be read; `nonce` is with the key's name before it.
    """

    faults: tuple[tuple[str, str], ...]
    consumes: tuple[Output, ...] | None = None
    creates: int = UNKNOWN
    nonce: bytes = b""
    attachments: tuple[tuple[str, str, int], ...] = ()
    asked_again: bool = False
    seen: tuple[int, bytes] | None = None
    """Size and root of the log that the signer had seen."""

    def with_fault(self, code: str, message: str) -> "Examined":
        """Return it with one more fault, unless it has that already."""
        if any(code == known for known, _ in self.faults):
            return self
        return self._replace(faults=(*self.faults, (code, message)))


_MISSING = Examined((("ENTRY_MISSING", "The entry was accepted and is not there any more."),))


def examine(row: StoredRow, registry: Registry, opinions: Opinions, origin: str) -> Examined:
    """Examine one entry by itself; `registry` is the last one, `origin` names the log."""
    if row.entry_number is None:
        return _MISSING
    faults: list[tuple[str, str]] = []
    if row.index == LOST:
        message = "The entry was accepted, is not logged and does not wait for it."
        faults.append(("ENTRY_NOT_LOGGED", message))
    entry = _read(row, faults)
    if entry is None:
        return Examined(tuple(faults))
    holder = _check_signer(row, entry, registry, opinions.first, faults)
    asked = holder is not None and opinions.asks_again(row.entry_id)
    if asked and opinions.second and holder:
        _ask_again(row, entry, registry, opinions.second, faults)
    _check_columns(row, entry, holder, faults)
    if entry.statement.log != origin:
        faults.append(("LOG_MISMATCH", f"The entry is meant for log '{entry.statement.log}'."))
    statement = entry.statement
    return Examined(
        tuple(faults),
        tuple((ref.entry_id, ref.n) for ref in statement.consumes),
        statement.creates,
        entry.envelope.kid.encode() + statement.nonce,
        tuple((one.sha256, one.media, one.bytes) for one in statement.attachments),
        asked,
        (statement.seen.size, statement.seen.root),
    )


def is_logged(row: StoredRow) -> bool:
    """Say whether the entry has its place in the log."""
    return row.index is not None and row.index != LOST


def place(row: StoredRow) -> int:
    """Return the index by which keys are judged."""
    return NOT_LOGGED + row.number if row.index is None or row.index == LOST else row.index


def _read(row: StoredRow, faults: list[tuple[str, str]]) -> Entry | None:
    """Return the entry that the stored bytes are, when they are what the log has."""
    if row.index != LOST and leaf_hash(row.jws) != row.leaf:
        word = "logged" if is_logged(row) else "accepted"
        faults.append(("ENTRY_CHANGED", f"The stored bytes are not those that were {word}."))
        return None
    text = row.jws.decode("ascii", "replace")
    try:
        entry = Entry.parse(text)
    except LedgerError as fault:
        faults.append(("ENTRY_MALFORMED", f"The stored bytes are no entry: {fault.message}"))
        return None
    if entry.entry_id != row.entry_id:
        faults.append(("ENTRY_CHANGED", f"The stored bytes are those of entry {entry.entry_id}."))
        return None
    if row.disclosures:
        _check_disclosures(row, text, faults)
    return entry


def _check_disclosures(row: StoredRow, text: str, faults: list[tuple[str, str]]) -> None:
    """Disclosures stand beside what was signed: they open its sealed members, or are wrong."""
    try:
        Entry.parse("~".join((text, *row.disclosures, "")))
    except LedgerError as fault:
        faults.append(("DISCLOSURE_CHANGED", fault.message))


def _check_signer(
    row: StoredRow,
    entry: Entry,
    registry: Registry,
    signatures: Signatures,
    faults: list[tuple[str, str]],
) -> KeyHolder | None:
    try:
        return registry.authenticate(entry, place(row), signatures)
    except LedgerError as fault:
        faults.append((fault.code, fault.message))
        return None


def _ask_again(
    row: StoredRow,
    entry: Entry,
    registry: Registry,
    second: Signatures,
    faults: list[tuple[str, str]],
) -> None:
    """Whether the other library takes the signature, and those of whoever countersigned."""
    try:
        registry.authenticate(entry, place(row), second)
    except LedgerError:
        faults.append(("SECOND_OPINION_DIFFERS", "The second opinion refuses the signature."))


def _check_columns(
    row: StoredRow, entry: Entry, holder: KeyHolder | None, faults: list[tuple[str, str]]
) -> None:
    statement = entry.statement
    party = row.party if holder is None else holder.party
    stored = (row.entry_number, row.kid, row.party, row.type, row.at, row.nonce, row.creates,
              row.stream_id)  # fmt: skip
    signed = (row.number, entry.envelope.kid, party, statement.type, statement.at, statement.nonce,
              statement.creates, stream_id(statement.stream))  # fmt: skip
    if stored != signed:
        names = ("number", "kid", "party", "type", "at", "nonce", "creates", "stream")
        differing = [n for n, one, two in zip(names, stored, signed, strict=True) if one != two]
        message = f"Columns differ from what was signed: {', '.join(differing)}."
        faults.append(("COLUMNS_CHANGED", message))


@dataclass(frozen=True)
class StoredStream:
    """What the tables say about one stream beside its entries. `name` is None without a row."""

    stream_id: UUID
    name: str | None
    count: int
    uses: Mapping[Output, str] = field(default_factory=dict)
    """Output → the entry that has used it up."""
    attachments: Sequence[tuple[str, str, str, int, bool]] = ()
    """Entry, hash, media type, size, and whether the content (where there is one) has that hash."""


class Part(NamedTuple):
    """Some entries of one stream, in the order of their numbers. `is_last`: no more will come."""

    stream: StoredStream
    rows: list[StoredRow]
    is_last: bool


class StreamCheck:
    """Follows one stream by the numbers of its entries; what it keeps is forgotten with it."""

    def __init__(
        self, stream: StoredStream, nonces: Mapping[bytes, StoredRow] | None = None
    ) -> None:
        self.findings: list[AuditFinding] = []
        self._stream = stream
        self._registry_nonces = nonces or {}
        self._made: dict[str, int] = {}
        self._unreadable: set[str] = set()
        self._used: dict[Output, str] = {}
        self._files: dict[tuple[str, str], tuple[str, int]] = {}
        self._nonces: set[bytes] = set()
        self._entries = self._next = 0
        self._last_index = -1

    def follow(self, row: StoredRow, examined: Examined) -> None:
        """Take the next entry."""
        for code, message in examined.faults:
            self._find(row, code, message)
        self._check_number(row)
        if examined.consumes is None:
            self._unreadable.add(row.entry_id)
        else:
            self._check_nonce(row, examined.nonce)
            for output in examined.consumes:
                self._check_use(row, output)
            for digest, media, size in examined.attachments:
                self._files[row.entry_id, digest] = (media, size)
        self._made[row.entry_id] = examined.creates

    def finish(self) -> list[AuditFinding]:
        """Hold the stream's other tables against what its entries say; return all that is wrong."""
        self._check_count()
        self._compare_uses()
        self._compare_files()
        return self.findings

    def _note(self, code: str, about: str, message: str) -> None:
        text = f"{message} ({self._stream.name or self._stream.stream_id})"
        self.findings.append(AuditFinding(code, about, text, self._stream.stream_id))

    def _find(self, row: StoredRow, code: str, message: str) -> None:
        where = f"index {row.index}" if is_logged(row) else "not logged"
        name = self._stream.name or row.stream_id
        text = f"{message} (entry {row.entry_id}, {where}, {name})"
        self.findings.append(AuditFinding(code, row.entry_id, text, row.stream_id))

    def _check_number(self, row: StoredRow) -> None:
        if row.number != self._next:
            message = f"The stream goes on with number {row.number} instead of {self._next}."
            self._find(row, "NUMBER_GAP", message)
        elif is_logged(row) and place(row) <= self._last_index:
            self._find(row, "NUMBER_GAP", "It stands in the log before an entry that it follows.")
        self._next = row.number + 1
        self._last_index = place(row) if is_logged(row) else self._last_index
        self._entries += row.entry_number is not None

    def _check_nonce(self, row: StoredRow, nonce: bytes) -> None:
        """In streams that no evidence shows together it does no harm: appending allows it.

        Evidence shows a stream with the registry; of the two, the later one has used it again.
        """
        message = "The key has signed another entry with this nonce."
        other = self._registry_nonces.get(nonce)
        if nonce in self._nonces:
            self._find(row, "NONCE_REUSED", message)
        elif other is not None:
            self._find(max(row, other, key=place), "NONCE_REUSED", message)
        self._nonces.add(nonce)

    def _check_use(self, row: StoredRow, output: Output) -> None:
        made = self._made.get(output[0], 0)
        if made != UNKNOWN and output[1] >= made:
            message = f"No entry before makes the output {_ref(output)}."
            self._find(row, "OUTPUT_UNKNOWN", message)
        before = self._used.setdefault(output, row.entry_id)
        if before != row.entry_id:
            message = f"Output {_ref(output)} was used up before, by entry {before}."
            self._find(row, "OUTPUT_USED", message)

    def _check_count(self) -> None:
        stream = self._stream
        about = f"stream {stream.name or stream.stream_id}"[:128]
        if stream.name is None or stream_id(stream.name) != stream.stream_id:
            self._note("STREAM_COUNT", about, "The stream does not have the id of its name.")
        elif self._entries != stream.count:
            message = f"The stream has {stream.count} entries, and {self._entries} are there."
            self._note("STREAM_COUNT", about, message)

    def _compare_uses(self) -> None:
        stored = self._stream.uses
        if stored == self._used:
            return
        for output in sorted(stored.keys() | self._used.keys()):
            by, signed = stored.get(output, ""), self._used.get(output, "")
            if by != signed and by not in self._unreadable:
                about = signed or by
                message = f"Output {_ref(output)}: the table says {by or 'unused'}, entries do not."
                self._note("OUTPUT_USE_CHANGED", about, message)

    def _compare_files(self) -> None:
        named = dict(self._files)
        for entry_id, digest, media, size, whole in self._stream.attachments:
            same = named.pop((entry_id, digest), None) == (media, size)
            if not (whole and (same or entry_id in self._unreadable)):
                message = f"The attachment {digest} is not the one that the entry names."
                self._note("ATTACHMENT_CHANGED", entry_id, message)
        for entry_id, digest in named:
            message = f"The attachment {digest} that the entry names is gone."
            self._note("ATTACHMENT_CHANGED", entry_id, message)


def _ref(output: Output) -> str:
    return f"{output[0]}#{output[1]}"
