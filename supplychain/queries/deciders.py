"""Who decided for quality, by name, for those who have the names."""

from collections.abc import Mapping

from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry, sealed_entries
from supplychain.domain.lots import LotKey
from supplychain.domain.quality_statements import PEOPLE
from supplychain.domain.statements import QualityRelease
from supplychain.queries.access import own_disclosures


def deciders_for(gln: str, lot: LotKey) -> Mapping[str, str]:
    """The people of each release of the lot that the party itself signed, by its entry's id.

    Whoever else may open a name asks each time, and it is on record (`services.open_sealed`).
    """
    found = (one for one in sealed_entries(lot.stream) if one.type == QualityRelease.type)
    own = (one for one in found if own_disclosures(one, gln))
    return {one.entry_id: people for one in own if (people := _people(one))}


def _people(entry: StoredEntry) -> str:
    try:
        opened = entry.parse().opened
    except Malformed:  # rewritten in the database: it names nobody
        return ""
    return ", ".join(str(opened[name]) for name in PEOPLE if name in opened)
