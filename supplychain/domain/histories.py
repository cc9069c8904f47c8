"""A lot's history: its acts played again in the ledger's order, and where each output came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ledger.core.links import OutputRef
from supplychain.domain.custody import decide
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that an entry breaks, as a finding: the entry is signed, yet it changed nothing."""

    entry_id: str
    rule: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class History:
    """What came of the acts.

    `state` has all unspent outputs; `acts` are those that stand, by entry id in their order;
    `made` is every output ever made and `used_by` names the entry that used one up.
    """

    state: LotState
    broken: tuple[Broken, ...]
    acts: Mapping[str, Act]
    made: Mapping[OutputRef, Output]
    used_by: Mapping[OutputRef, str]

    def ancestry(self, outputs: Iterable[OutputRef]) -> frozenset[str]:
        """The entries that the outputs come from, back to birth, their own makers included."""
        waiting = [ref.entry_id for ref in outputs if ref in self.made]
        found: set[str] = set()
        while waiting:
            entry_id = waiting.pop()
            if entry_id not in found:
                found.add(entry_id)
                waiting.extend(ref.entry_id for ref in self.acts[entry_id].consumes)
        return frozenset(found)

    def on_the_way(self, receipt: Act) -> tuple[str, ...]:
        """What stands between a dispatch and this receipt of its goods, in the log's order."""
        found: list[str] = []
        (ref,) = receipt.consumes
        while ref.entry_id != self.made[ref].dispatch:
            found.append(ref.entry_id)
            ref = self.acts[ref.entry_id].consumes[0]
        return tuple(found[::-1])


@dataclass(slots=True)
class _Tape:
    state: LotState = field(default_factory=LotState)
    unspent: dict[OutputRef, Output] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    made: dict[OutputRef, Output] = field(default_factory=dict)
    used_by: dict[OutputRef, str] = field(default_factory=dict)

    def play(self, act: Act) -> None:
        """Judge one act on the outputs that it names, so that long histories stay cheap."""
        self._prove_unused(act)
        named = {ref: self.unspent[ref] for ref in act.consumes if ref in self.unspent}
        after = decide(replace(self.state, outputs=named), act)
        for ref in act.consumes:
            del self.unspent[ref]
            self.used_by[ref] = act.entry_id
        self.unspent.update(after.outputs)
        self.made.update(after.outputs)
        self.acts[act.entry_id] = act
        self.state = replace(after, outputs={})

    def _prove_unused(self, act: Act) -> None:
        if act.entry_id in self.acts:
            raise RuleBroken("R14", "ENTRY_TWICE", "The same entry stands twice.", conflict=True)
        for ref in act.consumes:
            if ref in self.used_by:
                raise RuleBroken(
                    "R2",
                    "OUTPUT_USED",
                    f"Output {ref} is used up by entry {self.used_by[ref]}.",
                    conflict=True,
                )

    def history(self, broken: Iterable[Broken]) -> History:
        return History(
            state=replace(self.state, outputs=MappingProxyType(self.unspent)),
            broken=tuple(broken),
            acts=MappingProxyType(self.acts),
            made=MappingProxyType(self.made),
            used_by=MappingProxyType(self.used_by),
        )


def replay(acts: Iterable[Act]) -> LotState:
    """The state after all the acts. Raises RuleBroken at the first that breaks a rule."""
    tape = _Tape()
    for act in acts:
        tape.play(act)
    return tape.history(()).state


def replay_all(acts: Iterable[Act]) -> History:
    """The whole history; a broken rule is a finding, and its act changes nothing."""
    tape, broken = _Tape(), []
    for act in acts:
        try:
            tape.play(act)
        except RuleBroken as rule:
            broken.append(Broken(act.entry_id, rule.rule, rule.code, rule.message))
    return tape.history(broken)
