"""Containers as a scan of their label judges them: by what is in them, at whatever depth."""

from datetime import datetime

from supplychain.domain.containers import Container
from supplychain.domain.reasons import reason
from supplychain.domain.together import together
from supplychain.domain.verdicts import verdict_on
from supplychain.queries.chains import Chain
from supplychain.queries.containers import inside
from supplychain.queries.contents import ContainerResult, PackAnswer, answers
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.scans import asking_party, proven
from supplychain.recording.packing import by_lot

PACKS_MAX = 1_000
LOTS_MAX = 20
"""A check takes a moment for each lot, and little for each pack."""


def container_judged(container: Container, at: datetime, asking: str | None) -> ContainerResult:
    """Judge all packs in a container, at whatever depth, for the party `asking` (a GLN).

    Nobody has read the packs, so that no sighting is kept of them. Never raises for what is in the
    container, nor for what was done to the database.
    """
    asker = asking_party(asking)
    if asker is None:
        return _nothing(container, at, "SIGN_IN_FIRST")
    packed = inside([container], most=PACKS_MAX + 1)
    lots = by_lot(packed)
    if len(packed) > PACKS_MAX or len(lots) > LOTS_MAX:
        return _nothing(container, at, "CONTAINER_TOO_LARGE")
    chains: list[Chain] = []
    found: list[PackAnswer] = []
    for lot, those in lots.items():
        traced = chain_for(lot, [one.serial for one in those], at, asking=asking)
        party = proven(asker, traced.chain) or asker
        found += answers(traced, those, party, at)
        chains.append(traced.chain)
    return _told(container, at, found, chains)


def _nothing(container: Container, at: datetime, code: str) -> ContainerResult:
    return ContainerResult(container=container, at=at, verdict=verdict_on([reason(code)]))


def _told(
    container: Container, at: datetime, found: list[PackAnswer], chains: list[Chain]
) -> ContainerResult:
    packs = tuple(one for one in found if one.known)
    theirs = {one.packed.lot for one in packs}
    oldest = min((one for one in chains if one.checkpoint), key=_size, default=None)
    return ContainerResult(
        container=container,
        at=at,
        verdict=together([one.verdict for one in found]),
        packs=packs,
        lots={one.key: one.lot for one in chains if one.lot and one.key in theirs},
        checkpoint=oldest.checkpoint if oldest else None,
        witnessed_at=oldest.witnessed_at if oldest else None,
    )


def _size(chain: Chain) -> int:
    return chain.checkpoint.size if chain.checkpoint else 0
