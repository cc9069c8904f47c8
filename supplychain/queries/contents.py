"""What a check of a case or pallet is answered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ledger.core.checkpoint import Checkpoint
from supplychain.domain.barcodes import Scanned
from supplychain.domain.containers import Container
from supplychain.domain.lots import Lot, LotKey
from supplychain.domain.pack_traces import way_of_units
from supplychain.domain.parties import Party
from supplychain.domain.reasons import reason
from supplychain.domain.standing import asks_for_all
from supplychain.domain.verdicts import Verdict, verdict_on
from supplychain.queries.chains import Chain
from supplychain.queries.containers import Packed
from supplychain.queries.judgements import Ground, all_judged, grounds, grounds_along
from supplychain.queries.loads import PackedUnits
from supplychain.queries.pack_chains import Traced

_NOT_YOURS = verdict_on([reason("NOT_IN_YOUR_CUSTODY")])


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """A pack in a container, and its verdict. `known`: the asker may be told that it is there."""

    packed: Packed
    verdict: Verdict
    known: bool

    @property
    def count(self) -> int:
        """How many units it is: one."""
        return 1

    @property
    def name(self) -> str:
        """Its serial number."""
        return str(self.packed.serial)


@dataclass(frozen=True, slots=True)
class UnitsAnswer:
    """Units without serial numbers in a container, and their verdict. `known` as of packs."""

    packed: PackedUnits
    verdict: Verdict
    known: bool

    @property
    def count(self) -> int:
        """How many units they are."""
        return self.packed.units

    @property
    def name(self) -> str:
        """None of them has a name."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerResult:
    """The answer about a container: the verdict on all that is in it, and the goods by lot.

    `packs` and `units` are those that the asker may know of; others have their part in the verdict
    alone.
    `lots` are as their makers signed them. What is in a container is told by the tables; what is
    told of each pack is proven.
    """

    container: Container
    at: datetime
    verdict: Verdict
    packs: tuple[PackAnswer, ...] = ()
    units: tuple[UnitsAnswer, ...] = ()
    lots: Mapping[LotKey, Lot] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    witnessed_at: datetime | None = None

    @property
    def goods(self) -> tuple[PackAnswer | UnitsAnswer, ...]:
        """Packs and units, lot by lot."""
        return tuple(sorted((*self.packs, *self.units), key=lambda one: one.packed.lot))


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


def unit_answers(
    chain: Chain, packed: Sequence[PackedUnits], party: Party, at: datetime
) -> list[UnitsAnswer]:
    """Judge the units of one lot that are in a container, along the proven ways of their goods.

    Where no proven goods hold as many units in that container, nobody can tell.
    """
    read = Scanned(chain.key.gtin, chain.key.lot, None, None)
    proved = [one for one in packed if _holds(chain, one)]
    ways = [way_of_units(chain.history, one.output) for one in proved]
    known = grounds_along(chain, [read] * len(proved), ways, party, at)
    every = chain.lot is not None and asks_for_all(chain.history, party)
    found = [
        _units_answer(one, judged.verdict, known=every or _concerns(one, on, party))
        for one, on, judged in zip(proved, known, all_judged(known), strict=True)
    ]
    doubtful = verdict_on([reason("EVIDENCE_NOT_CHECKED")])
    return found + [
        _units_answer(one, doubtful, known=str(party.gln) in (one.holder, one.receiver))
        for one in packed
        if one not in proved
    ]


def _holds(chain: Chain, packed: PackedUnits) -> bool:
    goods = chain.history.state.outputs.get(packed.output)
    return goods is not None and goods.load.units.get(packed.container) == packed.units


def _units_answer(packed: PackedUnits, verdict: Verdict, *, known: bool) -> UnitsAnswer:
    return UnitsAnswer(packed, verdict if known else _NOT_YOURS, known)


def _concerns(packed: Packed | PackedUnits, on: Ground, party: Party) -> bool:
    """Whether the party has the goods, or had: by the tables now, by their proven way before."""
    now = str(party.gln) in (packed.holder, packed.receiver)
    return now or any(party.gln in stay.sites for stay in on.way)


def _answer(packed: Packed, verdict: Verdict, *, known: bool) -> PackAnswer:
    """Who never had a pack is told nothing of it, but that it is not his."""
    return PackAnswer(packed, verdict if known else _NOT_YOURS, known)
