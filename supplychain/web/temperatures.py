"""The temperature of a hand-off: a chart, and the same facts in words."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import mark_safe

from supplychain.domain.conditions import Series
from supplychain.domain.excursions import Excursion, Judgement, State
from supplychain.domain.profiles import StorageProfile
from supplychain.web.chart import HandOff, chart
from supplychain.web.pages import LegPlot
from supplychain.web.wording import degrees, lasting, moment

_STATES = {
    State.IN_RANGE: "in range",
    State.EXCURSION: "outside the limits",
    State.DATA_GAP: "a stretch without readings",
    State.NO_DATA: "no readings",
}
_WIDTH, _HEIGHT = 960, 340


def leg_plot(
    *,
    title: str,
    series: Sequence[Series],
    profile: StorageProfile,
    judgement: Judgement,
    hand_offs: Sequence[HandOff],
    name: str,
) -> LegPlot:
    """One hand-off with readings; `name` keeps the ids of several charts apart."""
    drawn = chart(
        series,
        profile,
        judgement=judgement,
        hand_offs=hand_offs,
        width=_WIDTH,
        height=_HEIGHT,
        name=name,
    )
    return LegPlot(
        title=title,
        note=_STATES[judgement.state],
        chart=mark_safe(drawn),  # noqa: S308 - our own markup; every word in it is escaped there
        facts=tuple(_facts(series, profile, judgement)),
    )


def _facts(
    series: Sequence[Series], profile: StorageProfile, judgement: Judgement
) -> Iterable[tuple[str, str]]:
    yield "Limits", profile.name
    yield "Outcome", _STATES[judgement.state].capitalize()
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
