"""Codes of an event whose company prefix has another length than is known of its company.

The key is the same wherever the dot stands, so nothing is lost: the sender is to be told, because
whoever compares URNs as texts takes them for other goods.
"""

from supplychain.domain.company_prefixes import CompanyPrefixes
from supplychain.formats import epc
from supplychain.formats.epcis_document import Event


def wrong_lengths(event: Event, prefixes: CompanyPrefixes) -> str:
    """Say which company prefix of the event ends in the wrong place; "" where none does."""
    for start in sorted({code.rpartition(".")[0] for code in event.codes}):
        shown = epc.prefix(f"{start}.")
        known = prefixes.against(shown) if shown else []
        if known and shown not in prefixes.known:
            right = known[-1]
            return (
                f"A code in it begins with '{start}', whose company prefix has {len(shown)}"
                f" digits; {right} of {prefixes.known[right]} has {len(right)}. Tell its sender."
            )
    return ""
