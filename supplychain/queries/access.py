"""Who may see what of a lot."""

from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry
from supplychain.domain.lots import LotKey
from supplychain.queries.own_goods import outputs_for
from supplychain.queries.scans import asking_party


def may_see_lot(gln: str, lot: LotKey) -> bool:
    """Whether the party has to do with the lot, or is shown every one."""
    return outputs_for(gln, lot) is not None


def own_disclosures(entry: StoredEntry, gln: str) -> tuple[str, ...]:
    """What the entry has sealed, for its signer and the receiver whom it names: they have it.

    Who else may open it has to ask each time (`services.open_sealed`).
    """
    return entry.disclosures if gln in (entry.party, _receiver(entry)) else ()


def _receiver(entry: StoredEntry) -> object:
    try:
        return entry.parse().statement.body.get("to")
    except Malformed:  # rewritten in the database: it names nobody
        return None


def is_authority(gln: str) -> bool:
    """Whether the party is an authority."""
    party = asking_party(gln)
    return party is not None and party.is_authority
