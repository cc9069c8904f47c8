"""The registry's side of an append: its rules for new entries, and its tables.

`ledger.core.registry` decides; the Party and Key rows say what it decided so far, so that nobody
replays the log to append to it. An audit replays, and compares.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from ledger import signers
from ledger.core.canonical import Json
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError, Refused
from ledger.core.keys import PublicKey
from ledger.core.registered import Suspension, Suspicion
from ledger.core.registry import Key, KeyHolder, Party, Registry
from ledger.core.registry_acts import (
    Act,
    AddKey,
    AdmitParty,
    AffirmEntries,
    ReinstateParty,
    RevokeKey,
    RotateKey,
    SuspendParty,
    named,
    read_act,
)
from ledger.core.signatures import OPENSSL
from ledger.stored import countersigned_with

BEFORE_ALL = -1
"""Index of what the registry has already: below that of any new entry."""
_Logged = tuple[frozenset[str], int]
"""The keys that signed and countersigned a logged entry, and its index."""
KEYS_MAX = 200
"""A party that has had so many keys is given more by an authority: evidence shows them all."""
_NOWHERE: _Logged = (frozenset(), BEFORE_ALL)


class Registrar:
    """Judges registry entries one after another, and writes what they change.

    `index` is not above the index that the next entry will have in the log: the size of the tree.
    """

    def __init__(
        self, registry: Registry, index: int, logged: Mapping[str, _Logged], rotated: int = 0
    ) -> None:
        """`rotated`: how many keys the party has had, of whom one is rotated."""
        self._registry = registry
        self._index = index
        self._logged = logged
        self._rotated = rotated
        self._added: list[tuple[Entry, list[str]]] = []

    def admit(self, entry: Entry) -> KeyHolder:
        """Return who signed; raises as `Registry.apply` does.

        And `Refused` for an affirmation that names what needs none: AFFIRMED_UNKNOWN,
        AFFIRMED_NOT_SUSPECT; for one rotation too many: KEYS_TOO_MANY.
        """
        self._after(entry)
        act = read_act(entry.statement)
        if isinstance(act, AffirmEntries):
            self._check_affirmed(act)
        if isinstance(act, RotateKey) and self._rotated + len(self._added) >= KEYS_MAX:
            message = f"The party has had {KEYS_MAX} keys; an authority adds more."
            raise Refused("KEYS_TOO_MANY", message)
        return self._registry.author(entry.envelope.kid, self._index)

    def add(self, entry: Entry) -> None:
        """Take the entry into the registry."""
        before, after = self._registry.keys, self._after(entry)
        changed = [kid for kid, key in after.keys.items() if key is not before.get(kid)]
        self._registry = after
        self._added.append((entry, changed))
        self._index += 1

    def save(self, cursor: CursorWrapper) -> None:
        """Write the rows that the added entries change."""
        for entry, kids in self._added:
            _save(cursor, read_act(entry.statement), entry.entry_id, kids)

    def _after(self, entry: Entry) -> Registry:
        return self._registry.apply(entry, self._index, OPENSSL)

    def _check_affirmed(self, act: AffirmEntries) -> None:
        for entry_id in act.entries:
            kids, index = self._logged.get(entry_id, _NOWHERE)
            if act.kid not in kids:
                message = f"Key {act.kid} has signed no entry {entry_id} that is logged."
                raise Refused("AFFIRMED_UNKNOWN", message)
            if self._registry.suspected(act.kid, index) is None:
                message = f"Entry {entry_id} was signed before the key was stolen."
                raise Refused("AFFIRMED_NOT_SUSPECT", message)


def open_registrar(cursor: CursorWrapper, entries: Sequence[Entry]) -> Registrar:
    """Lock the keys that these entries are about or signed with, and read them and their parties.

    Whoever appends with such a key holds it shared until its own commit: so what it appends comes
    before a revocation, a rotation or a suspension in the log, or is refused after it.
    """
    acts = list(_acts(entries))
    kids, names = _mentioned(acts, entries)
    size = _size(cursor)
    keys = _read_keys(cursor, _locked(acts, kids), size)
    parties = _read_parties(cursor, sorted(names | {key.party for key in keys.values()}))
    return Registrar(
        Registry(signers.policy().terms, parties, keys),
        size,
        _read_affirmed(cursor, acts),
        _count_keys(cursor, acts),
    )


def _acts(entries: Sequence[Entry]) -> Iterator[Act]:
    for entry in entries:
        try:
            yield read_act(entry.statement)
        except LedgerError:
            continue  # refused when its turn comes


def _mentioned(acts: Sequence[Act], entries: Sequence[Entry]) -> tuple[set[str], set[str]]:
    """Return the keys and the parties that these entries name."""
    pairs = [named(act) for act in acts]
    kids = {entry.envelope.kid for entry in entries}.union(*(keys for keys, _ in pairs))
    return kids, set().union(*(names for _, names in pairs))


def _locked(acts: Sequence[Act], kids: set[str]) -> dict[str, list[str]]:
    """Which keys are locked: all of a party that is suspended, or one of whose keys is revoked."""
    return {
        "kids": list(kids),
        "parties": [act.party for act in acts if isinstance(act, SuspendParty)],
        "revoked": [act.kid for act in acts if isinstance(act, RevokeKey)],
    }


def _size(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT coalesce(max(index), -1) + 1 FROM ledger_leaf")
    return int(_one(cursor)[0])


_KEYS = """
SELECT kid, x, y, party, custody, revoked_by, revoked_from, successor FROM ledger_key
    WHERE kid = ANY(%(kids)s::text[]) OR party = ANY(%(parties)s::text[])
        OR party IN (SELECT party FROM ledger_key WHERE kid = ANY(%(revoked)s::text[]))
    ORDER BY kid FOR UPDATE
"""


def _read_keys(cursor: CursorWrapper, locked: dict[str, list[str]], size: int) -> dict[str, Key]:
    cursor.execute(_KEYS, locked)
    rows = cursor.fetchall()
    logged = _indices(cursor, [row[5][0] for row in rows if row[5]])
    return {
        kid: Key(
            public=PublicKey(bytes(x), bytes(y)),
            party=party,
            custody=custody,
            added=BEFORE_ALL,
            revoked=logged.get(by[0], size) if by else None,  # what is not logged yet comes next
            successor=successor or None,
            suspicions=() if since is None else (Suspicion(since, BEFORE_ALL),),
        )
        for kid, x, y, party, custody, by, since, successor in rows
    }


def _indices(cursor: CursorWrapper, entry_ids: list[str]) -> dict[str, int]:
    cursor.execute(
        "SELECT entry_id, index FROM ledger_leaf WHERE entry_id = ANY(%s::text[])", [entry_ids]
    )
    return dict(cursor.fetchall())


def _read_parties(cursor: CursorWrapper, names: list[str]) -> dict[str, Party]:
    cursor.execute(
        "SELECT party, profile, cardinality(suspended_by) > cardinality(reinstated_by)"
        " FROM ledger_party WHERE party = ANY(%s::text[])",
        [names],
    )
    return {
        name: Party(profile(text), BEFORE_ALL, (Suspension(BEFORE_ALL),) if suspended else ())
        for name, text, suspended in cursor.fetchall()
    }


def _count_keys(cursor: CursorWrapper, acts: Sequence[Act]) -> int:
    """Return how many keys the parties have had whose keys are to be rotated."""
    rotated = [act.kid for act in acts if isinstance(act, RotateKey)]
    cursor.execute(
        "SELECT count(*) FROM ledger_key WHERE party IN"
        " (SELECT party FROM ledger_key WHERE kid = ANY(%s::text[]))",
        [rotated],
    )
    return int(_one(cursor)[0])


def _read_affirmed(cursor: CursorWrapper, acts: Sequence[Act]) -> dict[str, _Logged]:
    """Return, of the entries that are to be affirmed and are logged, their indices and keys.

    Who signed and who countersigned, the latter by the bytes of the entry.
    """
    ids = [one for act in acts if isinstance(act, AffirmEntries) for one in act.entries]
    cursor.execute(
        "SELECT l.entry_id, e.kid, l.index, e.jws FROM ledger_leaf l"
        " JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id"
        " WHERE l.entry_id = ANY(%s::text[])",
        [ids],
    )
    return {
        entry_id: (countersigned_with(bytes(jws)) | {kid}, index)
        for entry_id, kid, index, jws in cursor.fetchall()
    }


def profile(text: str) -> dict[str, Json]:
    """Return the profile of a party from its column, which raw cursors give as text."""
    return dict(json.loads(text))  # noqa: TID251  our own column, written from canonical bytes


def _save(cursor: CursorWrapper, act: Act, entry_id: str, kids: list[str]) -> None:
    """Write what an act changes; `kids` are the keys that it adds or ends."""
    match act:
        case AdmitParty():
            cursor.execute(_ADMIT, [act.party, json.dumps(act.profile), entry_id])
        case SuspendParty():
            cursor.execute(_SUSPEND, [entry_id, act.party])
        case ReinstateParty():
            cursor.execute(_REINSTATE, [entry_id, act.party])
        case AddKey():
            key = act.key
            cursor.execute(_ADD, [key.kid, act.party, key.x, key.y, act.custody, entry_id])
        case RotateKey():
            key = act.key
            cursor.execute(_ROTATE, [key.kid, key.x, key.y, act.custody, entry_id, act.kid])
            cursor.execute(_END, [entry_id, None, key.kid, [act.kid]])
        case RevokeKey():
            cursor.execute(_END, [entry_id, act.from_index, "", kids])
        case AffirmEntries():
            pass  # told by the registry alone


_ADMIT = (
    "INSERT INTO ledger_party (party, profile, admitted_by, suspended_by, reinstated_by)"
    " VALUES (%s, %s::jsonb, %s, '{}', '{}')"
)
_SUSPEND = (
    "UPDATE ledger_party SET suspended_by = suspended_by || ARRAY[%s]::varchar[] WHERE party = %s"
)
_REINSTATE = (
    "UPDATE ledger_party SET reinstated_by = reinstated_by || ARRAY[%s]::varchar[] WHERE party = %s"
)
_ADD = (
    "INSERT INTO ledger_key (kid, party, x, y, custody, added_by, revoked_by, successor)"
    " VALUES (%s, %s, %s, %s, %s, %s, '{}', '')"
)
_ROTATE = (
    "INSERT INTO ledger_key (kid, party, x, y, custody, added_by, revoked_by, successor)"
    " SELECT %s, party, %s, %s, %s, %s, '{}', '' FROM ledger_key WHERE kid = %s"
)
_END = (
    "UPDATE ledger_key SET revoked_by = revoked_by || ARRAY[%s]::varchar[],"
    " revoked_from = LEAST(revoked_from, %s), successor = coalesce(nullif(%s, ''), successor)"
    " WHERE kid = ANY(%s::text[])"
)


def _one(cursor: CursorWrapper) -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  an aggregate has one row
    return tuple(row)
