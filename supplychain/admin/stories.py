"""Movements of a lot as lines that people read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from supplychain.domain.quality import UNDECIDED
from supplychain.queries.lots import Movement, Part
from supplychain.web.wording import units

_STATES = {
    "held": "in stock",
    "quarantined": "in quarantine",
    "returned": "come back, to be checked",
    "in_transit": "on the way",
}
_SENT = {"custody.ship": "sent to", "custody.return": "sent back to"}
_DONE = {
    "lot.register": "registered",
    "custody.surplus": "admitted that were sent too many",
    "custody.void": "taken back before they were received",
    "custody.release": "released into stock",
    "conditions.record": "in stock: temperature recorded",
    "quality.release": "released by quality",
}
_ARRIVED = {
    "held": "received",
    "returned": "came back",
    "quarantined": "into quarantine",
    "in_transit": "missing",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One movement: what happened, and where it stands in the log."""

    what: str
    at: datetime
    by: str
    gln: str
    entry_id: str
    index: int | None
    shipment: str
    temperature: str
    excursion: bool


def story(movements: Iterable[Movement], index_of: Mapping[str, int]) -> list[Chapter]:
    """The movements, newest first."""
    chapters = [_chapter(one, index_of.get(one.entry_id)) for one in movements]
    return chapters[::-1]


def state_in_words(state: str) -> str:
    """A state of goods for people."""
    return _STATES.get(state, state.replace("_", " "))


def _chapter(one: Movement, index: int | None) -> Chapter:
    leg = one.leg
    return Chapter(
        what=", ".join(_words(one)),
        at=one.at,
        by=one.by_name,
        gln=one.by,
        entry_id=one.entry_id,
        index=index,
        shipment=one.shipment,
        temperature=_temperature(leg.state, leg.reason) if leg else "",
        excursion=leg is not None and leg.state in UNDECIDED,
    )


def _words(one: Movement) -> Iterator[str]:
    moved = [part for part in one.outputs if not _left_over(one.what, part)]
    for part in moved or one.outputs:
        yield _part(one.what, part)


def _left_over(what: str, part: Part) -> bool:
    """Whether the part only stayed where it was: of a receipt each part is news."""
    return part.n > 0 and what != "custody.receive"


def _part(what: str, part: Part) -> str:
    amount = units(part.quantity)
    if part.state == "in_transit" and what in _SENT:
        return f"{amount} {_SENT[what]} {part.receiver_name}"
    if what == "custody.receive":
        return f"{amount} {_ARRIVED.get(part.state, part.state)}"
    return f"{amount} {_DONE.get(what) or state_in_words(part.state)}"


def _temperature(state: str, reason: str) -> str:
    words = {
        "IN_RANGE": "Temperature in range",
        **UNDECIDED,
        "DATA_GAP": "Gap in the readings",
        "TRACKED": "Told of by a tracker that went along",
    }
    reasons = {
        "not_required": "No readings required",
        "logger_missing": "No logger",
        "logger_unreadable": "Logger unreadable",
    }
    return words.get(state) or reasons.get(reason, "No readings")
