"""Exceptions: where goods and what is said of them do not agree, as the field sorts them.

A case belongs to the party that found it. It is private; the goods themselves move, as ever, by
signed entries.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.members import QUANTITY_MAX, text, whole

WORDS_MAX: Final = 500
NAME_MAX: Final = 100


class Kind(StrEnum):
    """What does not agree; the last three are what partners' files may say besides."""

    DATA_WITHOUT_PRODUCT = "data_without_product"
    PRODUCT_WITHOUT_DATA = "product_without_data"
    OVER = "over"
    SHORT = "short"
    DAMAGED = "damaged"
    WRONG_LOT = "wrong_lot"
    UNREADABLE = "unreadable"
    DATA_ISSUE = "data_issue"
    PACKAGING = "packaging"
    UNAVAILABLE = "unavailable"


class Wanted(StrEnum):
    """What the partner is asked for, in the words of the PDG's schema."""

    SEND_DATA = "Send new data"
    SEND_PRODUCT = "Send product"
    RETURN_PRODUCT = "Return product"
    SEND_BACK_PRODUCT = "Send back product"
    CREDIT_ACCOUNT = "Credit account"
    DEBIT_ACCOUNT = "Debit account"


NEXT: Final = {
    Kind.DATA_WITHOUT_PRODUCT: "Look for the goods, then ask the sender for them or for a void.",
    Kind.PRODUCT_WITHOUT_DATA: "Set the goods aside and ask the sender for the data.",
    Kind.OVER: "Keep what is too much in quarantine and ask the sender for a correction.",
    Kind.SHORT: "Look for the goods, then receive them, or have them voided or reported lost.",
    Kind.DAMAGED: "Decide on the goods in quarantine: return, destroy or release them.",
    Kind.WRONG_LOT: "Set the goods aside and ask the sender which lot was sent.",
    Kind.UNREADABLE: "Try another scanner or type the code; else set the pack aside.",
    Kind.DATA_ISSUE: "Ask the sender for a corrected file.",
    Kind.PACKAGING: "Look at what is packed in what, and ask the sender for a corrected file.",
    Kind.UNAVAILABLE: "Set the goods aside: the lot is recalled, on hold or expired.",
}
USUAL: Final = {
    Kind.DATA_WITHOUT_PRODUCT: Wanted.SEND_PRODUCT,
    Kind.OVER: Wanted.RETURN_PRODUCT,
    Kind.SHORT: Wanted.SEND_PRODUCT,
    Kind.DAMAGED: Wanted.CREDIT_ACCOUNT,
    Kind.UNREADABLE: Wanted.RETURN_PRODUCT,
    Kind.UNAVAILABLE: Wanted.RETURN_PRODUCT,
}
"""What is asked for as a rule; of all others new data."""
_COUNTED: Final = frozenset({Kind.OVER, Kind.SHORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCase:
    """What was found; empty texts and None where it is not known.

    `expected` and `found` are units. `found_lot` is the lot that came in place of `lot`. `file` is
    the SHA-256 of a partner's file. `entry_id` and `output` name the entry that the case is bound
    to, and which of its outputs.
    """

    kind: Kind
    partner: str = ""
    gtin: str = ""
    lot: str = ""
    found_lot: str = ""
    serial: str = ""
    expected: int | None = None
    found: int | None = None
    shipment: str = ""
    order: str = ""
    file: str = ""
    words: str = ""
    wanted: Wanted = Wanted.SEND_DATA
    entry_id: str = ""
    output: int | None = None

    def __post_init__(self) -> None:
        """Prove each fact that is given, and that the kind has what it is about. Raises Invalid."""
        readers = (
            (self.partner, Gln.parse),
            (self.gtin, Gtin.parse),
            (self.lot, LotNumber.parse),
            (self.found_lot, LotNumber.parse),
            (self.serial, Serial.parse),
        )
        for value, read in readers:
            if value:
                read(value)
        text(self.words, "words", WORDS_MAX, empty=True)
        for name in ("shipment", "order", "file"):
            text(getattr(self, name), name, NAME_MAX, empty=True)
        self._prove_counts()
        if self.kind is Kind.WRONG_LOT and not (self.gtin and self.lot and self.found_lot):
            raise Invalid("CASE_INCOMPLETE", "Name the product, the lot and the lot that came.")

    def _prove_counts(self) -> None:
        for name, value in (("expected", self.expected), ("found", self.found)):
            if value is not None:
                whole(value, name, 0, QUANTITY_MAX)
        if self.kind not in _COUNTED:
            return
        if self.expected is None or self.found is None or not self.gtin:
            message = "Name the product, and how many were expected and how many came."
            raise Invalid("CASE_INCOMPLETE", message)
        if (self.found > self.expected) is not (self.kind is Kind.OVER):
            message = f"{self.found} of {self.expected} is not {self.kind.value}."
            raise Invalid("CASE_COUNTS", message)
