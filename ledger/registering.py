"""The registry's side of an append: its rules for new entries, and its tables.

`ledger.core.registry` decides; the Party and Key rows say what it decided so far, so that nobody
replays the log to append to it. An audit replays, and compares.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from ledger import signers
from ledger.core.canonical import Json
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.keys import PublicKey
from ledger.core.registry import Key, KeyHolder, Party, Registry
from ledger.core.registry_acts import AddKey, AdmitParty, RevokeKey, read_act
from ledger.core.signatures import OPENSSL

BEFORE_ALL = -1
"""Index of what the registry has already: below that of any new entry."""


class Registrar:
    """Judges registry entries one after another, and writes what they change.

    `index` is not above the index that the next entry will have in the log: the size of the tree.
    """

    def __init__(self, registry: Registry, index: int) -> None:
        self._registry = registry
        self._index = index
        self._added: list[Entry] = []

    def admit(self, entry: Entry) -> KeyHolder:
        """Return who signed; raises as `Registry.apply` does."""
        self._after(entry)
        return self._registry.author(entry.envelope.kid, self._index)

    def add(self, entry: Entry) -> None:
        """Take the entry into the registry."""
        self._registry = self._after(entry)
        self._added.append(entry)
        self._index += 1

    def save(self, cursor: CursorWrapper) -> None:
        """Write the rows that the added entries change."""
        for entry in self._added:
            _save(cursor, entry)

    def _after(self, entry: Entry) -> Registry:
        return self._registry.apply(entry, self._index, OPENSSL)


def open_registrar(cursor: CursorWrapper, entries: Sequence[Entry]) -> Registrar:
    """Lock the keys that these entries are about or signed with, and read them and their parties.

    Whoever appends with such a key holds it shared until its own commit: so what it appends comes
    before a revocation in the log, or is refused after it.
    """
    kids, names = _mentioned(entries)
    size = _size(cursor)
    keys = _read_keys(cursor, sorted(kids), size)
    parties = _read_parties(cursor, sorted(names | {key.party for key in keys.values()}))
    start = Registry.start(signers.policy().authorities)
    return Registrar(Registry(start.authorities, parties, keys), size)


def _mentioned(entries: Sequence[Entry]) -> tuple[set[str], set[str]]:
    """Return the keys and the parties that these entries name."""
    kids, names = {entry.envelope.kid for entry in entries}, set()
    for entry in entries:
        try:
            act = read_act(entry.statement)
        except LedgerError:
            continue  # refused when its turn comes
        if isinstance(act, RevokeKey):
            kids.add(act.kid)
        else:
            names.add(act.party)
        if isinstance(act, AddKey):
            kids.add(act.key.kid)
    return kids, names


def _size(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT coalesce(max(index), -1) + 1 FROM ledger_leaf")
    return int(_one(cursor)[0])


def _read_keys(cursor: CursorWrapper, kids: list[str], size: int) -> dict[str, Key]:
    cursor.execute(
        "SELECT kid, x, y, party, custody, revoked_by, revoked_from FROM ledger_key"
        " WHERE kid = ANY(%s::text[]) ORDER BY kid FOR UPDATE",
        [kids],
    )
    rows = cursor.fetchall()
    logged = _indices(cursor, [row[5][0] for row in rows if row[5]])
    return {
        kid: Key(
            public=PublicKey(bytes(x), bytes(y)),
            party=party,
            custody=custody,
            added=BEFORE_ALL,
            revoked=_revoked(by, start, logged, size),
        )
        for kid, x, y, party, custody, by, start in rows
    }


def _indices(cursor: CursorWrapper, entry_ids: list[str]) -> dict[str, int]:
    cursor.execute(
        "SELECT entry_id, index FROM ledger_leaf WHERE entry_id = ANY(%s::text[])", [entry_ids]
    )
    return dict(cursor.fetchall())


def _revoked(by: list[str], start: int | None, logged: dict[str, int], size: int) -> int | None:
    """Return the first index at which a key is not valid; one not yet logged comes next."""
    if not by:
        return None
    return logged.get(by[0], size) if start is None else start


def _read_parties(cursor: CursorWrapper, names: list[str]) -> dict[str, Party]:
    cursor.execute("SELECT party, profile FROM ledger_party WHERE party = ANY(%s::text[])", [names])
    return {name: Party(profile(text), BEFORE_ALL) for name, text in cursor.fetchall()}


def profile(text: str) -> dict[str, Json]:
    """Return the profile of a party from its column, which raw cursors give as text."""
    return dict(json.loads(text))  # noqa: TID251  our own column, written from canonical bytes


def _save(cursor: CursorWrapper, entry: Entry) -> None:
    act = read_act(entry.statement)
    if isinstance(act, AdmitParty):
        cursor.execute(
            "INSERT INTO ledger_party (party, profile, admitted_by) VALUES (%s, %s::jsonb, %s)",
            [act.party, json.dumps(act.profile), entry.entry_id],
        )
    elif isinstance(act, AddKey):
        cursor.execute(
            "INSERT INTO ledger_key (kid, party, x, y, custody, added_by, revoked_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, '{}')",
            [act.key.kid, act.party, act.key.x, act.key.y, act.custody, entry.entry_id],
        )
    else:
        cursor.execute(
            "UPDATE ledger_key SET revoked_by = revoked_by || ARRAY[%s]::varchar[],"
            " revoked_from = %s WHERE kid = %s",
            [entry.entry_id, act.from_index, act.kid],
        )


def _one(cursor: CursorWrapper) -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  an aggregate has one row
    return tuple(row)
