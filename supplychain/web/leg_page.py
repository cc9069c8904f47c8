"""One leg by itself: its chart, its loggers, what was signed of it, and what quality decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from supplychain.domain.lot_state import Act
from supplychain.domain.statements import QualityRelease
from supplychain.queries.chains import Chain
from supplychain.queries.readings import LegReadings, legs_of
from supplychain.web.logger_facts import left_out
from supplychain.web.pages import LegPlot
from supplychain.web.temperatures import leg_plot, tracker_in_words
from supplychain.web.wording import by_name, day, lasting, moment

Names = Mapping[str, str]
"""The people who decided, by the entries of their decisions."""
NO_NAMES: Final[Names] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LoggerLine:
    """A logger's series, as it was signed; `file` is the SHA-256 of the file it came in.

    `left_out` says what of that file is not cited, "" where all is.
    """

    device: str
    readings: str
    every: str
    when: str
    calibrated: str
    root: str
    file: str
    left_out: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What quality said of the leg; `people` for who may read their names."""

    by: str
    people: str
    when: str
    reason: str
    entry_id: str
    index: int | None


@dataclass(frozen=True, slots=True)
class LegPage:
    """What the page of a leg shows; `product` and `lot` as the maker registered them."""

    plot: LegPlot
    product: str
    gtin: str
    lot: str
    expiry: str
    signed: tuple[tuple[str, str], ...]
    loggers: tuple[LoggerLine, ...]
    decisions: tuple[Decision, ...]


def one_leg(chain: Chain, entry_id: str) -> LegReadings | None:
    """The leg that this entry speaks of, all its readings judged again; None where it is none.

    Where anything adds up over legs, in view of all those before it.
    """
    alone = legs_of(chain, {entry_id}, in_full=entry_id)
    if not alone or not alone[0].profile.adds_up:
        return next(iter(alone), None)
    legs = legs_of(chain, set(chain.history.acts), in_full=entry_id)
    return next(leg for leg in legs if leg.act.entry_id == entry_id)


def leg_page(chain: Chain, leg: LegReadings, names: Names = NO_NAMES) -> LegPage:
    """The page of a leg, for who may see all of the lot; `names` by the entries of decisions."""
    lot = chain.lot
    return LegPage(
        plot=leg_plot(leg, by_name),
        product=f"{lot.product.name} {lot.product.strength}" if lot else "",
        gtin=str(chain.key.gtin),
        lot=str(chain.key.lot),
        expiry=day(lot.expiry.on) if lot else "",
        signed=tuple(signed_facts(chain, leg)),
        loggers=loggers(leg),
        decisions=tuple(decisions(chain, leg.act.entry_id, names)),
    )


def signed_facts(chain: Chain, leg: LegReadings) -> Iterator[tuple[str, str]]:
    """By whom, when and where what is known of the leg was signed."""
    yield "Signed by", f"{leg.act.signer.name} (GLN {leg.act.signer.gln})"
    yield "Signed at", moment(leg.act.at)
    yield "Statement", leg.act.statement.type
    yield "Entry", leg.act.entry_id
    yield "Index in the log", _index(chain, leg.act)
    if leg.tracker:
        yield "Rests on the tracker", tracker_in_words(leg.tracker)
    if leg.claim:
        yield "Limits by", leg.claim.profile
        yield "Judged by", leg.claim.method
        yield "Signed outcome", leg.claim.state.value


def loggers(leg: LegReadings) -> tuple[LoggerLine, ...]:
    """The loggers of a leg, in the order of the signed claim."""
    return tuple(
        LoggerLine(
            device=one.device,
            readings=f"{one.count:,}",
            every=lasting(one.interval_s / 60),
            when=f"{moment(one.first)} to {moment(one.last)}",
            calibrated=day(one.calibrated) if one.calibrated else "not stated",
            root=one.root,
            file=one.file or "",
            left_out=", ".join(left_out(one.cut)),
        )
        for one in (leg.claim.series if leg.claim else ())
    )


def decisions(chain: Chain, entry_id: str, names: Names = NO_NAMES) -> Iterator[Decision]:
    """What quality decided on the leg of this entry, in the log's order."""
    for act in chain.history.acts.values():
        said = act.statement
        if isinstance(said, QualityRelease) and entry_id in said.entries:
            index = chain.index_of.get(act.entry_id)
            by = by_name(act.signer)
            people = names.get(act.entry_id, "")
            yield Decision(by, people, moment(act.at), said.reason, act.entry_id, index)


def _index(chain: Chain, act: Act) -> str:
    index = chain.index_of.get(act.entry_id)
    return "waiting for its place" if index is None else str(index)


def budget(leg: LegReadings) -> Iterator[tuple[str, str, str, str]]:
    """Each band of the stability budget: used on this leg, so far in all, and what is allowed."""
    here = {use.band: use.seconds for use in leg.judgement.used} if leg.judgement else {}
    for band in leg.profile.bands:
        if band.id in leg.totals or band.id in here:
            allowed = "no limit" if band.total_min is None else lasting(band.total_min)
            so_far = leg.totals.get(band.id, 0)
            yield band.id, lasting(here.get(band.id, 0) / 60), lasting(so_far / 60), allowed
