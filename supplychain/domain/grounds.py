"""The grounds of a verdict: which reasons the facts give, for each of the three questions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from supplychain.domain.facts import TWO_HISTORIES, Facts, Leg, LegState, Limits, LogHealth
from supplychain.domain.findings import WEAKENING
from supplychain.domain.lots import Lot
from supplychain.domain.pack_traces import PackFault
from supplychain.domain.reasons import (
    NONE_LEFT_ANYWHERE,
    SILENT,
    SOME_QUARANTINED,
    VOIDED_TO_YOU,
    Reason,
    reason,
)
from supplychain.domain.standing import Scope, Standing

_STANDINGS = {
    Standing.QUARANTINED: reason("QUARANTINED"),
    Standing.RETURNED: reason("RETURNED_NOT_CHECKED"),
    Standing.NOT_RECEIVED: reason("NOT_RECEIVED_YET"),
    Standing.NOTHING_LEFT: reason("NOTHING_LEFT_HERE"),
    Standing.VOIDED: VOIDED_TO_YOU,
    Standing.NEVER_HERE: reason("NOT_IN_YOUR_CUSTODY"),
    Standing.GONE: NONE_LEFT_ANYWHERE,
    Standing.PASSED_ON: reason("PACK_PASSED_ON"),
    Standing.DISPENSED: reason("PACK_DISPENSED"),
    Standing.DISPENSED_HERE: reason("PACK_DISPENSED_HERE"),
    Standing.MISSED: reason("PACK_MISSED"),
    Standing.ENDED: reason("PACK_ENDED"),
}
_FAULTS = {
    PackFault.NOT_BORN: "UNKNOWN_SERIAL",
    PackFault.NOT_PROVEN: "SERIAL_NOT_CHECKED",
}
_LEGS = {
    LegState.REVIEW: "TEMPERATURE_REVIEW",
    LegState.EXCURSION: "TEMPERATURE_EXCURSION",
    LegState.FREEZE: "FROZEN",
    LegState.DISAGREES: "READINGS_DISAGREE",
    LegState.DATA_GAP: "TEMPERATURE_GAP",
    LegState.UNKNOWN: "TEMPERATURE_NOT_CHECKED",
}
_DECIDABLE = (LegState.REVIEW, LegState.EXCURSION, LegState.FREEZE)
_NONE_READ = (LegState.NO_DATA, LegState.NOT_REQUIRED)


def reasons(facts: Facts, limits: Limits) -> Iterator[Reason]:
    """All that is to be told, in no order; the same may come twice."""
    if facts.scanned.serial is not None:
        yield from _pack(facts)
    yield from _doubts(facts)
    yield from _log(facts, limits)
    if (lot := facts.registered) is None:
        yield _unregistered(facts, limits)
        return
    yield from _identity(facts, lot)
    yield from _flags(facts)
    yield from _forebears(facts)
    yield from _expiry(facts, lot, limits)
    yield from _temperature(facts, lot)
    yield from _custody(facts)


def _pack(facts: Facts) -> Iterator[Reason]:
    """What is told of the very pack, where its lot has serial numbers."""
    if facts.pack is None:
        yield reason("SERIAL_NOT_JUDGED")
    elif facts.pack.fault is not None:
        code = _FAULTS.get(facts.pack.fault, "PACK_RECORD_BROKEN")
        yield reason(code, facts.pack.fault.value)


def _doubts(facts: Facts) -> Iterator[Reason]:
    """Whether there seem to be two packs of one number (R13)."""
    doubts = sorted(one.value for one in facts.doubts)
    if any(one.grave for one in facts.doubts):
        yield reason("IN_TWO_PLACES", *doubts)
    elif doubts:
        yield reason("SCANNED_ELSEWHERE", *doubts)


def _log(facts: Facts, limits: Limits) -> Iterator[Reason]:
    """What speaks against the record itself."""
    yield from _evidence(facts.evidence_errors or ())
    if facts.log is LogHealth.ALARM:
        yield reason("LOG_IN_ALARM")
    if not facts.witnessed:
        yield _waiting("NOT_WITNESSED", facts, limits)
    if facts.pending:
        yield _waiting("NOT_YET_LOGGED", facts, limits)
    if facts.as_of is not None and not _fresh(facts, limits):
        yield reason("EVIDENCE_STALE", facts.as_of.isoformat())
    if facts.log is LogHealth.UNKNOWN or facts.as_of is None or facts.pending is None:
        yield reason("EVIDENCE_NOT_CHECKED")


def _waiting(code: str, facts: Facts, limits: Limits) -> Reason:
    """Wait a moment; but who has waited for longer is told since when, and to call somebody."""
    since = facts.waiting_since
    if since is None or facts.at - since <= limits.patience:
        return reason(code)
    return replace(reason(code), sentence=SILENT, details=(since.isoformat(timespec="seconds"),))


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
    if read is not None and read not in lot.printed:
        yield reason("EXPIRY_MISMATCH", read.isoformat(), lot.expiry.on.isoformat())


def _flags(facts: Facts) -> Iterator[Reason]:
    if facts.flags is None:
        yield reason("FITNESS_NOT_CHECKED")
        return
    if facts.flags.recalls:
        yield reason("RECALLED", *(recall.entry_id for recall in facts.flags.recalls))
    if facts.flags.holds:
        yield reason("ON_HOLD", *(hold.entry_id for hold in facts.flags.holds))


def _forebears(facts: Facts) -> Iterator[Reason]:
    """What stands against a lot stands against all that was made of it (R11)."""
    for one in facts.forebears:
        if one.agrees is False:
            yield reason("ORIGIN_BROKEN", str(one.key))
        if one.flags is None or one.agrees is None:
            yield reason("ORIGIN_NOT_CHECKED", str(one.key))
            continue
        if one.flags.recalls:
            yield reason("RECALLED", *(recall.entry_id for recall in one.flags.recalls))
        if one.flags.holds:
            yield reason("ON_HOLD", *(hold.entry_id for hold in one.flags.holds))
        yield from _of_legs(one.legs, one.decided, monitored=one.monitored)


def _expiry(facts: Facts, lot: Lot, limits: Limits) -> Iterator[Reason]:
    if lot.extended_from is not None:
        days = (lot.extended_from.isoformat(), lot.expiry.on.isoformat())
        yield reason("EXPIRY_EXTENDED", *days)
    if lot.expiry.passed(facts.at):
        yield reason("EXPIRED", lot.expiry.on.isoformat())
    elif lot.expiry.passed(facts.at + limits.near_expiry):
        yield reason("NEAR_EXPIRY", lot.expiry.on.isoformat())


def _temperature(facts: Facts, lot: Lot) -> Iterator[Reason]:
    """What the legs of the goods say, those that nobody could judge among them."""
    if facts.scope is None or facts.legs is None:
        yield reason("TEMPERATURE_NOT_CHECKED")
        return
    legs = [leg for leg in facts.legs if leg.entry_id in facts.scope.legs]
    unjudged = sorted(facts.scope.legs - {leg.entry_id for leg in legs})
    unknown = [Leg(one, LegState.UNKNOWN) for one in unjudged]
    yield from _of_legs([*legs, *unknown], facts.scope.decided, monitored=lot.monitored)


def _of_legs(legs: Sequence[Leg], decided: frozenset[str], *, monitored: bool) -> Iterator[Reason]:
    """One reason for each trouble, with the entries that have it."""
    troubles: dict[str, list[str]] = {}
    for leg in legs:
        code = _of_leg(leg, decided, monitored=monitored)
        if code is not None:
            troubles.setdefault(code, []).append(leg.entry_id)
    for code, entries in troubles.items():
        yield reason(code, *entries)
    doubts = sorted({one.value for leg in legs for one in leg.findings & WEAKENING})
    if doubts:
        yield reason("LOGGER_IN_DOUBT", *doubts)


def _of_leg(leg: Leg, decided: frozenset[str], *, monitored: bool) -> str | None:
    if leg.state in _DECIDABLE and leg.entry_id in decided:
        return "RELEASED_BY_QA"
    none_read = "NO_TEMPERATURE_DATA" if monitored and leg.state in _NONE_READ else None
    return _LEGS.get(leg.state, none_read)


def _custody(facts: Facts) -> Iterator[Reason]:
    if facts.broken:
        yield reason("CUSTODY_BROKEN", *(one.code for one in facts.broken))
    if facts.broken is None or facts.scope is None:
        yield reason("CUSTODY_NOT_CHECKED")
    if facts.corrections:
        yield reason("CORRECTED", *facts.corrections)
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
    if scope.over:
        yield reason("OVER_RECEIPT")
    if scope.short_receipt:
        yield reason("SHORT_RECEIPT")
    if scope.voided and scope.standing is not Standing.VOIDED:
        yield reason("DISPATCH_VOIDED")
