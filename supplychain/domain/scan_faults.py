"""Scanner faults: what was read is no proof of anything, and the user can mend it (doors: D4)."""

from enum import StrEnum


class FaultCode(StrEnum):
    """What went wrong between the label and us."""

    NOT_GS1 = "NOT_GS1"
    BAD_CHECK_DIGIT = "BAD_CHECK_DIGIT"
    BAD_DATE = "BAD_DATE"
    GTIN_MISSING = "GTIN_MISSING"
    LOT_MISSING = "LOT_MISSING"
    GS_LOST = "GS_LOST"
    TRUNCATED = "TRUNCATED"
    WRONG_SYMBOLOGY = "WRONG_SYMBOLOGY"
    TWO_SCANS_RUN_TOGETHER = "TWO_SCANS_RUN_TOGETHER"
    CAPS_LOCK = "CAPS_LOCK"
    KEYBOARD_LAYOUT = "KEYBOARD_LAYOUT"
    CONTAINER_LABEL = "CONTAINER_LABEL"


CAUSES: dict[FaultCode, str] = {
    FaultCode.NOT_GS1: "Scan the square GS1 code on the pack, or type the GTIN and lot.",
    FaultCode.BAD_CHECK_DIGIT: "Scan again: a digit of the number was misread.",
    FaultCode.BAD_DATE: "Scan again: the expiry date was misread.",
    FaultCode.GTIN_MISSING: "Scan the pack's own code: this one names no product.",
    FaultCode.LOT_MISSING: "Scan the square 2D code, or type the lot: this one has no lot number.",
    FaultCode.GS_LOST: "Set the scanner to send the GS separator, or type the lot in brackets.",
    FaultCode.TRUNCATED: "Scan again: the end of the code is missing.",
    FaultCode.WRONG_SYMBOLOGY: "Scan the GS1 code: this is another kind of barcode.",
    FaultCode.TWO_SCANS_RUN_TOGETHER: "Scan one code at a time.",
    FaultCode.CAPS_LOCK: "Switch caps lock off and scan again.",
    FaultCode.KEYBOARD_LAYOUT: "Set the scanner to the keyboard layout of this computer.",
    FaultCode.CONTAINER_LABEL: "Scan a pack: this is the label of a case or pallet.",
}


class ScanFault(Exception):  # noqa: N818 - a fault of the scan, not an error of ours
    """What was read cannot be judged.

    `code` is one of FaultCode, `message` says what was found, `cause` what to do about it.
    """

    def __init__(self, code: FaultCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.cause = CAUSES[code]
