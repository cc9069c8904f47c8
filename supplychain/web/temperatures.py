"""The temperature of a hand-off: a chart, and the same facts in words."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.safestring import mark_safe

from supplychain.domain.conditions import Series
from supplychain.domain.excursions import Excursion, Judgement, State
from supplychain.domain.facts import LegState
from supplychain.domain.profiles import StorageProfile
from supplychain.domain.signed_legs import READ_AT_ONCE_MAX
from supplychain.domain.statements import ConditionsRecord, Receive
from supplychain.domain.tracker_claim import TrackerClaim
from supplychain.queries.readings import LegReadings
from supplychain.web.chart import HandOff, chart
from supplychain.web.findings import found
from supplychain.web.pages import LegLine, LegPlot
from supplychain.web.wording import Name, degrees, lasting, moment

LegUrl = Callable[[str], str]
"""Where the leg of this entry has its page; empty where there is none for who asks."""

_STATES = {
    LegState.IN_RANGE: "in range",
    LegState.REVIEW: "outside the limits, within what the product may bear",
    LegState.EXCURSION: "outside the limits",
    LegState.FREEZE: "frozen",
    LegState.DATA_GAP: "a stretch without readings",
    LegState.NO_DATA: "no readings",
    LegState.NOT_REQUIRED: "no readings required",
    LegState.TRACKED: "told of by a tracker that went along",
    LegState.DISAGREES: "the stored readings are not those that were signed",
    LegState.UNKNOWN: "the readings are gone",
}
_WORST_FIRST = (
    LegState.DISAGREES,
    LegState.FREEZE,
    LegState.EXCURSION,
    LegState.REVIEW,
    LegState.UNKNOWN,
    LegState.DATA_GAP,
    LegState.NO_DATA,
    LegState.IN_RANGE,
    LegState.TRACKED,
    LegState.NOT_REQUIRED,
)
_WIDTH, _HEIGHT = 960, 340


def _nowhere(_entry: str) -> str:
    return ""


def leg_plots(
    legs: Sequence[LegReadings], name: Name, url: LegUrl = _nowhere
) -> tuple[LegPlot, ...]:
    """The hand-offs with what is known of their temperature, in the log's order.

    None where there are too many readings for that: then there are `leg_lines`.
    """
    if too_many_to_draw(legs):
        return ()
    return tuple(leg_plot(leg, name, url, f"leg-{n}") for n, leg in enumerate(legs, 1))


def leg_lines(
    legs: Sequence[LegReadings], name: Name, url: LegUrl = _nowhere
) -> tuple[LegLine, ...]:
    """The same as rows of a table, where there are too many readings for charts."""
    return tuple(_line(leg, name, url) for leg in legs) if too_many_to_draw(legs) else ()


def too_many_to_draw(legs: Sequence[LegReadings]) -> bool:
    """Whether all these legs together have more readings than one page draws."""
    return sum(leg.count for leg in legs) > READ_AT_ONCE_MAX


def temperature_gist(legs: Sequence[LegReadings]) -> str:
    """The worst of the hand-offs, and how warm and cold it ever was."""
    if not legs:
        return ""
    worst = min((leg.state for leg in legs), key=_WORST_FIRST.index)
    spoken = _STATES[worst].capitalize()
    extremes = span(legs)
    return f"{spoken}, {extremes}" if extremes else spoken


def span(legs: Iterable[LegReadings]) -> str:
    """The lowest and the highest reading of all; empty where there are none."""
    judged = [leg.judgement for leg in legs if leg.judgement is not None]
    low = [one.min_centi_c for one in judged if one.min_centi_c is not None]
    high = [one.max_centi_c for one in judged if one.max_centi_c is not None]
    return f"{degrees(min(low))} to {degrees(max(high))}" if low and high else ""


def excursion_in_words(leg: LegReadings) -> str:
    """The worst excursion of a hand-off; empty where there is none."""
    if leg.judgement is None:
        return ""
    if not leg.judgement.excursions:
        return _outside_as_signed(leg.judgement)
    worst = max(leg.judgement.excursions, key=lambda one: one.minutes_worst_case)
    return f"{degrees(worst.peak_centi_c)}, outside for {lasting(worst.minutes_worst_case)}"


def _outside_as_signed(judgement: Judgement) -> str:
    """What is known of excursions where single ones are not: there are too many readings."""
    above, below = judgement.outside.above_s, judgement.outside.below_s
    peak = judgement.max_centi_c if above else judgement.min_centi_c
    if judgement.state in (State.IN_RANGE, State.DATA_GAP) or peak is None:
        return ""
    return f"{degrees(peak)}, outside for {lasting((above + below) / 60)} in all"


def _line(leg: LegReadings, name: Name, url: LegUrl) -> LegLine:
    extremes = span([leg])
    covers = leg.claim.covers if leg.claim else None
    return LegLine(
        title=title_of(leg, name),
        when=f"{moment(covers.start)} to {moment(covers.end)}" if covers else "",
        note=said_of(leg),
        extremes=extremes,
        readings=f"{leg.count:,}",
        url=url(leg.act.entry_id) if leg.claim else "",
    )


def title_of(leg: LegReadings, name: Name) -> str:
    """Who had the goods, and what for."""
    return f"{_doing(leg)} {name(leg.act.signer)}"


def leg_plot(
    leg: LegReadings, name: Name, url: LegUrl = _nowhere, chart_name: str = "leg"
) -> LegPlot:
    """One hand-off with its chart, where its readings are there."""
    title = title_of(leg, name)
    if leg.judgement is None or not leg.series:
        return LegPlot(title, said_of(leg))
    drawn = leg_chart(leg, chart_name)
    return LegPlot(
        title=title,
        note=_STATES[leg.state],
        chart=mark_safe(drawn),  # noqa: S308 - our own markup; every word in it is escaped there
        facts=tuple(facts_of(leg.series, leg.profile, leg.judgement)),
        url=url(leg.act.entry_id),
    )


def leg_chart(leg: LegReadings, name: str = "leg") -> str:
    """The chart of a leg whose readings are there; else one that says that there are none."""
    return chart(
        leg.series,
        leg.profile,
        judgement=leg.judgement or Judgement(State.NO_DATA),
        hand_offs=hand_offs(leg),
        width=_WIDTH,
        height=_HEIGHT,
        name=name,
    )


def said_of(leg: LegReadings) -> str:
    """What is known of the leg, in a few words."""
    told = leg.tracker
    return _STATES[leg.state] if told is None else f"{_STATES[leg.state]}: {tracker_in_words(told)}"


def tracker_in_words(told: TrackerClaim) -> str:
    """Which batches a receipt rests on, and of which times they say nothing."""
    numbers = str(told.first) if told.first == told.last else f"{told.first} to {told.last}"
    missing = f", {told.missing} of them missing" if told.missing else ""
    gaps = (f"nothing from {moment(gap.start)} to {moment(gap.end)}" for gap in told.gaps)
    return "; ".join((f"{told.device}, batch {numbers}{missing}", *gaps))


def _doing(leg: LegReadings) -> str:
    match leg.act.statement:
        case Receive():
            return "Journey to"
        case ConditionsRecord(outputs=(goods, *_)) if goods.to:
            return "On the way, recorded by"
        case ConditionsRecord(place=place):
            return f"Kept in {place} by" if place else "Kept by"
        case _:
            return "Before dispatch by"


def hand_offs(leg: LegReadings) -> tuple[HandOff, ...]:
    """The moments from which and to which readings are asked for."""
    if leg.judgement is None or leg.judgement.covers is None:
        return ()
    start, end = leg.judgement.covers
    if isinstance(leg.act.statement, ConditionsRecord):
        return HandOff(start, "from"), HandOff(end, "to")
    return HandOff(start, "sent"), HandOff(end, "received")


def facts_of(
    series: Sequence[Series], profile: StorageProfile, judgement: Judgement
) -> Iterable[tuple[str, str]]:
    """What a chart shows, in words."""
    yield "Limits", profile.name
    yield "Outcome", _STATES[LegState(judgement.state.value)].capitalize()
    if judgement.min_centi_c is not None and judgement.max_centi_c is not None:
        yield (
            "Lowest and highest",
            f"{degrees(judgement.min_centi_c)} and {degrees(judgement.max_centi_c)}",
        )
    if judgement.mean_centi_c is not None:
        yield "Mean", degrees(judgement.mean_centi_c)
    if judgement.covers:
        yield "From loading to receipt", " to ".join(moment(at) for at in judgement.covers)
    yield "Time outside, worst case", lasting(judgement.minutes_out_worst_case)
    yield from (("Outside", _outside(one)) for one in judgement.deviations)
    yield from found(judgement)
    yield from (
        ("No readings", f"{moment(gap.start)} to {moment(gap.end)}") for gap in judgement.gaps
    )
    yield from (("Logger", _logger(one)) for one in series)


def _outside(one: Excursion) -> str:
    peak = f"{'up' if one.side == 'above' else 'down'} to {degrees(one.peak_centi_c)}"
    span = f"{moment(one.start)} to {moment(one.end)}"
    return f"{peak}, {span}, at worst {lasting(one.minutes_worst_case)}"


def _logger(one: Series) -> str:
    return f"{one.device}: {len(one.readings):,} readings, one every {lasting(one.interval_s / 60)}"
