"""The papers of an event by their numbers: orders, despatch advices."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from supplychain.formats.epcis_document import Typed

_DOCUMENT: Final = "urn:epcglobal:cbv:bt:"


def document_number(transactions: Sequence[Typed], kind: str) -> str | None:
    """Return the number alone of `urn:epcglobal:cbv:bt:gln:number`, other names as they stand."""
    value = next((one.value for one in transactions if one.type == kind), None)
    if value is None or not value.startswith(_DOCUMENT):
        return value
    return unquote(value.removeprefix(_DOCUMENT).partition(":")[2]) or value
