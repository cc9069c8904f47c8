"""One session: grow the ledger, measure at each size, and say how near to the limits it came."""

from bench import (
    audit,
    epcis,
    evidence,
    growing,
    index,
    limits,
    packs,
    posting,
    scanning,
    temperature,
)
from bench.cast import Cast, admit
from bench.cpu import MACHINE
from bench.figures import table
from bench.installation import Server, serving
from bench.posting import Posting
from supplychain.domain.lots import LotKey

CLIENTS = (1, 8, 32)
A_REQUEST = {1: 1_200, 100: 8_000}
"""Entries a request, and how many entries a second to have ready."""
SHORTER = {1: 1.0, 100: 0.4}
"""Hundreds are posted for a shorter time, so that the ledger keeps its size."""
PARTS = ("web", "database", "sequencer", "generator")


def run(
    *,
    sizes: tuple[int, ...],
    keys: tuple[int, ...],
    lots: tuple[int, ...],
    readings: tuple[int, ...],
    seconds: float,
) -> str:
    """Measure everything, at these sizes of the ledger, of the index, of lots of packs and of lots
    with readings. Returns Markdown.
    """
    cast = admit()
    top = {clients: limits.commits_per_s(clients, seconds / 2) for clients in CLIENTS}
    verifications = limits.verifications_per_s(seconds / 2)
    posted: list[tuple[int, Posting]] = []
    scanned: list[tuple[object, ...]] = []
    filled: list[LotKey] = []
    with serving() as server:
        for size in sizes:
            filled += growing.fill(cast, size)
            _warm_up(cast, server)
            scanned.append(_scan(cast, filled))
            posted += _post(cast, server, seconds, all_clients=size == sizes[-1])
        covered = _covered_alone(cast, server)
        checked = scanning.offline(filled[0], 15)
        packed = packs.report(lots, 10)
        kept = temperature.report(readings)
    commits_again = limits.commits_per_s(CLIENTS[-1], seconds / 2)
    return "\n\n".join(
        [
            "## Limits\nOpenSSL verifies "
            f"{verifications:,.0f} signatures (ES256, 1 KB) a second on one core. PostgreSQL "
            "commits "
            + ", ".join(f"{rate:,.0f}/s with {clients}" for clients, rate in top.items())
            + f" clients (rows of 1 KB; after the run {commits_again:,.0f}/s with {CLIENTS[-1]}).",
            "## Entries by HTTP\n" + _entries(posted, top, verifications),
            "## Processor time an entry\n" + _processor(posted),
            "## Verdicts on the server\n" + _verdicts(scanned, verifications),
            "## Alone\n" + covered,
            "## Offline\n" + _offline(*checked),
            "## Evidence files\n" + evidence.report(),
            "## The audit\n" + audit.report(),
            "## Packs\n" + packed,
            "## Temperature\n" + kept,
            "## The index\n" + index.report(keys),  # last: it puts heads there that nobody logged
            "## Partners' files\n" + epcis.report(),
        ]
    )


def _warm_up(cast: Cast, server: Server) -> None:
    for a_request in A_REQUEST:
        posting.measure(cast, server, clients=8, a_request=a_request, seconds=1, most_per_s=3_000)


def _post(
    cast: Cast, server: Server, seconds: float, *, all_clients: bool
) -> list[tuple[int, Posting]]:
    found = []
    for a_request, most in A_REQUEST.items():
        for clients in CLIENTS if all_clients else CLIENTS[-1:]:
            size = growing.entries()
            measured = posting.measure(
                cast,
                server,
                clients=clients,
                a_request=a_request,
                seconds=seconds * SHORTER[a_request],
                most_per_s=most,
            )
            found.append((size, measured))
    return found


def _scan(cast: Cast, lots: list[LotKey]) -> tuple[object, ...]:
    scanning.scans(cast, lots, 20)
    spread = scanning.scans(cast, lots, 300)
    return growing.entries(), spread.p50, spread.p99


def _covered_alone(cast: Cast, server: Server) -> str:
    spread = posting.wait_for_each(cast, server, 60)
    return (
        "One client that posts an entry with `Prefer: wait=1` has its index, under a signed"
        f" checkpoint, after {spread.p50:.0f} ms (p50) and {spread.p99:.0f} ms (p99)."
    )


def _entries(posted: list[tuple[int, Posting]], top: dict[int, float], verifications: float) -> str:
    heads = (
        "entries before / clients / entries a request", "entries/s", "request p50 ms", "p99 ms",
        "covered p50 ms", "p99 ms", "commits: share of limit", "verifications: share of one core",
    )  # fmt: skip
    rows = [
        (
            f"{size:,} / {one.clients} / {one.a_request}",
            one.entries_per_s,
            one.request_ms.p50,
            one.request_ms.p99,
            one.covered_ms.p50,
            one.covered_ms.p99,
            _percent(one.entries_per_s / one.a_request / top[one.clients]),
            _percent(one.entries_per_s / verifications),
        )
        for size, one in posted
    ]
    words = "\n\n*Covered*: from arrival at the door to the signature of the checkpoint above it."
    return table(heads, rows) + words


def _processor(posted: list[tuple[int, Posting]]) -> str:
    heads = ("entries before / clients / entries a request", *(f"{part} ms" for part in PARTS),
             "cores busy", "of these others")  # fmt: skip
    rows = [
        (
            f"{size:,} / {one.clients} / {one.a_request}",
            *(one.cpu_ms[part] for part in PARTS),
            one.busy,
            _percent(1 - sum(one.cpu_ms[part] for part in PARTS) / one.cpu_ms[MACHINE]),
        )
        for size, one in posted
    ]
    words = "\n\n*Others*: what else the machine did meanwhile, which no figure here is freed of."
    return table(heads, rows) + words


def _verdicts(scanned: list[tuple[object, ...]], verifications: float) -> str:
    rows = [(size, p50, p99, f"{_signatures(p50, verifications)}") for size, p50, p99 in scanned]
    heads = ("entries", "p50 ms", "p99 ms", "p50 as signatures verified")
    words = "\n\n300 lots at random, each with 20 entries by six parties: all of them are verified."
    return table(heads, rows) + words


def _signatures(took_ms: object, verifications: float) -> str:
    return f"{float(str(took_ms)) * verifications / 1000:,.0f}"


def _offline(inside: object, program: object) -> str:
    rows = [
        (name, getattr(spread, "p50"), getattr(spread, "p99"))  # noqa: B009
        for name, spread in (("the check", inside), ("the program, from its start", program))
    ]
    words = "\n\nA file of a lot with 20 entries, `ecdsa` (pure Python) for every signature."
    return table(("`python -m ledger.verifier`", "p50 ms", "p99 ms"), rows) + words


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
