"""What a partner is answered about a pack: the words of the standard, and which one when.

GS1 Lightweight Messaging Standard for Verification of Product Identifiers 1.1. Some words are of
the US guideline 1.3, and are said only to who asks in a context of the DSCSA.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import Expiry
from supplychain.domain.outputs import State
from supplychain.domain.verification_requests import ProductIdentifier

_DSCSA = "dscsa"


class FailureReason(StrEnum):
    """Why a product identifier is not verified (`verificationFailureReason`)."""

    NO_MATCH_GTIN_SERIAL = "No_match_GTIN_Serial"
    NO_MATCH_GTIN_SERIAL_LOT = "No_match_GTIN_Serial_Lot"
    NO_MATCH_GTIN_SERIAL_EXPIRY = "No_match_GTIN_Serial_Expiry"
    NO_MATCH_GTIN_SERIAL_LOT_EXPIRY = "No_match_GTIN_Serial_Lot_Expiry"
    NO_REASON_PROVIDED = "No_reason_provided"
    MANUFACTURER_POLICY = "Manufacturer_policy"  # US
    NOT_FOR_REDISTRIBUTION = "Not_for_re-distribution"  # US


class AdditionalInfo(StrEnum):
    """What else the maker knows of the pack (`additionalInfo`)."""

    RECALLED = "Recalled"
    SUSPECT = "Suspect"
    EXPIRED = "Expired"  # US
    EXPIRATION_EXTENDED = "ExpirationExtended"  # US
    ILLEGITIMATE = "Illegitimate"  # US


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRecord:
    """What is on record of the pack that a GTIN and serial name.

    `expiry` is the one that holds, `extended_from` the day on the pack where that is an earlier
    one.
    `doubted`: somebody holds the lot, or the pack was in two places at once (R11, R13).
    """

    lot: LotNumber
    expiry: Expiry
    state: State
    recalled: bool = False
    doubted: bool = False
    extended_from: date | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The days that a pack may rightly name as its expiry (R12)."""
        return (self.expiry.on, self.extended_from or self.expiry.on)


@dataclass(frozen=True, slots=True)
class VerificationAnswer:
    """The verdict on a product identifier; verified is what has no reason against it."""

    reason: FailureReason | None = None
    info: AdditionalInfo | None = None

    @property
    def verified(self) -> bool:
        """Whether the pack is the maker's, and fit to be handed on as far as he knows."""
        return self.reason is None

    @property
    def mismatched(self) -> bool:
        """Whether what was asked about is no pack on record: a guess looks so."""
        return self.reason in _GUESSES


# Whether the lot, and whether the expiry, is another one than on record.
_MISMATCHES: Mapping[tuple[bool, bool], FailureReason] = MappingProxyType(
    {
        (True, True): FailureReason.NO_MATCH_GTIN_SERIAL_LOT_EXPIRY,
        (True, False): FailureReason.NO_MATCH_GTIN_SERIAL_LOT,
        (False, True): FailureReason.NO_MATCH_GTIN_SERIAL_EXPIRY,
    }
)
_GUESSES = frozenset({FailureReason.NO_MATCH_GTIN_SERIAL, *_MISMATCHES.values()})
_IN_TRADE = frozenset({State.HELD, State.IN_TRANSIT, State.QUARANTINED, State.RETURNED})
_POLICY = FailureReason.MANUFACTURER_POLICY
_NOT_AGAIN = FailureReason.NOT_FOR_REDISTRIBUTION
# Outside the US, for the words that only its guideline has.
_REASONS_ELSEWHERE = dict.fromkeys((_POLICY, _NOT_AGAIN), FailureReason.NO_REASON_PROVIDED)
_INFOS_ELSEWHERE: Mapping[AdditionalInfo, AdditionalInfo | None] = MappingProxyType(
    {
        AdditionalInfo.ILLEGITIMATE: AdditionalInfo.SUSPECT,
        AdditionalInfo.EXPIRED: None,
        AdditionalInfo.EXPIRATION_EXTENDED: None,
    }
)
UNKNOWN = VerificationAnswer(FailureReason.NO_MATCH_GTIN_SERIAL)
"""There is no such serial: never made, or of a lot whose packs have none on record."""


def answer(
    asked: ProductIdentifier, record: PackRecord | None, *, context: str, at: datetime
) -> VerificationAnswer:
    """The answer about a pack, of whose GTIN and serial this is on record (None: nothing).

    1. Where GTIN and serial do not match nothing else is looked at.
    2. A lot or an expiry that differs is the reason, whatever else is known.
    3. Of what is known the gravest is told: illegitimate, suspect, recalled, expired.
    4. What has left the trade is not to be handed on; nobody is told how it left.
    """
    if record is None:
        return UNKNOWN
    known = _known(record, at)
    differs = (asked.lot != record.lot, asked.expiry not in record.days)
    reason = _MISMATCHES.get(differs, known.reason)
    return _in_words(VerificationAnswer(reason, known.info), context)


def _known(record: PackRecord, at: datetime) -> VerificationAnswer:
    """Steps 3 and 4."""
    if record.state is State.STOLEN:
        return VerificationAnswer(_NOT_AGAIN, AdditionalInfo.ILLEGITIMATE)
    if record.doubted or record.state is State.LOST:
        return VerificationAnswer(_NOT_AGAIN, AdditionalInfo.SUSPECT)
    if record.recalled:
        return VerificationAnswer(_POLICY, AdditionalInfo.RECALLED)
    if record.expiry.passed(at):
        return VerificationAnswer(_POLICY, AdditionalInfo.EXPIRED)
    if record.state not in _IN_TRADE:
        return VerificationAnswer(_POLICY)
    extended = record.extended_from is not None
    return VerificationAnswer(info=AdditionalInfo.EXPIRATION_EXTENDED if extended else None)


def _in_words(known: VerificationAnswer, context: str) -> VerificationAnswer:
    """The same in the words that the context knows."""
    if context.startswith(_DSCSA):
        return known
    reason = known.reason and _REASONS_ELSEWHERE.get(known.reason, known.reason)
    info = known.info and _INFOS_ELSEWHERE.get(known.info, known.info)
    return VerificationAnswer(reason, info)
