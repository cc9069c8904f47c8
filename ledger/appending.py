"""Appending: one transaction, one stream.

The stream's row is locked first, then the keys that the entries are signed with (shared; a change
of the registry takes them alone), then everything that the checks need is read: a fixed number of
queries, however many entries come at once. When the transaction has committed, the entries are
*accepted*: durable, their links settled. The sequencer logs them moments later.

Where a synchronous standby is gone, a cancelled COMMIT returns as if all were well, with a warning
only: a door that gives receipts over such a set-up reads the connection's notices first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.backends.utils import CursorWrapper

from ledger import faults, registering
from ledger.core.countersignatures import check_countersignatures, countersigners
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import Conflict, LedgerError, Refused
from ledger.core.index import check_author
from ledger.core.keys import SCALAR_BYTES, PublicKey
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT, leaf_hash
from ledger.core.registry import KeyHolder
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.registry_acts import check_place
from ledger.core.signatures import OPENSSL
from ledger.prepared import Prepared
from ledger.registering import Registrar

CLOCK_SKEW = timedelta(minutes=2)
"""How far an entry may be dated ahead of us: less than verifiers allow, for clocks differ."""
RETRY_AFTER_S = 2
_REGISTRY_ID = stream_id(REGISTRY)
_NO_FILES: Mapping[str, bytes] = {}
_Row = tuple[object, ...]
_Staged = tuple[Entry, str, Mapping[str, bytes]]
"""An entry, its party, and contents of its attachments by their hashes."""


class Overloaded(LedgerError):  # noqa: N818  named as its kin in the core are
    """The inbox is too full: try again after `retry_after_s` seconds. Nothing was changed."""

    retry_after_s = RETRY_AFTER_S


@dataclass(frozen=True)
class _KnownKey:
    holder: KeyHolder
    revoked: bool
    suspended: bool


@dataclass
class _Known:
    """What the database says about the entries of one append; grows as entries are added."""

    count: int = 0
    """How many entries the stream has."""
    waiting: int = 0
    """How many entries wait to be logged, at a guess."""
    creates: dict[str, int] = field(default_factory=dict)
    """Entry id → number of outputs, of the entries themselves and of those they consume."""
    used: dict[OutputRef, str] = field(default_factory=dict)
    nonces: set[tuple[str, bytes]] = field(default_factory=set)
    checkpoints: set[tuple[int, bytes]] = field(default_factory=set)
    keys: dict[str, _KnownKey] = field(default_factory=dict)


def open_stream(stream: str, entries: Sequence[Entry], *, at: datetime) -> "OpenStream":
    """Lock a stream for these entries, inside the caller's `transaction.atomic()`.

    All of them must be about this stream (another one's is refused by `admit`). `at` is the moment
    of acceptance (aware). Raises `Overloaded`. Until the transaction ends, nobody else appends to
    this stream, and no key that the entries are signed with can be revoked, rotated or suspended.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("open_stream belongs inside transaction.atomic().")
    asked = _asked(stream, entries)
    with connection.cursor() as cursor:
        if stream == REGISTRY:
            cursor.execute(_LOCK, asked)
            registrar = registering.open_registrar(cursor, entries)
            cursor.execute(_READ.sql, asked)
        else:  # one journey: each of its statements sees what those before it waited for
            registrar = None
            locks = cursor.mogrify(_LOCK + _LOCK_KEYS, asked).decode()
            cursor.execute(locks + _READ.text(cursor, asked))
        known = _known(cursor.fetchall())
    _refuse_when_full(known.waiting)
    return OpenStream(stream, at, known, registrar)


class OpenStream:
    """A locked stream: ask whether it `knows` an entry, `admit` it, `add` it; then `save` once.

    Entries are taken one after another: admit and add the first before admitting the second, which
    may then use up outputs of the first.
    """

    def __init__(
        self,
        stream: str,
        at: datetime,
        known: _Known,
        registrar: Registrar | None,
    ) -> None:
        self.stream = stream
        self.stream_id = stream_id(stream)
        self._id = str(self.stream_id)  # the driver quotes a text much faster
        self.at = at
        self._number = known.count
        self._known = known
        self._registrar = registrar
        self._staged: list[_Staged] = []

    def knows(self, entry: Entry) -> bool:
        """Say whether the entry is accepted already, be it with another signature or in this batch.

        Its first bytes stay; the answer to its sender is the same as the first time.
        """
        return entry.entry_id in self._known.creates

    def admit(self, entry: Entry) -> KeyHolder:
        """Judge an entry by the ledger's rules, and return who signed it.

        Raises `Refused`: LOG_MISMATCH, STREAM_MISMATCH, STREAM_WRONG, CLOCK_AHEAD, SEEN_UNKNOWN,
        KEY_UNKNOWN, KEY_REVOKED, PARTY_SUSPENDED, SIGNATURE_BAD, COUNTERSIGNATURE_BAD,
        NOT_PERMITTED, OUTPUT_UNKNOWN and, for the registry, what `Registrar.admit` raises.
        `Conflict`: ENTRY_KNOWN, NONCE_REUSED, OUTPUT_USED.
        """
        self._check_place(entry)
        self._check_moment(entry)
        holder = self._authenticate(entry)
        self._check_links(entry)
        return holder

    def add(
        self, entry: Entry, holder: KeyHolder, *, files: Mapping[str, bytes] = _NO_FILES
    ) -> int:
        """Stage an admitted entry and return its number in the stream.

        `files` are contents of its attachments, by SHA-256 in hex.
        """
        self._check_links(entry)
        _check_files(entry, files)
        if self._registrar:
            self._registrar.add(entry)
        self._known.creates[entry.entry_id] = entry.statement.creates
        self._known.used.update(dict.fromkeys(entry.statement.consumes, entry.entry_id))
        self._known.nonces.add((entry.envelope.kid, entry.statement.nonce))
        self._staged.append((entry, holder.party, files))
        return self._number + len(self._staged) - 1

    def save(self, more: str = "") -> None:
        """Write what was added, in one round trip; accepted when the transaction commits.

        `more` is SQL of the caller's own about the same entries, which goes the same journey.
        """
        if not self._staged:
            return
        faults.point("append.checked")
        with connection.cursor() as cursor:
            try:
                cursor.execute(";".join(filter(None, (self._inserts(cursor), more))))
            except IntegrityError as clash:
                # The checks above found nothing under the stream's lock: somebody wrote around it.
                message = "Somebody else wrote the same at once."
                raise Conflict("ENTRY_CLASHES", message) from clash
            if self._registrar:
                self._registrar.save(cursor)
        faults.point("append.saved")
        faults.point_on_commit("append.committed")
        self._staged = []

    def _check_place(self, entry: Entry) -> None:
        statement = entry.statement
        if statement.log != settings.LOG_ORIGIN:
            message = f"The entry is meant for log '{statement.log}', not '{settings.LOG_ORIGIN}'."
            raise Refused("LOG_MISMATCH", message)
        if statement.stream != self.stream:
            message = f"The entry is about '{statement.stream}', not '{self.stream}'."
            raise Refused("STREAM_MISMATCH", message)
        check_place(statement)

    def _check_moment(self, entry: Entry) -> None:
        if entry.statement.at > self.at + CLOCK_SKEW:
            message = f"The entry is dated {entry.statement.at:%Y-%m-%dT%H:%M:%SZ}, ahead of us."
            raise Refused("CLOCK_AHEAD", message)
        seen = entry.statement.seen
        if (seen.size, seen.root) not in self._known.checkpoints:
            message = f"This log has never signed the checkpoint of size {seen.size} that was seen."
            raise Refused("SEEN_UNKNOWN", message)

    def _authenticate(self, entry: Entry) -> KeyHolder:
        if self._registrar:
            return self._registrar.admit(entry)
        envelope = entry.envelope
        holder = self._holder(envelope.kid)
        if not OPENSSL.es256(holder.key, envelope.signing_input, envelope.signature):
            message = f"The signature is not one of key {envelope.kid} over this text."
            raise Refused("SIGNATURE_BAD", message)
        check_countersignatures(entry, self._holder, OPENSSL)
        check_author(entry.statement, holder.party)
        return holder

    def _holder(self, kid: str) -> KeyHolder:
        key = self._known.keys.get(kid)
        if key is None:
            raise Refused("KEY_UNKNOWN", f"No party here has a key {kid}.")
        if key.revoked:
            raise Refused("KEY_REVOKED", f"Key {kid} is revoked.")
        if key.suspended:
            message = f"Party '{key.holder.party}' is suspended."
            raise Refused("PARTY_SUSPENDED", message)
        return key.holder

    def _check_links(self, entry: Entry) -> None:
        if self.knows(entry):
            raise Conflict("ENTRY_KNOWN", f"Entry {entry.entry_id} is accepted already.")
        if (entry.envelope.kid, entry.statement.nonce) in self._known.nonces:
            raise Conflict("NONCE_REUSED", "The key has signed another entry with this nonce.")
        for ref in entry.statement.consumes:
            self._check_unused(ref)

    def _check_unused(self, ref: OutputRef) -> None:
        made = self._known.creates.get(ref.entry_id)
        if made is None or ref.n >= made:
            raise Refused("OUTPUT_UNKNOWN", f"There is no output {ref} in stream '{self.stream}'.")
        by = self._known.used.get(ref)
        if by is not None:
            raise Conflict("OUTPUT_USED", f"Output {ref} is used up already, by entry {by}.")

    def _inserts(self, cursor: CursorWrapper) -> str:
        """Return all INSERTs as one text: one journey to the database instead of five."""
        places = list(enumerate(self._staged, start=self._number))
        self._number += len(places)
        statements = [
            _insert(cursor, _ENTRY, (self._row(number, one) for number, one in places)),
            _insert(cursor, _OUTPUT_USE, self._uses()),
            _insert(cursor, _ATTACHMENT, self._attachments()),
            _insert(cursor, _INBOX, (self._arrival(n, one[0]) for n, one in places)),
            cursor.mogrify(_COUNT, (self._number, self._id)).decode(),
        ]
        return ";".join(filter(None, statements))

    def _row(self, number: int, staged: tuple[Entry, str, Mapping[str, bytes]]) -> _Row:
        entry, party, _ = staged
        statement, envelope = entry.statement, entry.envelope
        return (
            self._id,
            entry.entry_id,
            number,
            envelope.kid,
            party,
            statement.type,
            statement.at,
            self.at,
            statement.nonce,
            statement.creates,
            envelope.jws.encode(),
            list(envelope.disclosures),
            not statement.consumes,
        )

    def _arrival(self, number: int, entry: Entry) -> _Row:
        """The leaf is made of the bytes that came in, before anything else could touch them."""
        return self._id, number, entry.entry_id, leaf_hash(entry.envelope.jws.encode())

    def _uses(self) -> Iterable[_Row]:
        for entry, _, _ in self._staged:
            for ref in entry.statement.consumes:
                yield self._id, ref.entry_id, ref.n, entry.entry_id

    def _attachments(self) -> Iterable[_Row]:
        for entry, _, files in self._staged:
            for one in entry.statement.attachments:
                content = files.get(one.sha256)
                yield self._id, entry.entry_id, one.sha256, one.media, one.bytes, content


_ENTRY = (
    "INSERT INTO ledger_entry (stream_id, entry_id, number, kid, party, type, at, accepted_at,"
    " nonce, creates, jws, disclosures, about_whole) VALUES "
)
_OUTPUT_USE = "INSERT INTO ledger_outputuse (stream_id, source_id, output, used_by) VALUES "
_ATTACHMENT = (
    "INSERT INTO ledger_attachment (stream_id, entry_id, sha256, media, size, content) VALUES "
)
_INBOX = "INSERT INTO ledger_inbox (stream_id, number, entry_id, leaf) VALUES "
_COUNT = "UPDATE ledger_stream SET entries = %s WHERE stream_id = %s"


def _insert(cursor: CursorWrapper, into: str, rows: Iterable[_Row]) -> str:
    """Return an INSERT of these rows, quoted by the driver; empty when there are none."""
    # Places one by one: the driver quotes a tuple as a whole in Python, three times as slowly.
    values = [cursor.mogrify(f"({','.join(['%s'] * len(row))})", row).decode() for row in rows]
    return into + ",".join(values) if values else ""


def _refuse_when_full(waiting: int) -> None:
    if waiting > settings.INBOX_MAX:
        message = f"Some {waiting} entries wait to be logged; at most {settings.INBOX_MAX} may."
        raise Overloaded("OVERLOADED", message)


def _asked(stream: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the entries name: themselves, their parents, their keys, nonces, and what they saw."""
    statements = [entry.statement for entry in entries]
    sources = {ref.entry_id for statement in statements for ref in statement.consumes}
    return {
        "stream": str(stream_id(stream)),
        "name": stream,
        "registry": str(_REGISTRY_ID),
        "registers": stream == REGISTRY,
        "ids": list({entry.entry_id for entry in entries} | sources),
        "sources": list(sources),
        "kids": sorted({kid for entry in entries for kid in _kids(entry)}),
        "signers": [entry.envelope.kid for entry in entries],
        "nonces": [statement.nonce for statement in statements],
        "sizes": list({statement.seen.size for statement in statements}),
    }


def _kids(entry: Entry) -> Iterator[str]:
    yield entry.envelope.kid
    yield from (one.kid for one in countersigners(entry.statement.body))


def _known(rows: Iterable[Sequence[Any]]) -> _Known:
    known = _Known(checkpoints={(0, EMPTY_ROOT)})
    for what, text, count, by, data, words in rows:
        match what:
            case "entry":
                known.creates[text] = count
            case "use":
                known.used[OutputRef(text, count)] = by
            case "nonce":
                known.nonces.add((text, bytes(data)))
            case "count":
                known.count = count
            case "waiting":
                known.waiting = count
            case "key":
                known.keys[text] = _key(by, bytes(data), words, count)
            case _:
                known.checkpoints.add((count, bytes(data)))
    return known


def _key(party: str, point: bytes, words: Sequence[str], flags: int) -> _KnownKey:
    custody, text = words
    key = PublicKey(point[:SCALAR_BYTES], point[SCALAR_BYTES:])
    holder = KeyHolder(key, party, custody, registering.profile(text))
    return _KnownKey(holder, bool(flags & 1), bool(flags & 2))


# The stream is made if need be and locked, then the keys against revocation, by their names.
_LOCK = """
INSERT INTO ledger_stream (stream_id, name, entries) VALUES (%(stream)s, %(name)s, 0)
    ON CONFLICT DO NOTHING;
SELECT FROM ledger_stream WHERE stream_id = %(stream)s FOR UPDATE;
"""
_LOCK_KEYS = """
SELECT FROM ledger_key WHERE kid = ANY(%(kids)s::text[]) ORDER BY kid FOR SHARE;
"""
# It is planned for any values: each question of a table that grows stands in a LATERAL that cannot
# be pulled up (OFFSET 0), as otherwise a plan for lists of unknown length reads whole streams.
_READ = Prepared(
    "ledger_read",
    """
SELECT 'count', '' AS text, entries AS count, '' AS by, ''::bytea AS data, NULL::text[] AS words
    FROM ledger_stream WHERE stream_id = %(stream)s
UNION ALL
SELECT 'key', k.kid, (k.revoked_by <> '{}')::int
        + 2 * (cardinality(p.suspended_by) > cardinality(p.reinstated_by))::int,
    k.party, k.x || k.y,
    ARRAY[k.custody, p.profile::text]
    FROM ledger_key k JOIN ledger_party p ON p.party = k.party
    WHERE NOT %(registers)s AND k.kid = ANY(%(kids)s::text[])
UNION ALL
SELECT 'entry', e.* FROM unnest(%(ids)s::text[]) AS one (id), LATERAL (
    SELECT entry_id, creates, '', ''::bytea, NULL::text[] FROM ledger_entry
    WHERE stream_id = %(stream)s AND entry_id = one.id OFFSET 0) AS e
UNION ALL
SELECT 'use', u.* FROM unnest(%(sources)s::text[]) AS one (id), LATERAL (
    SELECT source_id, output, used_by, ''::bytea, NULL::text[] FROM ledger_outputuse
    WHERE stream_id = %(stream)s AND source_id = one.id OFFSET 0) AS u
UNION ALL
SELECT 'nonce', e.* FROM unnest(%(signers)s::text[], %(nonces)s::bytea[]) AS one (kid, nonce),
    LATERAL (SELECT kid, 0, '', nonce, NULL::text[] FROM ledger_entry
    WHERE stream_id = %(stream)s AND kid = one.kid AND nonce = one.nonce OFFSET 0) AS e
UNION ALL
SELECT 'nonce', e.* FROM unnest(%(signers)s::text[], %(nonces)s::bytea[]) AS one (kid, nonce),
    LATERAL (SELECT kid, 0, '', nonce, NULL::text[] FROM ledger_entry
    WHERE stream_id = %(registry)s AND kid = one.kid AND nonce = one.nonce OFFSET 0) AS e
UNION ALL
SELECT 'nonce', e.kid, 0, '', e.nonce, NULL FROM ledger_key k JOIN ledger_entry e ON e.kid = k.kid
    WHERE %(registers)s AND k.kid = ANY(%(kids)s::text[]) AND e.nonce = ANY(%(nonces)s::bytea[])
UNION ALL
SELECT 'seen', '', size, '', root, NULL FROM ledger_checkpoint
    WHERE size = ANY(%(sizes)s::bigint[])
UNION ALL
SELECT 'waiting', '', last_value - sequenced, '', '', NULL
    FROM ledger_inbox_arrival_seq, ledger_sequencerlease WHERE name = 'log'
""",
)
# Evidence shows a stream together with the registry, so a nonce is used once in both: or a party
# could revoke its key with the nonce of a hand-off, and make the hand-off invalid. To revoke a key
# by itself is rare, and only then all streams are searched.
# What waits is estimated: newest arrival less newest sequenced, without a count. A transaction
# that was rolled back leaves a hole in the arrivals; `inbox.close_holes` closes it.


def _check_files(entry: Entry, files: Mapping[str, bytes]) -> None:
    named = {one.sha256: one.bytes for one in entry.statement.attachments}
    for digest, content in files.items():
        if named.get(digest) != len(content) or sha256(content).hexdigest() != digest:
            message = f"The file {digest} is not the attachment that the entry names."
            raise Refused("ATTACHMENT_WRONG", message)
