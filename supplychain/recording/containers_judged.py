"""Containers as a scan of their label judges them: by what is in them, at whatever depth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from supplychain.domain.containers import Container
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party
from supplychain.domain.reasons import reason
from supplychain.domain.together import together
from supplychain.domain.verdicts import verdict_on
from supplychain.queries.chains import Chain
from supplychain.queries.containers import Packed
from supplychain.queries.contents import (
    ContainerResult,
    PackAnswer,
    UnitsAnswer,
    answers,
    unit_answers,
)
from supplychain.queries.pack_chains import chain_around, chain_for
from supplychain.queries.scans import asking_party, proven
from supplychain.recording.packing import Within, all_within

PACKS_MAX = 1_000
LOTS_MAX = 20
"""A check takes a moment for each lot, and little for each pack."""


def container_judged(container: Container, at: datetime, asking: str | None) -> ContainerResult:
    """Judge all goods in a container, at whatever depth, for the party `asking` (a GLN).

    Nobody has read the packs, so that no sighting is kept of them. Never raises for what is in the
    container, nor for what was done to the database.
    """
    asker = asking_party(asking)
    if asker is None:
        return _nothing(container, at, "SIGN_IN_FIRST")
    within = all_within([container], most=PACKS_MAX + 1)
    packs = sum(len(here.packs) for here in within.values())
    if packs > PACKS_MAX or len(within) > LOTS_MAX:
        return _nothing(container, at, "CONTAINER_TOO_LARGE")
    result = _Found(container, at)
    for lot, here in within.items():
        if here.packs:
            result.take_packs(lot, here.packs, asker)
        else:
            result.take_units(lot, here, asker)
    return result.told()


@dataclass(slots=True)
class _Found:
    """What was found of one lot after the other."""

    container: Container
    at: datetime
    packs: list[PackAnswer] = field(default_factory=list)
    units: list[UnitsAnswer] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)

    def take_packs(self, lot: LotKey, packed: Sequence[Packed], asker: Party) -> None:
        serials = [one.serial for one in packed]
        traced = chain_for(lot, serials, self.at, asking=str(asker.gln))
        party = proven(asker, traced.chain) or asker
        self.packs += answers(traced, packed, party, self.at)
        self.chains.append(traced.chain)

    def take_units(self, lot: LotKey, here: Within, asker: Party) -> None:
        chain = chain_around(lot, here.outputs, self.at, asking=str(asker.gln))
        party = proven(asker, chain) or asker
        self.units += unit_answers(chain, here.units, party, self.at)
        self.chains.append(chain)

    def told(self) -> ContainerResult:
        packs = tuple(one for one in self.packs if one.known)
        units = tuple(one for one in self.units if one.known)
        theirs = {one.packed.lot for one in packs} | {one.packed.lot for one in units}
        oldest = min((one for one in self.chains if one.checkpoint), key=_size, default=None)
        return ContainerResult(
            container=self.container,
            at=self.at,
            verdict=together([*(p.verdict for p in self.packs), *(u.verdict for u in self.units)]),
            packs=packs,
            units=units,
            lots={one.key: one.lot for one in self.chains if one.lot and one.key in theirs},
            checkpoint=oldest.checkpoint if oldest else None,
            witnessed_at=oldest.witnessed_at if oldest else None,
        )


def _nothing(container: Container, at: datetime, code: str) -> ContainerResult:
    return ContainerResult(container=container, at=at, verdict=verdict_on([reason(code)]))


def _size(chain: Chain) -> int:
    return chain.checkpoint.size if chain.checkpoint else 0
