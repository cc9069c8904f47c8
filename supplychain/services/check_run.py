"""Answer a run of scans, a hundred packs say, of which only those in trouble need an action."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from supplychain.domain.barcodes import Label, ScanFault, Scanned, parse, read
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid
from supplychain.domain.facts import Facts
from supplychain.domain.lots import LotKey
from supplychain.domain.together import is_good, together
from supplychain.domain.verdicts import judge, scan_again
from supplychain.queries.containers import labelled
from supplychain.queries.judgements import all_judged, grounds
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.runs import RunLine, RunResult
from supplychain.queries.scans import asking_party, proven
from supplychain.recording.containers_judged import container_judged
from supplychain.recording.sightings import keep_sightings

CODES_MAX = 300
LOTS_MAX = 50
CASES_MAX = 20
"""A check takes a moment for each lot, and for each lot in each case."""


def check_run(*, codes: Sequence[str], at: datetime, asking: str) -> RunResult:
    """Judge each code as a scan of its own, for the party `asking` (a GLN).

    Each pack is kept as a sighting, as it is by a single scan: twice in a run it was scanned
    already. The label of a case stands for the packs inside, which nobody has read. Never raises
    for what was scanned. Raises Invalid RUN_EMPTY or RUN_TOO_LONG.
    """
    if not codes:
        raise Invalid("RUN_EMPTY", "Nothing was scanned.")
    _prove_bounded(len(codes), CODES_MAX, "codes")
    lines = [_read(text, at) for text in codes]
    lots = _by_lot(lines)
    _prove_bounded(len(lots), LOTS_MAX, "lots")
    cases = {n: label.container for n, text in enumerate(codes) if (label := _label(text, at))}
    _prove_bounded(len(set(cases.values())), CASES_MAX, "cases and pallets")
    for key, reads in lots.items():
        for n, line in _of_one_lot(key, reads, at, asking):
            lines[n] = replace(line, text=codes[n])
    inside = {n: _inside(box, codes[n], at, asking) for n, box in cases.items()}
    told = [one for n, line in enumerate(lines) for one in inside.get(n, [line])]
    return RunResult(at, together([one.verdict for one in told]), tuple(told))


def _label(text: str, at: datetime) -> Label | None:
    """The label of a case or pallet; a code that names a lot is of a pack, and nothing is asked."""
    try:
        found = read(text, on=at.date())
    except ScanFault:
        return None
    one_of_these = isinstance(found, Label) or (found.serial is not None and found.lot is None)
    return labelled(text, on=at.date()) if one_of_these else None


def _inside(container: Container, text: str, at: datetime, asking: str) -> list[RunLine]:
    """A line for each pack inside, and the container's own where these do not say it all."""
    found = container_judged(container, at, asking)
    lines = [
        RunLine(
            text,
            one.verdict,
            Scanned(one.packed.lot.gtin, one.packed.lot.lot, None, one.packed.serial),
            found.lots.get(one.packed.lot),
            container,
        )
        for one in found.packs
    ]
    if is_good(found.verdict) or not all(is_good(line.verdict) for line in lines):
        return lines
    return [RunLine(text, found.verdict, container=container), *lines]


def _prove_bounded(count: int, most: int, what: str) -> None:
    if count > most:
        message = f"{count} {what}: a run has at most {most}. Check them in parts."
        raise Invalid("RUN_TOO_LONG", message)


def _read(text: str, at: datetime) -> RunLine:
    """The line of a code before any lot is looked at: read at least, or to be scanned again."""
    try:
        scanned = parse(text, on=at.date())
    except ScanFault as fault:
        return RunLine(text, scan_again(fault))
    return RunLine(text, judge(Facts(at=at, scanned=scanned)), scanned)


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
    for (n, scanned), one in zip(reads.items(), found, strict=True):
        yield n, RunLine("", one.verdict, scanned, chain.lot)
