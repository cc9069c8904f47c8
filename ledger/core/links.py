"""Links between entries: the outputs that one makes and another uses up."""

import re
from dataclasses import dataclass

from ledger.core.errors import Malformed

MAX_OUTPUTS = 1000

_REF = re.compile("([0-9a-f]{64})#(0|[1-9][0-9]{0,2})")
_ENTRY_ID = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, order=True, slots=True)
class OutputRef:
    """Output number `n` (from 0) of the entry `entry_id` (64 hex digits)."""

    entry_id: str
    n: int

    def __post_init__(self) -> None:
        if not _ENTRY_ID.fullmatch(self.entry_id) or not 0 <= self.n < MAX_OUTPUTS:
            raise Malformed("OUTPUT_REF_MALFORMED", f"No output is named {self!s:.80}.")

    @classmethod
    def parse(cls, text: str) -> "OutputRef":
        """Read `<64 lower-case hex digits>#<n>`, n from 0 to 999 without leading zeros."""
        found = _REF.fullmatch(text)
        if not found:
            message = f"Expected <entry id>#<number of the output>; got {text!a:.80}."
            raise Malformed("OUTPUT_REF_MALFORMED", message)
        return cls(found[1], int(found[2]))

    def __str__(self) -> str:
        return f"{self.entry_id}#{self.n}"
