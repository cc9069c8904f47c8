"""Where the asking party stands with one pack, whose way through its lot is proven."""

from supplychain.domain.histories import History
from supplychain.domain.outputs import Output, State
from supplychain.domain.pack_traces import PackTrace
from supplychain.domain.parties import Party
from supplychain.domain.standing import (
    Scope,
    Standing,
    asks_for_all,
    decided,
    is_with,
    legs,
    voided,
)

_APART = {State.QUARANTINED: Standing.QUARANTINED, State.RETURNED: Standing.RETURNED}
_KEPT = {State.HELD: Standing.HOLDS, State.IN_TRANSIT: Standing.NOT_RECEIVED}


def pack_scope(history: History, asking: Party | None, trace: PackTrace) -> Scope:
    """The scope of an answer about one pack: only the entries that it came through matter.

    A pack that left the trade is out of it for everybody, whoever asks.
    """
    entries = history.ancestry(trace.way[-1:])
    return Scope(
        standing=_stand(history, asking, trace),
        entries=entries,
        legs=legs(history, entries),
        decided=decided(history, entries, trace.way[-1:]),
    )


def _stand(history: History, asking: Party | None, trace: PackTrace) -> Standing:
    now = history.made[trace.way[-1]]
    if now.state.final:
        return _ended(now, asking)
    if now.state in _APART:
        return _APART[now.state]
    if asking is None or asks_for_all(history, asking):
        return Standing.WHOLE_LOT
    if is_with(now, asking.gln):
        return _KEPT[now.state]
    had = [ref for ref in trace.way if is_with(history.made[ref], asking.gln)]
    if not had:
        return Standing.NEVER_HERE
    return Standing.VOIDED if voided(history, had[-1]) else Standing.PASSED_ON


def _ended(now: Output, asking: Party | None) -> Standing:
    if now.state is State.LOST or now.state is State.STOLEN:
        return Standing.MISSED
    if now.state is not State.DISPENSED:
        return Standing.ENDED
    here = asking is not None and asking.gln == now.holder
    return Standing.DISPENSED_HERE if here else Standing.DISPENSED
