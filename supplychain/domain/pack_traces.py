"""The way of one pack through its lot: which outputs had it, as proofs show, and what is wrong.

Each output of a lot with serial numbers commits to a set of packs. Who holds one pack is shown for
each step that it is in this set, and in no other of the same step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ledger.core.links import OutputRef
from ledger.core.sets import Membership
from supplychain.domain.histories import History
from supplychain.domain.outputs import Output
from supplychain.domain.statements import LotRegister

#: What a proof shows of the pack and the set of an output; None where there is no proof.
Shown = Callable[[OutputRef], Membership | None]


class PackFault(StrEnum):
    """What is wrong with the record of a pack."""

    NOT_BORN = "not_born"  # the maker did not commission it under this lot
    VANISHED = "vanished"  # a party had it and left it out of all that it passed on or kept
    DOUBLED = "doubled"  # a party put it into two outputs at once
    MISCOUNTED = "miscounted"  # a set does not have as many packs as its output has units
    NOT_PROVEN = "not_proven"  # for a set on its way nothing is shown, or something else


@dataclass(frozen=True, slots=True)
class PackTrace:
    """The outputs that had the pack, from birth to the last one proven, and the fault if any."""

    way: tuple[OutputRef, ...]
    fault: PackFault | None = None


def trace(history: History, shown: Shown) -> PackTrace | None:
    """Follow a pack from birth to where it is now; None for a lot without serial numbers."""
    births = (act for act in history.acts.values() if isinstance(act.statement, LotRegister))
    birth = next(births, None)
    if birth is None or birth.statement.outputs[0].packs is None:
        return None
    way: list[OutputRef] = []
    step = [OutputRef(birth.entry_id, 0)]
    while True:
        found, fault = _among(history, shown, step)
        if found is None:
            fault = fault or (PackFault.VANISHED if way else PackFault.NOT_BORN)
            return PackTrace(tuple(way), fault)
        way.append(found)
        user = history.used_by.get(found)
        if user is None:
            return PackTrace(tuple(way))
        outputs = range(len(history.acts[user].statement.outputs))
        step = [OutputRef(user, n) for n in outputs]


def way_of_units(history: History, ref: OutputRef) -> PackTrace:
    """The outputs that units in this one may have come through, from birth to here.

    Units of a lot without serial numbers are alike: what was mixed came by all of the ways.
    """
    before = history.ancestry([ref])
    used = (act.consumes for entry_id, act in history.acts.items() if entry_id in before)
    return PackTrace((*(one for consumed in used for one in consumed), ref))


def _among(
    history: History, shown: Shown, step: list[OutputRef]
) -> tuple[OutputRef | None, PackFault | None]:
    """The one output of a step that has the pack, or why none can be named."""
    having: list[OutputRef] = []
    for ref in step:
        proof, output = shown(ref), history.made[ref]
        fault = PackFault.NOT_PROVEN if proof is None else _fault(output, proof)
        if proof is None or fault is not None:
            return None, fault
        having += [ref] if proof.present else []
    if len(having) > 1:
        return None, PackFault.DOUBLED
    return (having[0] if having else None), None


def _fault(output: Output, proof: Membership) -> PackFault | None:
    if proof.root.hex() != output.packs:
        return PackFault.NOT_PROVEN
    return PackFault.MISCOUNTED if proof.count != output.quantity else None
