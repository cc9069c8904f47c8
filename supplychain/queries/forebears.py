"""The lots that a lot was made of, each with its own chain proven, and what stands against them."""

from collections.abc import Iterator
from datetime import datetime

from supplychain.domain.facts import Forebear
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import LotRegister, Origin, SourceClaim, Transform
from supplychain.queries.chains import Chain, chain_of

FOREBEARS_MAX = 50
"""How many lots one answer looks into; what comes of more is not said to be checked."""


def forebears_of(chain: Chain, at: datetime) -> tuple[Forebear, ...]:
    """All of them, as the births tell, up to the first lots; none for a lot made of nothing."""
    found: dict[LotKey, Forebear] = {}
    waiting = list(_sources(chain))
    while waiting:
        younger, operation, source = waiting.pop()
        if source.key in found and found[source.key].agrees is not True:
            continue
        if len(found) == FOREBEARS_MAX:
            found[source.key] = Forebear(source.key, None, None)
            break
        older = chain_of(source.key, at)
        if source.key not in found:
            waiting += _sources(older)
        found[source.key] = _forebear(older, younger, operation, source)
    return tuple(found[key] for key in sorted(found))


def _sources(chain: Chain) -> Iterator[tuple[LotKey, str, SourceClaim]]:
    origin = _origin(chain)
    for source in origin.sources if origin else ():
        yield chain.key, origin.operation if origin else "", source


def _origin(chain: Chain) -> Origin | None:
    births = (act.statement for act in chain.history.acts.values())
    return next((one.origin for one in births if isinstance(one, LotRegister)), None)


def _forebear(older: Chain, younger: LotKey, operation: str, source: SourceClaim) -> Forebear:
    if older.lot is None or older.errors or older.pending or not older.checkpoint:
        return Forebear(source.key, None, None)
    act = older.history.acts.get(source.entry)
    said = act.statement if act is not None else None
    agrees = (
        isinstance(said, Transform)
        and said.operation == operation
        and any((one.key, one.makes) == (younger, source.makes) for one in said.into)
    )
    return Forebear(source.key, older.history.state.flags, agrees)
