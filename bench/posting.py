"""Entries per second over real HTTP, and how long until a checkpoint covers them."""

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from django.db import connection

from bench.cast import Cast
from bench.cpu import MACHINE, used
from bench.figures import Spread
from bench.installation import ROOT, Server, wait_until_logged
from bench.load import Plan, Seen
from bench.stories import Written, dispatches

ENTRIES_A_LOT = 10
A_HUNDRED = 100
_lots = count(1)


@dataclass(frozen=True)
class Posting:
    """One measurement."""

    clients: int
    a_request: int
    entries_per_s: float
    request_ms: Spread
    covered_ms: Spread
    cpu_ms: dict[str, float]
    """Processor time an entry, by part; `machine` is everything, other people's work too."""
    busy: float
    """How many cores were busy."""


def measure(
    cast: Cast, server: Server, *, clients: int, a_request: int, seconds: float, most_per_s: int
) -> Posting:
    """Post pre-signed entries for so long; `most_per_s` says how many to have ready."""
    entries = int(most_per_s * seconds / clients)
    ready = [_requests(cast, client, a_request, entries) for client in range(clients)]
    since, before = datetime.now(UTC), used(server.roots)
    seen = load(Plan(server.port, ready, seconds))
    after = used(server.roots)
    spent = {name: after[name] - before[name] for name in after} | {"generator": seen.cpu_s}
    if set(seen.statuses) - {200, 201} or seen.refused:
        raise RuntimeError(f"refused: {seen.statuses} {seen.refused!r}")
    return Posting(
        clients=clients,
        a_request=a_request,
        entries_per_s=seen.accepted / seen.seconds,
        request_ms=Spread.of([1000 * one for one in seen.latencies_s]),
        covered_ms=covered_since(since),
        cpu_ms={name: 1000 * cpu_s / seen.accepted for name, cpu_s in spent.items()},
        busy=spent[MACHINE] / seen.seconds,
    )


def load(plan: Plan) -> Seen:
    """Run the plan in a process of its own."""
    command = [sys.executable, "-c", "from bench.load import main; main()"]
    done = subprocess.run(
        command, input=pickle.dumps(plan), stdout=subprocess.PIPE, cwd=ROOT, check=True
    )
    seen: Seen = pickle.loads(done.stdout)  # noqa: S301  our own child's
    return seen


def request(token: str, body: bytes, *extra: str) -> bytes:
    """A request as it goes over the wire."""
    head = [
        "POST /api/v1/entries HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        *extra,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def _requests(cast: Cast, client: int, a_request: int, entries: int) -> list[bytes]:
    """Enough requests of one client, all of one maker."""
    maker = cast.makers[client % len(cast.makers)]
    token = cast.tokens[str(maker.gln)]
    a_lot = max(ENTRIES_A_LOT, a_request)
    ready: list[bytes] = []
    while len(ready) * a_request < entries:
        lot = maker.lot(next(_lots))
        written = dispatches(maker, lot, cast.wholesaler, a_lot)
        if a_request == 1:
            ready += [request(token, _one(entry)) for entry in written]
        else:
            ready.append(request(token, _many(written)))
    return ready


def _one(entry: Written) -> bytes:
    return json.dumps({"entry": entry.text}).encode()


def _many(entries: list[Written]) -> bytes:
    return json.dumps({"entries": [{"entry": entry.text} for entry in entries]}).encode()


_COVERED = """
WITH covered AS (
    SELECT e.accepted_at, c.at FROM ledger_leaf l
      JOIN ledger_checkpoint c ON l.index >= c.previous AND l.index < c.size
      JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id
     WHERE c.at >= %s AND e.accepted_at >= %s)
SELECT 1000 * extract(epoch FROM at - accepted_at)::float8 FROM covered
"""


def covered_since(since: datetime) -> Spread:
    """From arrival at the door to the checkpoint that covers it, as both were written down."""
    wait_until_logged()
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [since, since])
        return Spread.of([row[0] for row in cursor.fetchall()])


def wait_for_each(cast: Cast, server: Server, times: int) -> Spread:
    """Milliseconds of a request that waits until its entry is covered, one after the other."""
    maker = cast.makers[0]
    token = cast.tokens[str(maker.gln)]
    written = dispatches(maker, maker.lot(next(_lots)), cast.wholesaler, times)
    ready = [request(token, _one(entry), "Prefer: wait=1") for entry in written]
    seen = load(Plan(server.port, [ready], 60.0))
    return Spread.of([1000 * one for one in seen.latencies_s])
