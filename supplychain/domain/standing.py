"""Where the asking party stands in a lot's history, and which entries its answer depends on."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ledger.core.links import OutputRef
from supplychain.domain.consumption import questions
from supplychain.domain.histories import History
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Exceeding
from supplychain.domain.outputs import FINAL, Output, State
from supplychain.domain.parties import Party, Role
from supplychain.domain.statements import (
    SPEAKING,
    ConditionsRecord,
    Lose,
    LotStatement,
    QualityRelease,
    Receive,
    Void,
)


class Standing(StrEnum):
    """What the asking party has of the lot."""

    WHOLE_LOT = "whole_lot"  # it asks about the lot, not about goods of its own
    HOLDS = "holds"
    QUARANTINED = "quarantined"
    RETURNED = "returned"  # came back, and nobody has checked it yet
    NOT_RECEIVED = "not_received"
    NOTHING_LEFT = "nothing_left"
    VOIDED = "voided"
    NEVER_HERE = "never_here"
    PASSED_ON = "passed_on"  # this very pack went on from here
    DISPENSED = "dispensed"
    DISPENSED_HERE = "dispensed_here"
    MISSED = "missed"  # this very pack was lost or stolen
    ENDED = "ended"  # this very pack was destroyed, or left the trade otherwise
    GONE = "gone"  # nothing of the lot is left anywhere, nor did any of it reach a patient

    @property
    def alarming(self) -> bool:
        """Whether to meet such goods is an alert: they are put into quarantine, and it is told."""
        return self is Standing.MISSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of the history the answer depends on.

    `entries` are those that the party's goods come from (all of them for the whole lot) and
    `legs` those among them that speak of temperature: dispatches, receipts, records of a stay.
    `decided` are those among them whose temperature quality decided on, for all of the goods.
    `over`: a delivery was more than was said, and its giver has not admitted it.
    `some_quarantined`: beside good units there are some in quarantine, and no telling them apart.
    """

    standing: Standing
    entries: frozenset[str] = frozenset()
    legs: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()
    short_receipt: bool = False
    voided: bool = False
    some_quarantined: bool = False
    over: bool = False


def scope(history: History, asking: Party | None) -> Scope:
    """The scope for an asking party; None is somebody unnamed.

    The lot's maker, authorities and auditors ask about the whole lot, as the unnamed do.
    """
    if asking is None or asks_for_all(history, asking):
        return _whole_lot(history)
    gln = asking.gln
    standing, goods = _stand(history, gln)
    entries = history.ancestry(goods)
    return Scope(
        standing=standing,
        entries=entries,
        legs=legs(history, entries),
        decided=decided(history, entries, goods),
        short_receipt=any(out.to == gln for out in _open_rests(history)),
        over=any(gln in (one.giver, one.receiver) for one in _questions(history)),
        some_quarantined=standing is Standing.HOLDS
        and any(history.made[ref].state in _APART for ref in goods),
    )


def asks_for_all(history: History, asking: Party) -> bool:
    """Whether the party is told of the lot, and not of goods of its own."""
    lot = history.state.lot
    made_it = lot is not None and lot.maker == asking.gln
    return made_it or bool(asking.roles & {Role.AUTHORITY, Role.AUDITOR})


def _whole_lot(history: History) -> Scope:
    entries = frozenset(history.acts)
    states = {output.state for output in history.state.outputs.values()}
    standing = _stand_of_all(states)
    return Scope(
        standing=standing,
        entries=entries,
        legs=legs(history, entries),
        decided=decided(history, entries, history.state.outputs),
        short_receipt=any(True for _ in _open_rests(history)),
        voided=any(isinstance(act.statement, Void) for act in history.acts.values()),
        over=any(True for _ in _questions(history)),
        some_quarantined=standing is Standing.WHOLE_LOT and bool(states & _APART.keys()),
    )


def _stand_of_all(states: set[State]) -> Standing:
    """Whether a pack of the lot may be met at all, and in good order."""
    if not states or states - _ENDED - _APART.keys():
        return Standing.WHOLE_LOT
    return next((_APART[state] for state in _APART if state in states), Standing.GONE)


_APART = {State.QUARANTINED: Standing.QUARANTINED, State.RETURNED: Standing.RETURNED}
# A dispensed pack may well be met: at the patient's.
_ENDED = FINAL - {State.DISPENSED}


def _stand(history: History, gln: Gln) -> tuple[Standing, list[OutputRef]]:
    """The standing, and the outputs that it rests on."""
    now = {ref: out for ref, out in history.state.outputs.items() if is_with(out, gln)}
    for state, standing in _WORTH:
        if any(out.state is state for out in now.values()):
            return standing, [ref for ref, out in now.items() if not out.state.final]
    ever = [ref for ref, out in history.made.items() if is_with(out, gln)]
    if any(history.made[ref].state is not State.IN_TRANSIT for ref in ever):
        return Standing.NOTHING_LEFT, ever
    if any(voided(history, ref) for ref in ever):
        return Standing.VOIDED, ever
    return Standing.NEVER_HERE, ever


_WORTH = (
    (State.HELD, Standing.HOLDS),
    *_APART.items(),
    (State.IN_TRANSIT, Standing.NOT_RECEIVED),
)


def is_with(output: Output, gln: Gln) -> bool:
    """Whether goods are with the party: what is on the way is with the one it was sent to."""
    return gln == (output.to if output.state is State.IN_TRANSIT else output.holder)


def voided(history: History, ref: OutputRef) -> bool:
    """Whether these goods were taken back before they arrived."""
    user = history.used_by.get(ref)
    return user is not None and isinstance(history.acts[user].statement, Void)


def _questions(history: History) -> Iterable[Exceeding]:
    """What receivers found too much, and no giver has admitted."""
    return history.state.exceeding.values()


def _open_rests(history: History) -> Iterable[Output]:
    """What receivers said was missing, and nobody has found, voided or given up since."""
    for ref, output in history.state.outputs.items():
        if output.state is State.IN_TRANSIT and isinstance(_mover(history, ref), Receive):
            yield output


def _mover(history: History, ref: OutputRef) -> LotStatement:
    """What brought goods into their state; a record, or what befell others of them, leaves it."""
    act = history.acts[ref.entry_id]
    while isinstance(act.statement, ConditionsRecord | Lose | Void):
        act = history.acts[act.consumes[0].entry_id]
    return act.statement


def legs(history: History, entries: frozenset[str]) -> frozenset[str]:
    """The entries that speak of temperature among these."""
    return frozenset(
        entry_id for entry_id in entries if isinstance(history.acts[entry_id].statement, SPEAKING)
    )


def decided(
    history: History, entries: frozenset[str], goods: Iterable[OutputRef]
) -> frozenset[str]:
    """The entries on whose temperature there is a decision, and no part of the goods waits for one.

    What was decided for some of the goods is not for the others.
    """
    said = (history.acts[entry_id].statement for entry_id in entries)
    cited = {one for word in said if isinstance(word, QualityRelease) for one in word.entries}
    return frozenset(cited - questions(history.made[ref] for ref in goods))
