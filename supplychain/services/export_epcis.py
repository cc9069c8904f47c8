"""Tell another party in EPCIS what happened to a lot."""

from datetime import datetime
from typing import Final, Literal, get_args

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.formats import epc
from supplychain.formats.epcis_json_writer import write_json
from supplychain.formats.epcis_xml_writer import write_xml
from supplychain.formats.trade_history import document_of, urns
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.queries.trade_histories import lot_history

Version = Literal["1.2", "2.0"]
Codes = Literal["urn", "link"]
VERSIONS: Final[tuple[Version, ...]] = get_args(Version)
CODES: Final[tuple[Codes, ...]] = get_args(Codes)
MEDIA: Final = {"1.2": "application/xml", "2.0": "application/ld+json"}


def export_epcis(
    *,
    party: str,
    lot: LotKey,
    to: str,
    at: datetime,
    version: Version = "2.0",
    codes: Codes = "urn",
    prefix_length: int | None = None,
    since: datetime | None = None,
) -> bytes:
    """Return the lot's proven history as 2.0 JSON-LD or 1.2 XML, readings included.

    What the party signed and was sent, from `since` on; the maker tells all. `prefix_length` counts
    for codes under no known company's prefix; without it these raise FormatError PREFIX_UNKNOWN
    where codes are URNs. Raises RuleBroken LOT_UNKNOWN for a stranger.
    """
    history = lot_history(lot, at, party=party, to=to, since=since)
    if history is None:
        message = f"{lot} is not proven to be a lot that you had to do with."
        raise RuleBroken("R2", "LOT_UNKNOWN", message)
    name = epc.link if codes == "link" else urns(prefixes_known(), prefix_length)
    write = write_json if version == "2.0" else write_xml
    return write(document_of(history, name), name)
