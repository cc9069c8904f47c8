"""The custody timeline: each act of a lot as a line that a person reads.

How much was handed on is the trade of those who did it: who may not see names sees no amounts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import singledispatch

from supplychain.domain.lot_state import Act
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.packing_statements import Contents
from supplychain.domain.statements import (
    Aggregate,
    ConditionsRecord,
    Correction,
    Decommission,
    Destroy,
    Disaggregate,
    Dispense,
    ExpiryExtend,
    Export,
    HoldLift,
    HoldPlace,
    Lose,
    LotRegister,
    LotStatement,
    QualityRelease,
    Quarantine,
    RecallIssue,
    RecallLift,
    Receive,
    Release,
    Return,
    Sample,
    Ship,
    Surplus,
    Transform,
    Undo,
    Void,
)
from supplychain.domain.stock_statements import Reasoned
from supplychain.queries.scans import ScanResult
from supplychain.web.pages import Step
from supplychain.web.wording import KEYS, by_name, by_role, day, units

Count = Callable[[int], str]
_DONE: Mapping[type[Reasoned], str] = {
    Decommission: "decommissioned",
    Destroy: "destroyed",
    Export: "exported",
    Quarantine: "set aside in quarantine",
    Release: "released from quarantine",
    Sample: "taken as samples",
    Undo: "taken back into stock: not as was recorded",
}


def steps(result: ScanResult) -> tuple[Step, ...]:
    """The acts in the ledger's order; without names, parties appear by what they are."""
    return tuple(_step(act, result) for act in result.acts)


def gist(acts: Iterable[Act]) -> str:
    """The chain in half a line."""
    receipts = sum(isinstance(act.statement, Receive) for act in acts)
    if not receipts:
        return "No hand-off completed"
    return f"{receipts} hand-off{'' if receipts == 1 else 's'} completed"


def _step(act: Act, result: ScanResult) -> Step:
    named, name = result.named, by_name if result.named else by_role
    receiver = name(act.receiver) if act.receiver else "somebody not admitted"
    return Step(
        what=_sentence(_what(act.statement, receiver, units if named else _some)),
        at=act.at,
        signed_by=name(act.signer),
        index=result.index_of.get(act.entry_id),
        key=KEYS.get(result.custody_of.get(act.entry_id, ""), ""),
        more=_more(act.statement) if named else "",
        kind=_kind(act.statement),
    )


def _kind(statement: LotStatement) -> str:
    if isinstance(statement, RecallIssue | HoldPlace):
        return "order"
    return "final" if isinstance(statement, Receive) else ""


def _amount(outputs: Iterable[OutputClaim], state: State) -> int:
    return sum(claim.quantity for claim in outputs if claim.state is state)


def _some(_amount: int) -> str:
    return "units"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


@singledispatch
def _what(statement: LotStatement, receiver: str, _count: Count) -> str:
    raise TypeError(f"No words for {type(statement).__name__} (to {receiver}).")


@_what.register
def _(statement: LotRegister, _receiver: str, count: Count) -> str:
    return f"{count(statement.quantity)} registered"


@_what.register
def _(statement: Ship, receiver: str, count: Count) -> str:
    return f"{count(statement.quantity)} sent to {receiver}"


@_what.register
def _(statement: Return, receiver: str, count: Count) -> str:
    return f"{count(statement.quantity)} sent back to {receiver}"


@_what.register
def _(statement: Receive, _receiver: str, count: Count) -> str:
    taken = _amount(statement.outputs, State.HELD)
    damaged = _amount(statement.outputs, State.QUARANTINED)
    missing = _amount(statement.outputs, State.IN_TRANSIT)
    parts = [f"{count(taken)} received"] if taken else []
    came_back = _amount(statement.outputs, State.RETURNED)
    parts += [f"{count(came_back)} came back"] if came_back else []
    parts += [f"{count(damaged)} into quarantine"] if damaged else []
    parts += [f"{count(missing)} missing"] if missing else []
    parts += [f"{count(statement.over.quantity)} too many"] if statement.over else []
    return ", ".join(parts)


@_what.register
def _(statement: Surplus, _receiver: str, count: Count) -> str:
    return f"{count(statement.outputs[0].quantity)} admitted that were sent too many"


@_what.register
def _(statement: Transform, _receiver: str, count: Count) -> str:
    lots = ", ".join(f"lot {one.key.lot}" for one in statement.into)
    done = f"{count(statement.outputs[0].quantity)} made into {lots}"
    lost = _amount(statement.outputs, State.DESTROYED)
    return f"{done}, {count(lost)} lost in it" if lost else done


@_what.register
def _(statement: Void, _receiver: str, count: Count) -> str:
    return f"{count(statement.outputs[0].quantity)} taken back before they were received"


@_what.register
def _(statement: Dispense, _receiver: str, count: Count) -> str:
    return f"{count(_amount(statement.outputs, State.DISPENSED))} dispensed"


@_what.register
def _(statement: Reasoned, _receiver: str, count: Count) -> str:
    return f"{count(statement.outputs[0].quantity)} {_DONE[type(statement)]}"


@_what.register
def _(statement: Lose, _receiver: str, count: Count) -> str:
    return f"{count(statement.outputs[0].quantity)} {statement.kind}"


@_what.register
def _(statement: RecallIssue, _receiver: str, _count: Count) -> str:
    return f"Recalled, class {statement.recall_class}"


@_what.register
def _(_statement: HoldPlace, _receiver: str, _count: Count) -> str:
    return "Put on hold"


@_what.register
def _(_statement: HoldLift, _receiver: str, _count: Count) -> str:
    return "Hold lifted"


@_what.register
def _(statement: Aggregate, _receiver: str, count: Count) -> str:
    return _packed("packed into", statement.containers, count)


@_what.register
def _(statement: Disaggregate, _receiver: str, count: Count) -> str:
    return _packed("taken out of", statement.containers, count)


def _packed(verb: str, containers: Sequence[Contents], count: Count) -> str:
    """Packs and containers that were packed, in one sentence; names of containers are trade."""
    packs = sum(one.quantity for one in containers)
    inner = sum(len(one.children) for one in containers)
    parts = [count(packs)] if packs else []
    parts += [f"{inner} container{'' if inner == 1 else 's'}"] if inner else []
    into = "a container" if len(containers) == 1 else f"{len(containers)} containers"
    return f"{' and '.join(parts)} {verb} {into}"


def _labels(statement: Ship | Receive) -> str:
    if not statement.containers:
        return ""
    names = ", ".join(str(one) for one in statement.containers)
    return names if isinstance(statement, Ship) else f"By the label of {names}, packs not seen"


@_what.register
def _(_statement: RecallLift, _receiver: str, _count: Count) -> str:
    return "Recall lifted"


@_what.register
def _(statement: ExpiryExtend, _receiver: str, _count: Count) -> str:
    return f"Expiry extended to {day(statement.expiry.on)}"


@_what.register
def _(_statement: Correction, _receiver: str, _count: Count) -> str:
    return "Correction added to an entry"


@_what.register
def _(statement: ConditionsRecord, _receiver: str, count: Count) -> str:
    (goods,) = statement.outputs
    where = "on the way" if goods.to else "in stock"
    return f"Temperature of {count(goods.quantity)} {where} recorded"


@_what.register
def _(statement: QualityRelease, _receiver: str, count: Count) -> str:
    return f"{count(statement.outputs[0].quantity)} released by quality"


def _more(statement: LotStatement) -> str:
    if isinstance(statement, LotRegister):
        return f"Expires {day(statement.expiry.on)}"
    if isinstance(statement, Return):
        return f"Shipment {statement.shipment} · {statement.reason}"
    if isinstance(statement, Ship):
        return " · ".join(filter(None, (f"Shipment {statement.shipment}", _labels(statement))))
    if isinstance(statement, Receive):
        told = (f"Shipment {statement.shipment}", _labels(statement), statement.note)
        return " · ".join(filter(None, told))
    if isinstance(statement, ConditionsRecord):
        return f"Kept in {statement.place}" if statement.place else ""
    return getattr(statement, "reason", "")
