"""The audit: everything recomputed from the stored bytes, nothing believed.

Entries, leaves, tiles, checkpoints, links and the registry are followed in the order of the log,
in one snapshot of the database, in chunks. What the audit keeps in memory grows with the log: some
300 bytes for each entry.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ledger import alarms, audit_rows, checkpoint_file
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError
from ledger.core.keys import Signatures
from ledger.core.merkle import HASH_BYTES
from ledger.core.policy import Policy
from ledger.core.registry import Registry
from ledger.core.tiled_tree import WIDTH, Place, split
from ledger.models import AuditRun
from ledger.recomputing import AuditFinding, EntryCheck, StoredRow, TreeCheck
from ledger.tiles import read_tiles

CHUNK = 2_000
ALARMS_MAX = 100


@dataclass(frozen=True)
class Opinions:
    """Who checks signatures: `first` all of them; `second` each entry that `every` divides."""

    first: Signatures
    second: Signatures | None = None
    every: int = 1


@dataclass(frozen=True)
class Audit:
    """What an audit found. `size` is the number of leaves that were followed."""

    findings: tuple[AuditFinding, ...]
    entries: int
    size: int
    second_opinions: int

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def audit(opinions: Opinions, *, policy: Policy, file: Path) -> Audit:
    """Recompute everything; `file` is the checkpoint kept outside the database. Only reads.

    Codes: those of the ledger's refusals for what should have been refused, and ENTRY_MISSING,
    ENTRY_CHANGED, ENTRY_MALFORMED, ENTRY_NOT_LOGGED, DISCLOSURE_CHANGED, COLUMNS_CHANGED,
    NUMBER_GAP, STREAM_COUNT, LEAF_MISSING, TREE_CHANGED, CHECKPOINT_WRONG, CHECKPOINT_MISSING,
    CHECKPOINT_FORKED, CHECKPOINT_FILE_BEHIND, DATABASE_BEHIND, OUTPUT_USE_CHANGED,
    ATTACHMENT_CHANGED, REGISTRY_CHANGED, SECOND_OPINION_DIFFERS.
    """
    work = _Audit(opinions, policy)
    work.read_file(file)
    with _snapshot():
        work.follow_log()
        work.follow_inbox()
        work.check_streams()
        work.check_uses()
        work.check_attachments()
        work.check_registry()
    entries = work.entries
    return Audit(
        findings=tuple(work.findings),
        entries=entries.entries,
        size=work.tree.size,
        second_opinions=entries.second_opinions,
    )


def run(
    opinions: Opinions, *, policy: Policy, file: Path, clock: Callable[[], datetime]
) -> tuple[Audit, AuditRun]:
    """Audit, keep the run, raise an alarm for each finding and clear those that are whole again."""
    started_at = clock()
    result = audit(opinions, policy=policy, file=file)
    at = clock()
    _settle_alarms(result, at)
    kept = AuditRun.objects.create(
        started_at=started_at,
        finished_at=at,
        size=result.size,
        entries=result.entries,
        second_opinions=result.second_opinions,
        findings=[
            {"code": one.code, "about": one.about, "message": one.message}
            for one in result.findings[:CHUNK]
        ],
        whole=result.clean,
    )
    return result, kept


def last_run() -> AuditRun | None:
    """The audit that began last; None before the first."""
    return AuditRun.objects.order_by("-started_at").first()


def _settle_alarms(result: Audit, at: datetime) -> None:
    for one in result.findings[:ALARMS_MAX]:
        alarms.raise_alarm(
            code=one.code, about=one.about, message=one.message, at=at, stream=one.stream_id
        )
    alarms.clear(at=at, but={(one.code, one.about) for one in result.findings})


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, while others append and log."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Audit:
    """One audit at work."""

    def __init__(self, opinions: Opinions, policy: Policy) -> None:
        self.findings: list[AuditFinding] = []
        self.entries = EntryCheck(
            registry=Registry.start(policy.authorities),
            origin=policy.log.name,
            first=opinions.first,
            second=opinions.second,
            every=opinions.every,
            findings=self.findings,
        )
        self.tree = TreeCheck(self._tile, self.findings.append)
        self._tiles: dict[Place, bytes] = {}
        self._vkey = policy.log
        self._first = opinions.first
        self._file: Checkpoint | None = None

    def find(self, code: str, about: str, message: str, stream: UUID | None = None) -> None:
        """Note a finding that is not about one entry's content."""
        self.findings.append(AuditFinding(code, about, message, stream))

    # --- the checkpoint outside the database ------------------------------------------------------

    def read_file(self, path: Path) -> None:
        """Read the file while no sequencer can move it, and see that the table has the same."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM ledger_sequencerlease FOR SHARE")
            note = checkpoint_file.read(path)
            cursor.execute("SELECT size, root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
            newest = cursor.fetchone()
        self._file = None if note is None else self._open(note, "the checkpoint in the file")
        if self._file is None:
            if newest:
                message = f"{path} does not hold the newest checkpoint, of size {newest[0]}."
                self.find("CHECKPOINT_FILE_BEHIND", "", message)
            return
        self._compare_file(self._file, newest)

    def _compare_file(self, file: Checkpoint, newest: tuple[int, Any] | None) -> None:
        size = newest[0] if newest else 0
        if size < file.size:
            message = f"A checkpoint of size {file.size} was signed and is not in the table."
            self.find("CHECKPOINT_MISSING", f"checkpoint {file.size}", message)
        elif size > file.size:
            message = f"The file has size {file.size}, the table {size}."
            self.find("CHECKPOINT_FILE_BEHIND", "", message)
        elif newest and bytes(newest[1]) != file.root:
            message = f"Two different checkpoints of size {size} were signed."
            self.find("CHECKPOINT_FORKED", f"checkpoint {size}", message)

    def _open(self, note: str, what: str, about: str = "") -> Checkpoint | None:
        try:
            return open_checkpoint(note, self._vkey, self._first)
        except LedgerError as fault:
            message = f"{what.capitalize()} is not the log's: {fault.message}"
            self.find("CHECKPOINT_WRONG", about, message)
            return None

    # --- entries, leaves, tiles, checkpoints ------------------------------------------------------

    def follow_log(self) -> None:
        """Follow the leaves from index 0 on, and the checkpoints over them."""
        checkpoints = iter([*audit_rows.checkpoints(), None])
        coming, previous = next(checkpoints), 0
        for row in self._leaves():
            self._fill_gap(row.index or 0)
            self.entries.check(row)
            self.tree.push(row.leaf)
            while coming and coming[0] <= self.tree.size:
                previous = self._check_checkpoint(coming, previous)
                coming = next(checkpoints)
        self._check_end(coming)

    def _leaves(self) -> Iterator[StoredRow]:
        start, last = 0, audit_rows.last_index()
        while start <= last:
            tiles = range(start // WIDTH, (start + CHUNK) // WIDTH + 1)
            self._tiles |= read_tiles([(0, number) for number in tiles])
            yield from audit_rows.leaves(start, start + CHUNK)
            start += CHUNK

    def _tile(self, place: Place) -> bytes:
        if place not in self._tiles:
            self._tiles |= read_tiles([place])
        return self._tiles.pop(place, b"")

    def _fill_gap(self, index: int) -> None:
        """Go on over leaves that are not there with what the tiles say about them."""
        while self.tree.size < index:
            missing = self.tree.size
            message = f"There is no leaf {missing}: an entry that was logged is gone."
            self.find("LEAF_MISSING", f"index {missing}", message)
            self.tree.push(_leaf_in_tile(missing))

    def _check_checkpoint(self, row: tuple[int, int, bytes, str], previous: int) -> int:
        size, follows, root, note = row
        about = f"checkpoint {size}"
        if follows != previous:
            message = f"Before the checkpoint of size {size} stood one of size {follows}."
            self.find("CHECKPOINT_MISSING", f"checkpoint {follows}", message)
        signed = self._open(note, f"the checkpoint of size {size}", about)
        if signed and (signed.size, signed.root) != (size, root):
            self.find("CHECKPOINT_WRONG", about, "The row is not what the signed note says.")
        if size != self.tree.size or root != self.tree.root():
            message = f"The leaves do not give the root that was signed at size {size}."
            self.find("CHECKPOINT_WRONG", about, message)
        return size

    def _check_end(self, beyond: tuple[int, int, bytes, str] | None) -> None:
        size = self.tree.size
        signed = max(beyond[0] if beyond else 0, self._file.size if self._file else 0)
        if size < signed:
            message = f"A checkpoint of size {signed} was signed; {size} leaves are there."
            self.find("DATABASE_BEHIND", "", message)
        expected = self.tree.finish()
        stored = audit_rows.tiles()
        if stored != expected:
            message = f"There are {stored} tiles; {size} leaves have {expected}."
            self.find("TREE_CHANGED", "tiles", message)

    # --- what is accepted and not logged ----------------------------------------------------------

    def follow_inbox(self) -> None:
        """Check the entries that wait, and look for such that do not even wait."""
        for row in audit_rows.waiting():
            self.entries.check(row)
        for entry_id, stream in audit_rows.lost():
            message = f"Entry {entry_id} was accepted, is not logged and does not wait for it."
            self.find("ENTRY_NOT_LOGGED", entry_id, message, stream)

    def check_streams(self) -> None:
        """Hold each stream's count against its entries, and its name against its id."""
        for identity, name, count, found in audit_rows.miscounted():
            message = f"Stream '{name}' has {count} entries, and {found} are there."
            self.find("STREAM_COUNT", _about_stream(name), message, identity)
        for identity, name in audit_rows.streams():
            if stream_id(name) != identity:
                message = f"Stream '{name}' does not have the id of its name."
                self.find("STREAM_COUNT", _about_stream(name), message, identity)

    # --- tables that repeat what entries say ------------------------------------------------------

    def check_uses(self) -> None:
        """Hold the table of used outputs against what the entries use up."""
        stored: dict[str, tuple[str, UUID | None]] = {}
        for stream, source, output, by in audit_rows.uses():
            stored[f"{source}#{output}"] = (by, stream)
        signed = {str(ref): by for ref, by in self.entries.used.items()}
        for ref in sorted(stored.keys() | signed.keys()):
            by, where = stored.get(ref, ("", None))
            if by != signed.get(ref, ""):
                about = signed.get(ref, by)
                message = f"Output {ref}: the table says {by or 'unused'}, the entries otherwise."
                self.find("OUTPUT_USE_CHANGED", about, message, where)

    def check_attachments(self) -> None:
        """Hold the files against their hashes and against the entries that name them."""
        named = dict(self.entries.attachments)
        for stream, entry_id, digest, media, size, content in audit_rows.attachments():
            same = named.pop((entry_id, digest), None) == (media, size)
            whole = content is None or sha256(bytes(content)).hexdigest() == digest
            if not (same and whole):
                message = f"The attachment {digest} is not the one that the entry names."
                self.find("ATTACHMENT_CHANGED", entry_id, message, stream)
        for entry_id, digest in named:
            message = f"The attachment {digest} that the entry names is gone."
            self.find("ATTACHMENT_CHANGED", entry_id, message)

    def check_registry(self) -> None:
        """Hold the tables of parties and keys against the registry that the entries give."""
        registry = self.entries.registry
        parties = {name: dict(party.profile) for name, party in registry.parties.items()}
        keys = {
            kid: (key.public.x, key.public.y, key.party, key.custody, key.revoked is not None)
            for kid, key in registry.keys.items()
        }
        self._compare_tables("party", parties, audit_rows.parties())
        self._compare_tables("key", keys, audit_rows.keys())

    def _compare_tables(self, what: str, signed: dict[str, Any], stored: dict[str, Any]) -> None:
        for name in sorted(signed.keys() | stored.keys()):
            if signed.get(name) != stored.get(name):
                message = f"The table's {what} '{name}' is not what the registry says."
                self.find("REGISTRY_CHANGED", f"{what} {name}"[:128], message)


def _about_stream(name: str) -> str:
    return f"stream {name}"[:128]


def _leaf_in_tile(index: int) -> bytes:
    """Return what the tile has at this index: the best guess at a leaf that is gone."""
    place = (0, index // WIDTH)
    hashes = split(read_tiles([place]).get(place, b""))
    return hashes[index % WIDTH] if index % WIDTH < len(hashes) else bytes(HASH_BYTES)
