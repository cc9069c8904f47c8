"""One identifier in two places (R13): what records and sightings of a pack cannot both mean.

A sighting is a scan of the pack at a site: whoever scans has it in hand. Makers, authorities and
auditors ask about goods of others and are no site here. That a site scans again changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from supplychain.domain.histories import History
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import Output
from supplychain.domain.pack_traces import PackTrace

TOGETHER = timedelta(hours=1)
"""Within such a time goods do not change hands unless somebody records it."""


class Doubt(StrEnum):
    """Why it seems that there are two packs of one number."""

    ENDED = "ended"  # it left the trade at one site, and was scanned at another
    SEEN = "seen"  # two sites had it in hand, and no hand-off lies between
    HELD = "held"  # it is one site's by the records, and was scanned at another

    @property
    def grave(self) -> bool:
        """Whether more speaks for it than records that may be late."""
        return self is not Doubt.HELD


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting. `expected`: by the records of that moment the pack might be there."""

    site: Gln
    at: datetime
    expected: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """With whom a pack is by the records, since when, and whether for good.

    What is on the way is with both ends of the journey.
    """

    sites: frozenset[Gln]
    since: datetime
    final: bool = False

    def expects(self, site: Gln, *, carries: bool = False) -> bool:
        """Whether the pack may be there; a carrier may have whatever is on the way."""
        on_the_way = len(self.sites) > 1
        return site in self.sites or (carries and on_the_way)


@dataclass(frozen=True, slots=True)
class Raised:
    """A doubt between `site`, which saw the pack where nobody expects it, and another site."""

    doubt: Doubt
    site: Gln
    other: Gln
    at: datetime


def two_places(
    now: Seen, stay: Stay | None, before: Iterable[Seen], way: Collection[Stay] = ()
) -> frozenset[Raised]:
    """The doubts that a sighting raises, one for each other site that it concerns.

    `stay` is where the records have the pack, None where they do not know it; `before` are earlier
    sightings, `way` is all of its way by the records. Two sightings that were both expected are no
    contradiction, however close.
    """
    against = [one for one in before if _contradicts(now, stay, one, way)]
    on_record: frozenset[Gln] = frozenset() if stay is None or now.expected else stay.sites
    doubt = Doubt.ENDED if stay is not None and stay.final else Doubt.HELD
    if doubt is Doubt.ENDED:  # who ended it saw it before, as a rule; that it ended says more
        against = [one for one in against if one.site not in on_record]
    seen = {_between(now, one) for one in against}
    on_record -= {one.site for one in against}
    return frozenset(seen | {Raised(doubt, now.site, site, now.at) for site in on_record})


def _between(now: Seen, one: Seen) -> Raised:
    site, other = (one.site, now.site) if now.expected else (now.site, one.site)
    return Raised(Doubt.SEEN, site, other, now.at)


def _contradicts(now: Seen, stay: Stay | None, one: Seen, way: Collection[Stay]) -> bool:
    """Whether both sightings cannot be of one pack.

    They are too close; or the pack was here by the records all the while that somebody had it.
    """
    explained = one.expected or _came_later(one.site, one.at, way)
    if one.site == now.site or (explained and now.expected):
        return False
    here_meanwhile = stay is not None and now.expected and one.at >= stay.since
    return abs(now.at - one.at) < TOGETHER or here_meanwhile


def _came_later(site: Gln, at: datetime, way: Collection[Stay]) -> bool:
    """Whether the pack went to the site after all: the records were only late."""
    return any(site in stay.sites and stay.since >= at for stay in way)


def way_of(history: History, trace: PackTrace | None) -> tuple[Stay, ...]:
    """The way of a pack by the records, from birth on; nothing where it has none."""
    return tuple(_stay(history.made[ref]) for ref in trace.way) if trace is not None else ()


def _stay(output: Output) -> Stay:
    sites = {output.holder} if output.to is None else {output.holder, output.to}
    return Stay(frozenset(sites), output.made_at, output.state.final)


def standing(raised: Iterable[Raised], way: Collection[Stay]) -> frozenset[Doubt]:
    """The doubts that stand, given the way of the pack by the records.

    Records that were late settle a doubt; but what had left the trade has no way any more.
    """
    return frozenset(
        one.doubt
        for one in raised
        if one.doubt is Doubt.ENDED or not _came_later(one.site, one.at, way)
    )
