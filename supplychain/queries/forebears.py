"""The lots that a lot was made of, each with its own chain proven, and what stands against them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.facts import Forebear, Leg
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import LotKey
from supplychain.domain.spent import handed_down
from supplychain.domain.standing import decided, legs
from supplychain.domain.statements import LotRegister, QualityRelease, SourceClaim, Transform
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.profiles import known_profile
from supplychain.queries.readings import LegReadings, legs_of

FOREBEARS_MAX = 50
"""How many lots one answer looks into; what comes of more is not said to be checked."""


@dataclass(frozen=True, slots=True)
class Elder:
    """A lot that another was made of: what a verdict rests on, and what pages tell of it.

    `legs` are those of the goods that became others, `decisions` what quality said of them.
    """

    forebear: Forebear
    legs: tuple[LegReadings, ...] = ()
    decisions: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cited:
    """What a birth says of one entry of an older lot; `profile` is the younger lot's."""

    younger: LotKey
    profile: str
    operation: str
    source: SourceClaim


def forebears_of(chain: Chain, at: datetime) -> tuple[Elder, ...]:
    """All of them, as the births tell, up to the first lots; none for a lot made of nothing."""
    chains: dict[LotKey, Chain] = {}
    cited: dict[LotKey, list[_Cited]] = {}
    waiting = list(_sources(chain))
    while waiting:
        one = waiting.pop()
        key = one.source.key
        cited.setdefault(key, []).append(one)
        if key in chains:
            continue
        if len(chains) == FOREBEARS_MAX:
            break
        chains[key] = chain_of(key, at)
        waiting += _sources(chains[key])
    return tuple(_elder(key, chains.get(key), cited[key]) for key in sorted(cited))


def _sources(chain: Chain) -> Iterator[_Cited]:
    births = (act.statement for act in chain.history.acts.values())
    birth = next((one for one in births if isinstance(one, LotRegister)), None)
    if birth is None or birth.origin is None:
        return
    for source in birth.origin.sources:
        yield _Cited(chain.key, birth.product.profile, birth.origin.operation, source)


def _elder(key: LotKey, older: Chain | None, cited: Iterable[_Cited]) -> Elder:
    if older is None or older.lot is None or older.errors or older.pending or not older.checkpoint:
        return Elder(Forebear(key, None, None))
    history, several = older.history, list(cited)
    goods = [OutputRef(one.source.entry, 0) for one in several]
    entries = history.ancestry(goods)
    found = legs_of(older, legs(history, entries))
    forebear = Forebear(
        key,
        history.state.flags,
        all(_agrees(older, one) for one in several),
        tuple(Leg(leg.act.entry_id, leg.state, leg.findings) for leg in found),
        decided(history, entries, [ref for ref in goods if ref in history.made]),
        older.lot.monitored,
    )
    said = (history.acts[one] for one in entries)
    return Elder(forebear, found, tuple(a for a in said if isinstance(a.statement, QualityRelease)))


def _agrees(older: Chain, cited: _Cited) -> bool:
    """Whether the older lot's entry says of itself what the younger lot says of it."""
    source, lot = cited.source, older.lot
    act, made = older.history.acts.get(source.entry), older.history.made
    said = act.statement if act is not None else None
    if lot is None or not isinstance(said, Transform) or said.operation != cited.operation:
        return False
    spent = handed_down(
        made[OutputRef(source.entry, 0)].spent.tally,
        known_profile(lot.product.profile),
        known_profile(cited.profile),
    )
    makes = any((one.key, one.makes) == (cited.younger, source.makes) for one in said.into)
    return makes and source.spent == spent
