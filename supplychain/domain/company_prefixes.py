"""GS1 company prefixes, whose length neither a barcode, a GS1 Digital Link nor a plain key shows.

An EPC URN shows it (GS1 Tag Data Standard, section 6). So the prefix of each partner is said once:
in its admission, or by who runs the installation. Of two companies' prefixes none begins the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import is_digits

URN_LENGTHS: Final = range(6, 13)


def company_prefix(text: str) -> str:
    """The prefix, proven to be one that an EPC URN can have. Raises Invalid.

    >>> company_prefix("0614141")
    '0614141'
    """
    if len(text) not in URN_LENGTHS or not is_digits(text):
        message = f"GS1 company prefix {text[:40]!r}: expected 6 to 12 digits, as in an EPC URN."
        raise Invalid("INVALID_PREFIX", message)
    return text


@dataclass(frozen=True, slots=True)
class CompanyPrefixes:
    """Whose the known prefixes are: prefix to the GLN of its company."""

    known: Mapping[str, str]

    def length(self, digits: str) -> int | None:
        """How long the prefix is at the start of a key's digits; None where none is known."""
        return max((n for n in URN_LENGTHS if digits[:n] in self.known), default=None)

    def against(self, prefix: str) -> list[str]:
        """The known prefixes that this one cannot stand beside: one begins the other."""
        begins = (one for one in self.known if one.startswith(prefix) or prefix.startswith(one))
        return sorted(one for one in begins if one != prefix)
