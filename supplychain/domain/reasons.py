"""The reasons that a verdict can have: a closed list, each with one sentence on what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Tick(StrEnum):
    """The three questions."""

    GENUINE = "genuine"
    CUSTODY = "custody"
    FIT = "fit"


class Severity(StrEnum):
    """What a reason makes of the verdict."""

    STOP = "stop"
    CANNOT_CHECK = "cannot_check"
    SCAN_AGAIN = "scan_again"
    CAUTION = "caution"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding about the scan. `details` are codes or entry ids that stand behind it."""

    code: str
    tick: Tick
    severity: Severity
    sentence: str
    details: tuple[str, ...] = ()


_CALL = "Do not dispense. Quarantine the pack and call your supplier."
_LATER = "Do not dispense yet. Scan again in a moment; if this stays, call your system's operator."

_GENUINE = {
    "UNKNOWN_LOT": (Severity.STOP, _CALL),
    "EXPIRY_MISMATCH": (Severity.STOP, _CALL),
    "EVIDENCE_BROKEN": (Severity.STOP, _CALL),
    "TWO_HISTORIES": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack, call your supplier, and keep the evidence file.",
    ),
    "MAKER_NOT_CONNECTED": (
        Severity.CANNOT_CHECK,
        "Check the pack by your usual means: its maker does not report here.",
    ),
    "EVIDENCE_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "LOG_IN_ALARM": (
        Severity.CANNOT_CHECK,
        "Do not rely on this system now. Call its operator, and check the pack by other means.",
    ),
    "NOT_WITNESSED": (Severity.CANNOT_CHECK, _LATER),
    "NOT_YET_LOGGED": (Severity.CANNOT_CHECK, "Wait a moment and scan again."),
    "SUSPECT_KEY": (
        Severity.CAUTION,
        "Call your supplier before you use this pack: a step of its record may be a thief's.",
    ),
    "EVIDENCE_STALE": (Severity.CAUTION, "Connect and scan again before you rely on this answer."),
    "UNKNOWN_SERIAL": (Severity.STOP, _CALL),
    "SERIAL_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "SERIAL_NOT_JUDGED": (
        Severity.INFO,
        "The maker registered this lot without serial numbers; the verdict is about the lot.",
    ),
}
_CUSTODY = {
    "CUSTODY_BROKEN": (Severity.STOP, _CALL),
    "NOT_IN_YOUR_CUSTODY": (
        Severity.STOP,
        "Do not dispense. Ask who delivered this pack: nobody recorded handing it to you.",
    ),
    "PACK_RECORD_BROKEN": (Severity.STOP, _CALL),
    "PACK_DISPENSED": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack: by the records it was dispensed already, elsewhere.",
    ),
    "PACK_DISPENSED_HERE": (
        Severity.STOP,
        "Do not dispense again. By the records this pack was dispensed here.",
    ),
    "PACK_MISSED": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack and tell the authority: it was lost or stolen.",
    ),
    "PACK_ENDED": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack: by the records it was destroyed or taken out.",
    ),
    "PACK_PASSED_ON": (
        Severity.STOP,
        "Do not dispense. Ask how this pack came back: by the records you passed it on.",
    ),
    "IN_TWO_PLACES": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack: there seem to be two packs with its number.",
    ),
    "SCANNED_ELSEWHERE": (
        Severity.CAUTION,
        "Look at this pack closely before you use it: its number was scanned in another place.",
    ),
    "QUARANTINED": (Severity.STOP, "Do not dispense. Keep the pack in quarantine."),
    "RETURNED_NOT_CHECKED": (
        Severity.STOP,
        "Do not dispense. Check the pack that came back, and release it before it is stock again.",
    ),
    "CORRECTED": (Severity.INFO, "Read the correction that stands beside an entry of this chain."),
    "CUSTODY_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "NOT_RECEIVED_YET": (Severity.CAUTION, "Record the receipt of this delivery first."),
    "NOTHING_LEFT_HERE": (
        Severity.CAUTION,
        "Count your stock: by the records nothing of this lot is left with you.",
    ),
    "OVER_RECEIPT": (
        Severity.CAUTION,
        "Make sure that this pack is none of those that came too many: they are not stock yet.",
    ),
    "SHORT_RECEIPT": (
        Severity.CAUTION,
        "Ask for the missing packs of this lot: a delivery was short and is still open.",
    ),
    "DISPATCH_VOIDED": (
        Severity.CAUTION,
        "Check who delivered this pack: a dispatch of its lot was voided.",
    ),
}
_FIT = {
    "ORIGIN_BROKEN": (Severity.STOP, _CALL),
    "ORIGIN_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "RECALLED": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack and follow the recall notice.",
    ),
    "ON_HOLD": (Severity.STOP, "Do not dispense. Set the pack aside until the hold is lifted."),
    "EXPIRED": (Severity.STOP, "Do not dispense. Take the expired pack out of stock."),
    "TEMPERATURE_EXCURSION": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack and ask the maker about the temperature excursion.",
    ),
    "FROZEN": (
        Severity.STOP,
        "Do not dispense. Quarantine the pack and ask the maker: by the readings it was frozen.",
    ),
    "TEMPERATURE_REVIEW": (
        Severity.STOP,
        "Do not dispense yet. Set the pack aside until quality has decided on its temperature.",
    ),
    "RELEASED_BY_QA": (
        Severity.CAUTION,
        "Read the decision on its temperature before you use this pack: quality released it.",
    ),
    "READINGS_DISAGREE": (Severity.STOP, _CALL),
    "FITNESS_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "TEMPERATURE_NOT_CHECKED": (Severity.CANNOT_CHECK, _LATER),
    "EXPIRY_EXTENDED": (
        Severity.INFO,
        "The pack may be used until the later date that was signed, not the one printed on it.",
    ),
    "NEAR_EXPIRY": (Severity.CAUTION, "Dispense only if it will be used before it expires."),
    "TEMPERATURE_GAP": (
        Severity.CAUTION,
        "Ask your supplier for the missing temperature readings.",
    ),
    "LOGGER_IN_DOUBT": (
        Severity.CAUTION,
        "Ask your supplier about the logger: its calibration, clock or own alarm is in doubt.",
    ),
    "NO_TEMPERATURE_DATA": (
        Severity.CAUTION,
        "Ask your supplier for the temperature readings: a hand-off has none.",
    ),
}

# Of a case or pallet: why nothing is said of what is in it.
_CONTAINER = {
    "CONTAINER_EMPTY": (
        Severity.CANNOT_CHECK,
        "Scan the packs one by one: by the records nothing is packed in this container.",
    ),
    "CONTAINER_TOO_LARGE": (
        Severity.CANNOT_CHECK,
        "Scan what is inside, case by case: this holds more packs than are checked at once.",
    ),
    "SIGN_IN_FIRST": (
        Severity.CANNOT_CHECK,
        "Sign in as the site that has this container, or scan its packs one by one.",
    ),
}

_ALL = {
    code: (tick, severity, sentence)
    for tick, listed in (
        (Tick.GENUINE, _GENUINE | _CONTAINER),
        (Tick.CUSTODY, _CUSTODY),
        (Tick.FIT, _FIT),
    )
    for code, (severity, sentence) in listed.items()
}
REASON_CODES = frozenset(_ALL)

# The same facts weigh more for one party than for another, or for a part of the goods.
VOIDED_TO_YOU = Reason(
    "DISPATCH_VOIDED",
    Tick.CUSTODY,
    Severity.STOP,
    "Do not dispense. Call your supplier: the dispatch to you was voided.",
)

SILENT = "Do not dispense. The log, or its witnesses, are silent: call your system's operator."
"""What to do where an answer has waited for longer than a moment."""

NONE_LEFT_ANYWHERE = Reason(
    "NOTHING_LEFT_HERE",
    Tick.CUSTODY,
    Severity.STOP,
    "Do not dispense. Ask where this pack comes from: by the records nothing of its lot is left.",
)
SOME_QUARANTINED = Reason(
    "QUARANTINED",
    Tick.CUSTODY,
    Severity.CAUTION,
    "Make sure that this pack is none of those in quarantine: a part of its lot is.",
)


def reason(code: str, *details: str) -> Reason:
    """The reason of this code."""
    tick, severity, sentence = _ALL[code]
    return Reason(code, tick, severity, sentence, details)
