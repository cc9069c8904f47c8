"""Words for people: the verdicts, the facts behind each reason, days and amounts."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from supplychain.domain.containers import Container
from supplychain.domain.parties import Party, Role

Name = Callable[[Party], str]

WORDS: Final = MappingProxyType(
    {
        "OK": "OK",
        "CAUTION": "Caution",
        "STOP": "Stop",
        "SCAN_AGAIN": "Scan again",
        "CANNOT_CHECK": "Cannot check",
        "ALREADY_SCANNED_HERE": "Already scanned here",
    }
)

# What was found, for each reason; what to do about it is the reason's own sentence.
FACTS: Final = MappingProxyType(
    {
        "UNKNOWN_LOT": "The maker never registered this lot.",
        "EXPIRY_MISMATCH": "The expiry on the pack is not the one that the maker registered.",
        "EVIDENCE_BROKEN": "A signature, a link or a proof does not hold.",
        "TWO_HISTORIES": "The log was shown to others with another history than to you.",
        "NOT_WITNESSED": "Too few independent witnesses have cosigned the log.",
        "MAKER_NOT_CONNECTED": "The maker does not report its lots here.",
        "EVIDENCE_NOT_CHECKED": "The signed entries could not be checked.",
        "LOG_IN_ALARM": "The log is in alarm: what it says cannot be relied on now.",
        "NOT_YET_LOGGED": "The newest entry of this lot waits for the next checkpoint.",
        "SUSPECT_KEY": "A key was stolen, and nobody stands by what was signed with it since.",
        "EVIDENCE_STALE": "The evidence is older than it may be.",
        "UNKNOWN_SERIAL": "The maker never registered this serial number under this lot.",
        "SERIAL_NOT_CHECKED": "What was signed about this very pack could not be checked.",
        "SERIAL_NOT_JUDGED": "This lot has no serial numbers: the verdict is about the lot.",
        "CONTAINER_EMPTY": "Nobody recorded that anything is in it, or all of it was taken out.",
        "CONTAINER_TOO_LARGE": "It holds more packs, or packs of more lots, than one check takes.",
        "SIGN_IN_FIRST": "What is in a container is told to those only that have to do with it.",
        "CUSTODY_BROKEN": "An entry breaks a rule of custody.",
        "NOT_IN_YOUR_CUSTODY": "Nobody recorded handing this to you.",
        "PACK_RECORD_BROKEN": "The signed records of this pack do not fit together.",
        "PACK_DISPENSED": "This pack was dispensed already, elsewhere.",
        "PACK_DISPENSED_HERE": "This pack was dispensed here.",
        "PACK_MISSED": "This pack was lost or stolen.",
        "PACK_ENDED": "This pack was destroyed or taken out of the trade.",
        "PACK_PASSED_ON": "By the records this pack went on from you to somebody else.",
        "IN_TWO_PLACES": "The number of this pack was in two places that cannot both be true.",
        "SCANNED_ELSEWHERE": "The number of this pack was scanned where it is not by the records.",
        "CORRECTED": "Somebody added a correction to an entry that this depends on.",
        "QUARANTINED": "By the records these goods are in quarantine.",
        "RETURNED_NOT_CHECKED": "These goods came back, and nobody has checked them yet.",
        "CUSTODY_NOT_CHECKED": "The chain of custody could not be checked.",
        "NOT_RECEIVED_YET": "Sent to you, and not recorded as received.",
        "NOTHING_LEFT_HERE": "By the records nothing of this lot is left with you.",
        "OVER_RECEIPT": "A delivery of this lot was more than its giver said.",
        "SHORT_RECEIPT": "A delivery of this lot was short, and is still open.",
        "DISPATCH_VOIDED": "A dispatch of this lot was voided.",
        "ORIGIN_BROKEN": "The lot that this was made of, by its record did not become this.",
        "ORIGIN_NOT_CHECKED": "What this lot was made of could not be checked.",
        "RECALLED": "This lot is recalled.",
        "ON_HOLD": "This lot is on hold.",
        "EXPIRY_EXTENDED": "The expiry was extended: packs say an earlier date.",
        "EXPIRED": "The expiry date has passed.",
        "TEMPERATURE_EXCURSION": "The temperature was outside the limits.",
        "FROZEN": "The temperature was below freezing for too long.",
        "TEMPERATURE_REVIEW": "The temperature was outside, within what the product may bear.",
        "LOGGER_IN_DOUBT": "The readings are weaker evidence than they should be.",
        "RELEASED_BY_QA": "The temperature was outside, and quality released the goods.",
        "READINGS_DISAGREE": "The stored readings are not those that were signed.",
        "FITNESS_NOT_CHECKED": "Expiry, recall and hold could not be checked.",
        "TEMPERATURE_NOT_CHECKED": "The temperature readings could not be checked.",
        "NEAR_EXPIRY": "The expiry date is near.",
        "TEMPERATURE_GAP": "For a part of the way there are no readings.",
        "NO_TEMPERATURE_DATA": "A hand-off has no temperature readings.",
    }
)

LEFT_OUT: Final = "Entries that this depends on were left out: the log's index counts more of them."

# Where the key lives that signed a step.
KEYS: Final = MappingProxyType(
    {
        "browser": "a key in its browser",
        "custodial": "a key that this system keeps for it",
        "file": "a key in a file of its own",
        "hsm": "a key in hardware of its own",
    }
)

_ROLES: Final = (
    (Role.MANUFACTURER, "a manufacturer"),
    (Role.REPACKAGER, "a repackager"),
    (Role.WHOLESALER, "a wholesaler"),
    (Role.DISPENSER, "a pharmacy or hospital"),
    (Role.CARRIER, "a carrier"),
    (Role.AUTHORITY, "an authority"),
    (Role.AUDITOR, "an auditor"),
)


def day(on: date) -> str:
    """A day that nobody reads in the wrong order.

    >>> day(date(2027, 1, 3))
    '3 Jan 2027'
    """
    return f"{on.day} {on:%b %Y}"


def moment(at: datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{day(at)}, {at:%H:%M} UTC"


def units(quantity: int) -> str:
    """An amount of smallest saleable units.

    >>> units(1), units(12000)
    ('1 unit', '12,000 units')
    """
    return f"{quantity:,} unit{'' if quantity == 1 else 's'}"


def in_words(container: Container) -> str:
    """A container's name as it is printed on its label.

    >>> in_words(Container("00/106141412345678908"))
    '(00) 106141412345678908'
    """
    key, number, *serial = container.name.split("/", 3)
    case = f" (21) {serial[1]}" if serial else ""
    return f"({key}) {number}{case}"


def degrees(centi_c: int) -> str:
    """A temperature to the tenth or, where it has them, the hundredth of a degree.

    >>> degrees(640), degrees(-55), degrees(801)
    ('6.4 °C', '−0.55 °C', '8.01 °C')
    """
    whole, part = divmod(abs(centi_c), 100)
    digits = f"{part:02d}"
    sign = "−" if centi_c < 0 else ""
    return f"{sign}{whole}.{digits[0] if digits[1] == '0' else digits} °C"


def lasting(minutes: float) -> str:
    """A length of time.

    >>> lasting(45), lasting(200), lasting(3000)
    ('45 min', '3 h 20 min', '2 d 2 h')
    """
    whole = round(minutes)
    if whole < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 48:  # noqa: PLR2004 - two days
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h"


def role_of(roles: Iterable[str]) -> str:
    """What somebody is who is not named, by the first of their roles."""
    held = set(roles)
    return next((words for role, words in _ROLES if role in held), "a licensed party")


def by_name(party: Party) -> str:
    """What a party is called, for eyes that may see it."""
    return party.name


def by_role(party: Party) -> str:
    """What a party is, for all other eyes."""
    return role_of(party.roles)
