"""What a check of a case or pallet is answered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ledger.core.checkpoint import Checkpoint
from supplychain.domain.barcodes import Scanned
from supplychain.domain.containers import Container
from supplychain.domain.lots import Lot, LotKey
from supplychain.domain.parties import Party
from supplychain.domain.reasons import reason
from supplychain.domain.standing import asks_for_all
from supplychain.domain.verdicts import Verdict, verdict_on
from supplychain.queries.containers import Packed
from supplychain.queries.judgements import Ground, all_judged, grounds
from supplychain.queries.pack_chains import Traced

_NOT_YOURS = verdict_on([reason("NOT_IN_YOUR_CUSTODY")])


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """A pack in a container, and its verdict. `known`: the asker may be told that it is there."""

    packed: Packed
    verdict: Verdict
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerResult:
    """The answer about a container: the verdict on all that is in it, and the packs by lot.

    `packs` are those that the asker may know of; others have their part in the verdict alone.
    `lots` are as their makers signed them. What is in a container is told by the tables; what is
    told of each pack is proven.
    """

    container: Container
    at: datetime
    verdict: Verdict
    packs: tuple[PackAnswer, ...] = ()
    lots: Mapping[LotKey, Lot] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    witnessed_at: datetime | None = None


def answers(
    traced: Traced, packed: Sequence[Packed], party: Party, at: datetime
) -> list[PackAnswer]:
    """Judge the packs of one lot that are in a container, for a party as it was admitted."""
    chain = traced.chain
    reads = [Scanned(chain.key.gtin, chain.key.lot, None, one.serial) for one in packed]
    known = grounds(traced, reads, party, at)
    judged = all_judged(known)
    every = chain.lot is not None and asks_for_all(chain.history, party)
    return [
        _answer(one, found.verdict, known=every or _concerns(one, on, party))
        for one, on, found in zip(packed, known, judged, strict=True)
    ]


def _concerns(packed: Packed, on: Ground, party: Party) -> bool:
    """Whether the party has the pack, or had it: by the tables now, by its proven way before."""
    now = str(party.gln) in (packed.holder, packed.receiver)
    return now or any(party.gln in stay.sites for stay in on.way)


def _answer(packed: Packed, verdict: Verdict, *, known: bool) -> PackAnswer:
    """Who never had a pack is told nothing of it, but that it is not his."""
    return PackAnswer(packed, verdict if known else _NOT_YOURS, known)
