"""Verdicts: what the person with the pack in hand is told.

Three ticks, *genuine*, *custody*, *fit*, each with a state of its own; overall the worst of the
parts, from a closed list. What is unknown, missing or stale is never OK.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from supplychain.domain.barcodes import FaultCode, ScanFault
from supplychain.domain.facts import Facts, Leg, LegState, Limits, LogHealth
from supplychain.domain.grounds import reasons
from supplychain.domain.pack_traces import PackFault
from supplychain.domain.reasons import REASON_CODES, Reason, Severity, Tick

__all__ = [
    "REASON_CODES",
    "Facts",
    "Leg",
    "LegState",
    "Limits",
    "LogHealth",
    "Reason",
    "Severity",
    "Tick",
    "TickState",
    "Verdict",
    "VerdictCode",
    "already_scanned_here",
    "judge",
    "scan_again",
    "verdict_on",
]


class VerdictCode(StrEnum):
    """The closed list."""

    OK = "OK"
    CAUTION = "CAUTION"
    STOP = "STOP"
    SCAN_AGAIN = "SCAN_AGAIN"
    CANNOT_CHECK = "CANNOT_CHECK"
    ALREADY_SCANNED_HERE = "ALREADY_SCANNED_HERE"


class TickState(StrEnum):
    """How one of the three questions is answered."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer: its code, its three ticks, one sentence, and all reasons, the worst first."""

    code: VerdictCode
    genuine: TickState
    custody: TickState
    fit: TickState
    sentence: str
    reasons: tuple[Reason, ...] = ()
    fault: ScanFault | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The stable codes of the reasons."""
        return tuple(one.code for one in self.reasons)


_SEVERITIES = (
    Severity.STOP,
    Severity.CANNOT_CHECK,
    Severity.SCAN_AGAIN,
    Severity.CAUTION,
    Severity.INFO,
)
_TICKS = {
    Severity.STOP: TickState.BAD,
    Severity.CANNOT_CHECK: TickState.UNKNOWN,
    Severity.SCAN_AGAIN: TickState.UNKNOWN,
    Severity.CAUTION: TickState.WARN,
    Severity.INFO: TickState.GOOD,
}
_VERDICTS = {
    Severity.STOP: VerdictCode.STOP,
    Severity.CANNOT_CHECK: VerdictCode.CANNOT_CHECK,
    Severity.SCAN_AGAIN: VerdictCode.SCAN_AGAIN,
    Severity.CAUTION: VerdictCode.CAUTION,
    Severity.INFO: VerdictCode.OK,
}
_GO_AHEAD = "Go ahead: every check is good."
_AGAIN = "Look at the answer you had: this pack was scanned here a moment ago, and it was good."


def judge(facts: Facts, limits: Limits | None = None) -> Verdict:
    """The verdict on a code that could be read: the worst of its parts."""
    if facts.scanned.lot is None:
        return scan_again(ScanFault(FaultCode.LOT_MISSING, "The code has no lot number (10)."))
    if facts.lookalike is not None and _unknown(facts):
        return scan_again(facts.lookalike)
    return verdict_on(reasons(facts, limits or Limits()))


def verdict_on(reasons: Iterable[Reason]) -> Verdict:
    """The verdict that these reasons make, all of them: none means that every check is good."""
    found = list(dict.fromkeys(reasons))
    found.sort(key=lambda one: _SEVERITIES.index(one.severity))
    worst = found[0] if found and found[0].severity is not Severity.INFO else None
    genuine = _tick(found, Tick.GENUINE)
    settled = genuine in (TickState.GOOD, TickState.WARN)
    return Verdict(
        code=VerdictCode.OK if worst is None else _VERDICTS[worst.severity],
        genuine=genuine,
        custody=_tick(found, Tick.CUSTODY, settled=settled),
        fit=_tick(found, Tick.FIT, settled=settled),
        sentence=_GO_AHEAD if worst is None else worst.sentence,
        reasons=tuple(found),
    )


def _unknown(facts: Facts) -> bool:
    """Whether the lot, or the very pack, was never born as it was read."""
    unborn = facts.pack is not None and facts.pack.fault is PackFault.NOT_BORN
    return facts.registered is None or unborn


def scan_again(fault: ScanFault) -> Verdict:
    """The verdict on a scan that could not be read: no alert, and what to do about it."""
    found = Reason(fault.code, Tick.GENUINE, Severity.SCAN_AGAIN, fault.cause, (fault.message,))
    return Verdict(
        code=VerdictCode.SCAN_AGAIN,
        genuine=TickState.UNKNOWN,
        custody=TickState.UNKNOWN,
        fit=TickState.UNKNOWN,
        sentence=fault.cause,
        reasons=(found,),
        fault=fault,
    )


def already_scanned_here(verdict: Verdict) -> Verdict:
    """The verdict on the same pack, scanned again at the same site within minutes.

    Only a good verdict is replaced: bad news is told each time.
    """
    if verdict.code is not VerdictCode.OK:
        return verdict
    return replace(verdict, code=VerdictCode.ALREADY_SCANNED_HERE, sentence=_AGAIN)


def _tick(found: list[Reason], tick: Tick, *, settled: bool = True) -> TickState:
    """The worst of the tick's reasons; good news counts only where the pack's record is settled."""
    states = [_TICKS[one.severity] for one in found if one.tick is tick]
    worst = states[0] if states else TickState.GOOD
    return TickState.UNKNOWN if worst is TickState.GOOD and not settled else worst
