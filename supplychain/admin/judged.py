"""The temperature of a hand-off that is about to be signed, judged as it will be."""

from collections.abc import Iterable

from django.utils.safestring import mark_safe

from supplychain.admin.temperature import Read
from supplychain.domain.excursions import Covers, State, judge
from supplychain.domain.tracker_claim import TrackerClaim
from supplychain.queries.profiles import profile_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.web.chart import HandOff, chart
from supplychain.web.logger_facts import logger_facts
from supplychain.web.pages import LegPlot
from supplychain.web.temperatures import facts_of, tracker_in_words

_NONE = {
    "not_required": "No readings: this product needs none.",
    "logger_missing": "No readings: there was no logger, or it is gone.",
    "logger_unreadable": "No readings: the logger cannot be read out.",
}
_STATES = {
    State.IN_RANGE: "In range",
    State.REVIEW: "Not clean, and within what the product may bear: quality has to decide",
    State.EXCURSION: "Outside the limits: an excursion",
    State.FREEZE: "So cold for so long that it froze",
    State.DATA_GAP: "A stretch without readings",
    State.NO_DATA: "No readings",
}
_WIDTH, _HEIGHT = 880, 320


def resting_on(device: str, told: TrackerClaim | None) -> str:
    """What a receipt that rests on a tracker will say, by what is on record already."""
    so_far = f" So far: {tracker_in_words(told)}." if told else ""
    return (
        f"The giver's tracker {device} told of the journey.{so_far}"
        " What it sent since is signed first, and your receipt says what is missing."
    )


def judged(
    conditions: ConditionsInput,
    profile_id: str,
    covers: Covers | None,
    loggers: Iterable[Read] = (),
    marks: tuple[str, str] = ("sent", "arrived"),
) -> LegPlot:
    """The chart of the readings with its facts, or the stated reason for none.

    `loggers` are the files that they were read from: these say more than readings.
    """
    if conditions.tracker and covers is None:
        words = f"What your tracker {conditions.tracker} told of the last day is signed with it."
        return LegPlot("Temperature", words)
    if conditions.tracker:
        return LegPlot("Temperature", resting_on(conditions.tracker, None))
    if not conditions.series:
        return LegPlot("Temperature", _NONE.get(conditions.none, ""))
    limits = profile_of(profile_id)
    judgement = judge(conditions.series, limits, covers, stated=conditions.stated)
    ends = tuple(map(HandOff, covers, marks)) if covers else ()
    drawn = chart(
        conditions.series,
        limits,
        judgement=judgement,
        hand_offs=ends,
        width=_WIDTH,
        height=_HEIGHT,
        name="judged",
    )
    return LegPlot(
        title="Temperature",
        note=_STATES[judgement.state],
        chart=mark_safe(drawn),  # noqa: S308 - our own markup; every word in it is escaped there
        facts=(
            *facts_of(conditions.series, limits, judgement),
            *(fact for _, one, _ in loggers for fact in logger_facts(one.file, one.note)),
        ),
    )
