"""Which registry entries evidence rests on: told by their own bytes, and by no table.

The tables of parties and keys say the same faster. But who takes a revocation out of a row there
would take it out of the evidence, and a key that was stolen would look good again. So the registry
is read whole: of each entry its id, and once in the life of a process its bytes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger import stored
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.registry_acts import STREAM, AffirmEntries, RevokeKey, named, read_act
from ledger.prepared import Prepared
from ledger.stored import Contents, Tampering


@dataclass(frozen=True)
class _Mention:
    """Whom a registry entry is about: keys, parties, entries that are affirmed. `signer`: a kid."""

    signer: str
    act: str
    kids: frozenset[str]
    parties: frozenset[str]
    affirmed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """The registry entries wanted, the revocations among them that wait, and what is odd."""

    contents: Contents
    pending: tuple[str, ...]
    signs: tuple[Tampering, ...]


# What an entry says follows from its id, which is a hash: this never grows old. Parties and keys
# are few, and what is suspect is rare.
_mentions: dict[str, _Mention] = {}


def registry_for(
    *, kids: Collection[str], parties: Collection[str], entries: Collection[str], size: int
) -> Shown:
    """Read every registry entry about these keys and parties, and what affirms these entries.

    With them come the entries about the parties whose keys these are, about the keys that these
    were rotated from, and about the keys that signed those entries. `size` is that of the
    checkpoint. That an entry is gone, or can not be
    read, concerns everybody: it might have revoked any key.
    """
    registry = stream_id(STREAM)
    count, ids, table = _listed(registry, kids, parties)
    signs = _learn(registry, [one for one in ids.values() if one not in _mentions])
    known = {one: _mentions[one] for one in ids.values() if one in _mentions}
    wanted = _wanted(known, kids, parties, entries)
    found = stored.entries(registry, wanted)
    leaves, waiting = stored.places(registry, found.keys())
    contents = Contents(found, leaves)
    unlogged, lost = contents.unlogged(waiting, size)
    pending = (one for one in unlogged if known[one].act == RevokeKey.TYPE)
    gaps = stored.signs_of_gaps(ids, {}, before=count, after=count)
    if gaps:
        signs.append(Tampering("REGISTRY_DAMAGED", f"The registry: {gaps[0].message}"))
    if not _told(known, kids, parties) <= table <= wanted:
        message = "The tables of parties and keys are not what the registry says."
        signs.append(Tampering("REGISTRY_CHANGED", message))
    return Shown(contents, tuple(pending), (*signs, *lost))


_LISTED = Prepared(
    "registry_listed",
    """
SELECT (SELECT entries FROM ledger_stream WHERE stream_id = %(registry)s),
    ARRAY(SELECT number FROM ledger_entry WHERE stream_id = %(registry)s ORDER BY number),
    ARRAY(SELECT entry_id FROM ledger_entry WHERE stream_id = %(registry)s ORDER BY number),
    ARRAY(
SELECT unnest(revoked_by || added_by) FROM ledger_key WHERE kid = ANY(%(kids)s)
UNION SELECT added_by FROM ledger_key one WHERE (party = ANY(%(parties)s)
    OR party IN (SELECT party FROM ledger_key WHERE kid = ANY(%(kids)s)))
    AND NOT EXISTS (SELECT FROM ledger_key WHERE successor = one.kid)
UNION SELECT unnest(suspended_by || reinstated_by || admitted_by) FROM ledger_party
    WHERE party = ANY(%(parties)s)
    OR party IN (SELECT party FROM ledger_key WHERE kid = ANY(%(kids)s)))
""",
)


def _listed(
    registry: UUID, kids: Collection[str], parties: Collection[str]
) -> tuple[int, dict[int, str], set[str]]:
    """How many entries the registry says it has, and the ids of those that are there.

    And the ids that the tables name for these keys and parties. Of one snapshot: whoever is being
    admitted is in all of it or in nothing.
    """
    asked: dict[str, Any] = {
        "registry": str(registry),
        "kids": list(kids),
        "parties": list(parties),
    }
    ((count, numbers, ids, named),) = _LISTED.rows(asked)
    return count or 0, dict(zip(numbers, ids, strict=True)), set(named)


def _learn(registry: UUID, ids: list[str]) -> list[Tampering]:
    """Read what entries say whose bytes were not read yet; tell of those that can not be."""
    if not ids:
        return []
    signs = []
    for entry in stored.entries(registry, ids).values():
        try:
            _mentions[entry.entry_id] = _mention(entry.entry_id, entry.parse())
        except LedgerError as fault:
            message = f"Entry {entry.number} of the registry is damaged: {fault.message}"
            signs.append(Tampering("REGISTRY_DAMAGED", message, entry.entry_id))
    return signs


def _mention(entry_id: str, entry: Entry) -> _Mention:
    """What an entry of this id says. Raises LedgerError where its bytes are others."""
    if entry.entry_id != entry_id:
        raise LedgerError("ENTRY_CHANGED", f"These are the bytes of entry {entry.entry_id}.")
    act = read_act(entry.statement)
    affirmed = act.entries if isinstance(act, AffirmEntries) else ()
    return _Mention(entry.envelope.kid, act.TYPE, *named(act), frozenset(affirmed))


def _wanted(
    known: Mapping[str, _Mention],
    kids: Collection[str],
    parties: Collection[str],
    entries: Collection[str],
) -> set[str]:
    """The ids of all that is about these keys, parties and entries, and about its own signers."""
    about, every, affirming = set(kids), set(parties), _affirming(known, frozenset(entries))
    while True:
        wanted = _told(known, about, every, affirming)
        signers = {known[entry_id].signer for entry_id in wanted}
        if signers <= about:
            return wanted
        about |= signers


def _affirming(known: Mapping[str, _Mention], entries: frozenset[str]) -> set[str]:
    """The ids of what affirms these entries: of each signer, for each entry, the first.

    To affirm again says nothing more, and the first is the least suspect. So nobody fills the
    evidence of others by affirming for ever.
    """
    first: dict[tuple[str, str], str] = {}
    for entry_id, one in known.items():
        for affirmed in one.affirmed & entries:
            first.setdefault((one.signer, affirmed), entry_id)
    return set(first.values())


def _told(
    known: Mapping[str, _Mention],
    kids: Collection[str],
    parties: Collection[str],
    affirming: Collection[str] = (),
) -> set[str]:
    """The ids of all that is about these keys, about their parties, and about these parties.

    All that counts in the index under a party is shown of it: its other keys' additions too.
    """
    about = frozenset(kids)
    told = {
        entry_id
        for entry_id, one in known.items()
        if one.kids & about and (one.act != AffirmEntries.TYPE or entry_id in affirming)
    }
    every = frozenset(parties).union(*(known[entry_id].parties for entry_id in told))
    return told | {one for one in known if known[one].parties & every}
