"""Verdicts: what the person with the pack in hand is told.

Three ticks, *genuine*, *custody*, *fit*, each with a state of its own; overall the worst of the
parts, from a closed list. What is unknown, missing or stale is never OK.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from supplychain.domain.barcodes import FaultCode, ScanFault
from supplychain.domain.facts import TWO_HISTORIES, Facts, Leg, LegState, Limits, LogHealth
from supplychain.domain.lots import Lot
from supplychain.domain.reasons import (
    NONE_LEFT_ANYWHERE,
    REASON_CODES,
    SOME_QUARANTINED,
    VOIDED_TO_YOU,
    Reason,
    Severity,
    Tick,
    reason,
)
from supplychain.domain.standing import Scope, Standing

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
_STANDINGS = {
    Standing.QUARANTINED: reason("QUARANTINED"),
    Standing.NOT_RECEIVED: reason("NOT_RECEIVED_YET"),
    Standing.NOTHING_LEFT: reason("NOTHING_LEFT_HERE"),
    Standing.VOIDED: VOIDED_TO_YOU,
    Standing.NEVER_HERE: reason("NOT_IN_YOUR_CUSTODY"),
    Standing.GONE: NONE_LEFT_ANYWHERE,
}
_LEGS = {
    LegState.EXCURSION: "TEMPERATURE_EXCURSION",
    LegState.DISAGREES: "READINGS_DISAGREE",
    LegState.DATA_GAP: "TEMPERATURE_GAP",
    LegState.UNKNOWN: "TEMPERATURE_NOT_CHECKED",
}
_NONE_READ = (LegState.NO_DATA, LegState.NOT_REQUIRED)
_GO_AHEAD = "Go ahead: every check is good."
_AGAIN = "Look at the answer you had: this pack was scanned here a moment ago, and it was good."


def judge(facts: Facts, limits: Limits | None = None) -> Verdict:
    """The verdict on a code that could be read: the worst of its parts."""
    if facts.scanned.lot is None:
        return scan_again(ScanFault(FaultCode.LOT_MISSING, "The code has no lot number (10)."))
    if facts.registered is None and facts.lookalike is not None:
        return scan_again(facts.lookalike)
    found = list(dict.fromkeys(_reasons(facts, limits or Limits())))
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


def _reasons(facts: Facts, limits: Limits) -> Iterator[Reason]:
    if facts.scanned.serial is not None:
        yield reason("SERIAL_NOT_JUDGED")
    yield from _log(facts, limits)
    if (lot := facts.registered) is None:
        yield _unregistered(facts, limits)
        return
    yield from _identity(facts, lot)
    yield from _flags(facts)
    yield from _expiry(facts, lot, limits)
    yield from _temperature(facts, lot)
    yield from _custody(facts)


def _log(facts: Facts, limits: Limits) -> Iterator[Reason]:
    """What speaks against the record itself."""
    yield from _evidence(facts.evidence_errors or ())
    if facts.log is LogHealth.ALARM:
        yield reason("LOG_IN_ALARM")
    if not facts.witnessed:
        yield reason("NOT_WITNESSED")
    if facts.pending:
        yield reason("NOT_YET_LOGGED")
    if facts.as_of is not None and not _fresh(facts, limits):
        yield reason("EVIDENCE_STALE", facts.as_of.isoformat())
    if facts.log is LogHealth.UNKNOWN or facts.as_of is None or facts.pending is None:
        yield reason("EVIDENCE_NOT_CHECKED")


def _evidence(errors: tuple[str, ...]) -> Iterator[Reason]:
    """Two histories are told apart from whatever else is broken: the operator is in doubt."""
    forked = tuple(code for code in errors if code in TWO_HISTORIES)
    if forked:
        yield reason("TWO_HISTORIES", *forked)
    if len(errors) > len(forked):
        yield reason("EVIDENCE_BROKEN", *(code for code in errors if code not in forked))


def _fresh(facts: Facts, limits: Limits) -> bool:
    if facts.as_of is None or facts.old:
        return False
    return facts.at - facts.as_of <= limits.evidence_age


def _unregistered(facts: Facts, limits: Limits) -> Reason:
    """Unknown is not fake: only a whole and current log of a connected maker says so."""
    if facts.maker_connected is False:
        return reason("MAKER_NOT_CONNECTED")
    sound = facts.log is LogHealth.HEALTHY and facts.witnessed
    whole = sound and facts.pending == 0 and _fresh(facts, limits)
    if facts.maker_connected and whole:
        return reason("UNKNOWN_LOT")
    return reason("EVIDENCE_NOT_CHECKED")


def _identity(facts: Facts, lot: Lot) -> Iterator[Reason]:
    if facts.evidence_errors is None or facts.suspects is None:
        yield reason("EVIDENCE_NOT_CHECKED")
    if facts.suspects:
        yield reason("SUSPECT_KEY", *facts.suspects)
    read = facts.scanned.expiry
    if read is not None and read != lot.expiry.on:
        yield reason("EXPIRY_MISMATCH", read.isoformat(), lot.expiry.on.isoformat())


def _flags(facts: Facts) -> Iterator[Reason]:
    if facts.flags is None:
        yield reason("FITNESS_NOT_CHECKED")
        return
    if facts.flags.recalls:
        yield reason("RECALLED", *(recall.entry_id for recall in facts.flags.recalls))
    if facts.flags.holds:
        yield reason("ON_HOLD", *(hold.entry_id for hold in facts.flags.holds))


def _expiry(facts: Facts, lot: Lot, limits: Limits) -> Iterator[Reason]:
    if lot.expiry.passed(facts.at):
        yield reason("EXPIRED", lot.expiry.on.isoformat())
    elif lot.expiry.passed(facts.at + limits.near_expiry):
        yield reason("NEAR_EXPIRY", lot.expiry.on.isoformat())


def _temperature(facts: Facts, lot: Lot) -> Iterator[Reason]:
    """One reason for each trouble, with the hand-offs that have it."""
    if facts.scope is None or facts.legs is None:
        yield reason("TEMPERATURE_NOT_CHECKED")
        return
    legs = [leg for leg in facts.legs if leg.entry_id in facts.scope.handoffs]
    troubles: dict[str, list[str]] = {}
    for leg in legs:
        none_read = "NO_TEMPERATURE_DATA" if lot.monitored and leg.state in _NONE_READ else None
        code = _LEGS.get(leg.state, none_read)
        if code is not None:
            troubles.setdefault(code, []).append(leg.entry_id)
    unjudged = sorted(facts.scope.handoffs - {leg.entry_id for leg in legs})
    if unjudged:
        troubles.setdefault("TEMPERATURE_NOT_CHECKED", []).extend(unjudged)
    for code, entries in troubles.items():
        yield reason(code, *entries)


def _custody(facts: Facts) -> Iterator[Reason]:
    if facts.broken:
        yield reason("CUSTODY_BROKEN", *(one.code for one in facts.broken))
    if facts.broken is None or facts.scope is None:
        yield reason("CUSTODY_NOT_CHECKED")
    if facts.scope is not None:
        yield from _standing(facts, facts.scope)


def _standing(facts: Facts, scope: Scope) -> Iterator[Reason]:
    # Among entries that wait for their checkpoint, or cannot be believed, may be the one that hands
    # the goods over.
    unsure = facts.pending or facts.evidence_errors
    if scope.standing in _STANDINGS and not (scope.standing is Standing.NEVER_HERE and unsure):
        yield _STANDINGS[scope.standing]
    if scope.some_quarantined:
        yield SOME_QUARANTINED
    if scope.short_receipt:
        yield reason("SHORT_RECEIPT")
    if scope.voided and scope.standing is not Standing.VOIDED:
        yield reason("DISPATCH_VOIDED")
