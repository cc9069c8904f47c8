"""What goods used up of their stability budget: how much, where, by whom, and what is over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ledger.core.links import OutputRef
from supplychain.domain.findings import Finding
from supplychain.domain.overspending import beyond
from supplychain.domain.spent import Spent
from supplychain.domain.stays import longest_s
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import COLD, FROST, HEAT, Tally
from supplychain.queries.chains import Chain
from supplychain.queries.readings import LegReadings, legs_of
from supplychain.web.findings import FINDINGS
from supplychain.web.temperatures import title_of
from supplychain.web.wording import by_name, degrees, lasting, moment


@dataclass(frozen=True, slots=True)
class BandLine:
    """One band over the whole life of the goods; `over` says what is too much, if anything is."""

    name: str
    range: str
    used: str
    allowed: str
    over: str


@dataclass(frozen=True, slots=True)
class LegUse:
    """What one leg used of the bands, and who had the goods."""

    title: str
    when: str
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BudgetPage:
    """The budget of some goods, and the legs that they went through, in the log's order."""

    bands: tuple[BandLine, ...]
    legs: tuple[LegUse, ...]


def budget_page(chain: Chain, profile: StorageProfile, goods: Collection[OutputRef]) -> BudgetPage:
    """The budget of these outputs, by what was signed; of several, the most that any used."""
    made = chain.history.made
    tally = Spent.most(made[ref].spent for ref in goods if ref in made).tally
    legs = legs_of(chain, chain.history.ancestry(goods))
    return BudgetPage(
        (*_bands(profile, tally), *_sides(profile, tally), *_hand_offs(profile, tally)),
        tuple(map(_leg, legs)),
    )


def _bands(profile: StorageProfile, tally: Tally) -> Iterator[BandLine]:
    for band in profile.bands:
        allowed = "no limit" if band.total_min is None else lasting(band.total_min)
        over = sorted(beyond(band, tally, profile))
        yield BandLine(
            band.id,
            f"{degrees(band.low_centi_c)} to {degrees(band.high_centi_c)}",
            lasting(tally.seconds(band) / 60),
            allowed,
            ". ".join(FINDINGS[one] for one in over),
        )


def _sides(profile: StorageProfile, tally: Tally) -> Iterator[BandLine]:
    """Time outside that adds up, where the profile limits that (C3)."""
    for name, limit_min, used_s in (
        ("above the limits", profile.cumulative_above_min, tally.above_s),
        ("below the limits", profile.cumulative_below_min, tally.below_s),
    ):
        if limit_min is not None:
            over = "More than the product bears" if used_s > 60 * limit_min else ""
            yield BandLine(name, "", lasting(used_s / 60), lasting(limit_min), over)


def _hand_offs(profile: StorageProfile, tally: Tally) -> Iterator[BandLine]:
    """What went on from one leg to the next, where that may not be for long (C2, C5)."""
    frost = profile.freeze.minutes if profile.freeze else None
    for name, key, limit_min in (
        ("above the limits, over a hand-off", HEAT, profile.excursion_delay_min),
        ("below the limits, over a hand-off", COLD, profile.excursion_delay_min),
        ("frost, over a hand-off", FROST, frost),
    ):
        longest_min = longest_s(tally.known[key].stays) / 60 if key in tally.known else 0
        if limit_min and longest_min:
            over = FINDINGS[Finding.GOES_ON] if longest_min >= limit_min else ""
            yield BandLine(name, "", lasting(longest_min), f"below {lasting(limit_min)}", over)


def _leg(leg: LegReadings) -> LegUse:
    covers = leg.claim.covers if leg.claim else None
    used = leg.claim.judged.used if leg.claim and leg.claim.judged else ()
    return LegUse(
        title=f"{title_of(leg, by_name)} (GLN {leg.act.signer.gln})",
        when=f"{moment(covers.start)} to {moment(covers.end)}" if covers else "",
        used=tuple(f"{one.band}: {lasting(one.seconds / 60)}" for one in used),
    )
