"""The GS1 keys that goods and parties go by: GTIN, GLN, SSCC, lot and serial numbers.

Holding one of these values proves that it is valid (GS1 General Specifications, sections 3 and
7.9 for check digits, 7.11 for the characters). Digits are ASCII only: `str.isdigit` also takes
Arabic-Indic ones, and these never match what a partner's system stored.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from supplychain.domain.errors import Invalid

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# GS1 character set 82: what a lot or serial number may be written in.
_CSET_82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+", re.ASCII)
GTIN_LENGTHS = (8, 12, 13, 14)
TEXT_LENGTH_MAX = 20


def is_digits(text: str) -> bool:
    """Whether the text is one or more of the ASCII digits 0 to 9, and nothing else."""
    return _DIGITS.fullmatch(text) is not None


def check_digit(body: str) -> int:
    """The GS1 check digit that belongs behind `body` (digits without their check digit).

    >>> check_digit("0061414112345")
    2
    """
    weighted = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return -weighted % 10


@lru_cache(maxsize=8192)  # the same parties and products come again and again
def _checked(kind: str, value: str, length: int) -> None:
    if len(value) != length or not is_digits(value):
        raise Invalid(
            f"INVALID_{kind}", f"Invalid {kind} {value[:40]!r}: expected {length} digits."
        )
    expected = check_digit(value[:-1])
    if int(value[-1]) != expected:
        raise Invalid(
            f"INVALID_{kind}",
            f"Invalid {kind} check digit for {value!r}: expected {expected}, got {value[-1]}.",
        )


@dataclass(frozen=True, order=True, slots=True)
class Gtin:
    """Global Trade Item Number, always in its 14-digit form."""

    value: str

    def __post_init__(self) -> None:
        """Prove length, digits and check digit."""
        _checked("GTIN", self.value, 14)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly 14 digits. Raises Invalid INVALID_GTIN."""
        return cls(text)

    @classmethod
    def padded(cls, text: str) -> Self:
        """Read 8, 12, 13 or 14 digits, as Digital Links and catalogues write them."""
        if len(text) not in GTIN_LENGTHS:
            raise Invalid(
                "INVALID_GTIN", f"Invalid GTIN {text[:40]!r}: expected 8, 12, 13 or 14 digits."
            )
        return cls(text.zfill(14))

    def owned_by(self, prefix: str) -> bool:
        """Whether the GTIN was given out under this GS1 company prefix."""
        return self.value[1:].startswith(prefix)

    def __str__(self) -> str:
        """The 14 digits."""
        return self.value


@dataclass(frozen=True, order=True, slots=True)
class Gln:
    """Global Location Number: a party or a place, 13 digits."""

    value: str

    def __post_init__(self) -> None:
        """Prove length, digits and check digit."""
        _checked("GLN", self.value, 13)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly 13 digits. Raises Invalid INVALID_GLN."""
        return cls(text)

    def __str__(self) -> str:
        """The 13 digits."""
        return self.value


@dataclass(frozen=True, order=True, slots=True)
class Sscc:
    """Serial Shipping Container Code: a case or pallet, 18 digits."""

    value: str

    def __post_init__(self) -> None:
        """Prove length, digits and check digit."""
        _checked("SSCC", self.value, 18)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly 18 digits. Raises Invalid INVALID_SSCC."""
        return cls(text)

    def __str__(self) -> str:
        """The 18 digits."""
        return self.value


@dataclass(frozen=True, order=True, slots=True)
class _ShortText:
    """1 to 20 characters of GS1 character set 82, compared exactly (case counts)."""

    value: str
    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Prove length and characters."""
        code = f"INVALID_{self.kind.upper()}"
        if not 1 <= len(self.value) <= TEXT_LENGTH_MAX:
            raise Invalid(
                code,
                f"Invalid {self.kind} number {self.value[:40]!r}: expected 1 to 20 characters, "
                f"got {len(self.value)}.",
            )
        if not _CSET_82.fullmatch(self.value):
            raise Invalid(
                code,
                f"Invalid {self.kind} number {self.value!r}: a character that GS1 does not allow.",
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text as it stands: nothing is trimmed, no case is changed."""
        return cls(text)

    def __str__(self) -> str:
        """The text."""
        return self.value


@dataclass(frozen=True, order=True, slots=True)
class LotNumber(_ShortText):
    """A batch or lot number, AI (10). It means nothing without its GTIN."""

    kind: ClassVar[str] = "lot"


@dataclass(frozen=True, order=True, slots=True)
class Serial(_ShortText):
    """A serial number, AI (21). It means nothing without its GTIN."""

    kind: ClassVar[str] = "serial"
