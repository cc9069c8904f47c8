"""Answer a run of scans, a hundred packs say, of which only those in trouble need an action."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from supplychain.domain.barcodes import ScanFault, Scanned, parse
from supplychain.domain.errors import Invalid
from supplychain.domain.facts import Facts
from supplychain.domain.lots import LotKey
from supplychain.domain.together import together
from supplychain.domain.verdicts import judge, scan_again
from supplychain.queries.judgements import all_judged, grounds
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.runs import RunLine, RunResult
from supplychain.queries.scans import asking_party, proven
from supplychain.recording.sightings import keep_sightings

CODES_MAX = 300
LOTS_MAX = 50
"""A check takes a moment for each lot."""


def check_run(*, codes: Sequence[str], at: datetime, asking: str) -> RunResult:
    """Judge each code as a scan of its own, for the party `asking` (a GLN).

    Each pack is kept as a sighting, as it is by a single scan: twice in a run it was scanned
    already. Never raises for what was scanned. Raises Invalid RUN_EMPTY or RUN_TOO_LONG.
    """
    if not codes:
        raise Invalid("RUN_EMPTY", "Nothing was scanned.")
    _prove_bounded(len(codes), CODES_MAX, "codes")
    lines = [_read(text, at) for text in codes]
    lots = _by_lot(lines)
    _prove_bounded(len(lots), LOTS_MAX, "lots")
    for key, reads in lots.items():
        for n, line in _of_one_lot(key, reads, at, asking):
            lines[n] = replace(line, text=codes[n])
    return RunResult(at, together([one.verdict for one in lines]), tuple(lines))


def _prove_bounded(count: int, most: int, what: str) -> None:
    if count > most:
        message = f"{count} {what}: a run has at most {most}. Check them in parts."
        raise Invalid("RUN_TOO_LONG", message)


def _read(text: str, at: datetime) -> RunLine:
    """The line of a code before any lot is looked at: read at least, or to be scanned again."""
    try:
        read = parse(text, on=at.date())
    except ScanFault as fault:
        return RunLine(text, scan_again(fault))
    return RunLine(text, judge(Facts(at=at, scanned=read)), read)


def _by_lot(lines: Sequence[RunLine]) -> dict[LotKey, dict[int, Scanned]]:
    """What was read, by its lot and by its place in the run."""
    lots: dict[LotKey, dict[int, Scanned]] = {}
    for n, line in enumerate(lines):
        if line.scanned is not None and line.scanned.key is not None:
            lots.setdefault(line.scanned.key, {})[n] = line.scanned
    return lots


def _of_one_lot(
    key: LotKey, reads: Mapping[int, Scanned], at: datetime, asking: str
) -> Iterator[tuple[int, RunLine]]:
    traced = chain_for(key, [read.serial for read in reads.values()], at, asking=asking)
    chain = traced.chain
    party = proven(asking_party(asking), chain)
    known = grounds(traced, list(reads.values()), party, at)
    found = all_judged(known) if party is None else keep_sightings(chain, party, known)
    for (n, read), one in zip(reads.items(), found, strict=True):
        yield n, RunLine("", one.verdict, read, chain.lot)
