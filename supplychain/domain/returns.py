"""What came back stays to be checked, wherever it is put meanwhile (R8)."""

from dataclasses import replace
from types import MappingProxyType

from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.statements import Receive, Release


def carried(before: LotState, act: Act, after: LotState) -> LotState:
    """The state after the act, with what it made still to be checked where its goods are.

    Goods come back by a receipt; a release, which has to say what is printed on them (see `stock`),
    checks what it frees, and nothing of the rest.
    """
    goods = [before.outputs[ref] for ref in act.consumes if ref in before.outputs]
    came_back = isinstance(act.statement, Receive) and any(one.sent_back for one in goods)
    if not came_back and not any(one.unchecked for one in goods):
        return after
    checked = isinstance(act.statement, Release)
    outputs = {
        ref: replace(output, unchecked=not checked or ref.n > 0)
        if ref.entry_id == act.entry_id
        else output
        for ref, output in after.outputs.items()
    }
    return replace(after, outputs=MappingProxyType(outputs))
