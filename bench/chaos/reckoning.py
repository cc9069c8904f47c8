"""What must hold in the end, asked of the tables, of the audit and of the witness."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection

from bench.chaos.house import House
from bench.chaos.lots import Signed
from bench.chaos.tally import Tally
from bench.chaos.watcher import Watcher, inconsistent
from supplychain.management.commands.up import manage

AUDIT_S_MAX = 600
SECOND_OPINIONS = "10%"


@dataclass(frozen=True)
class Leaf:
    """A row of the log."""

    index: int
    entry_id: str
    hash: bytes


@dataclass(frozen=True)
class Log:
    """The log and the entries as the tables have them."""

    leaves: Sequence[Leaf]
    entries: frozenset[str]


def rows(question: str) -> list[tuple[object, ...]]:
    """Ask the database over a connection of its own: the last one may have been cut."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
    finally:
        connection.close()


def stored() -> Log:
    """Read the whole log."""
    leaves = rows("SELECT index, entry_id, hash FROM ledger_leaf ORDER BY index")
    entries = rows("SELECT entry_id FROM ledger_entry")
    return Log(
        [Leaf(int(str(index)), str(name), bytes(hashed)) for index, name, hashed in leaves],  # type: ignore[call-overload]  # a bytea is a buffer
        frozenset(str(name) for (name,) in entries),
    )


def followed() -> int:
    """How far the worker has come with what it does after a checkpoint."""
    found = rows("SELECT size FROM supplychain_checkpointcursor WHERE name = 'notices'")
    return int(str(found[0][0])) if found else 0


def waiting() -> int:
    """How many accepted entries have no place in the log yet."""
    return int(str(rows("SELECT count(*) FROM ledger_inbox")[0][0]))


def reckon(house: House, tally: Tally, watcher: Watcher) -> list[str]:
    """Every promise that was broken, in words."""
    try:
        log = stored()
    except DatabaseError as fault:
        return [*tally.broken, f"the database does not answer: {fault}"]
    seen = [*watcher.of_file.seen, *watcher.of_web.seen]
    broken = [*tally.broken, *watcher.of_file.broken, *watcher.of_web.broken]
    broken += lost(tally.acknowledged, tally.indices, log)
    broken += inconsistent(seen, [leaf.hash for leaf in log.leaves])
    return broken + audited(house)


def lost(acknowledged: Mapping[str, Signed], indices: Mapping[str, int], log: Log) -> list[str]:
    """Acknowledged entries that are gone, altered or elsewhere, and gaps in the log."""
    at = {leaf.entry_id: leaf for leaf in log.leaves}
    found = []
    if [leaf.index for leaf in log.leaves] != list(range(len(log.leaves))):
        found.append("the indices of the log are not contiguous")
    if len(at) != len(log.leaves):
        found.append("an entry is in the log twice")
    for name, signed in acknowledged.items():
        if name not in log.entries:
            found.append(f"lost: {name} was acknowledged and is not there")
        elif name not in at:
            found.append(f"lost: {name} was acknowledged and has no place in the log")
        elif at[name].hash != signed.leaf:
            found.append(f"altered: the log has other bytes of {name} than were sent")
    moved = [name for name, index in indices.items() if name in at and at[name].index != index]
    return found + [f"moved: {name} was shown at {indices[name]}" for name in moved]


def audited(house: House) -> list[str]:
    """What the audit finds."""
    command = manage("audit_ledger", f"--sample={SECOND_OPINIONS}")
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=AUDIT_S_MAX,
    )
    (house.folder / "audit.txt").write_text(done.stdout + done.stderr)
    if done.returncode == 0 and done.stdout.startswith("clean"):
        return []
    return [f"the audit ended with {done.returncode}: {done.stdout}{done.stderr}"]
