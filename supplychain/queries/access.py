"""Who may see what of a lot."""

from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.queries.lots import lot_detail
from supplychain.queries.scans import asking_party, sees_all


def may_see_lot(gln: str, lot: LotKey) -> bool:
    """Whether the party has to do with the lot, or is shown every one.

    Tables that somebody bent until they say nothing that can be read let nobody see anything.
    """
    party = asking_party(gln)
    try:
        return party is not None and (sees_all(party) or lot_detail(gln, lot) is not None)
    except Invalid:
        return False


def may_open(entry: StoredEntry, *, gln: str, authority: bool) -> bool:
    """Whether it is a sealed member's reader: the signer, the named receiver, an authority."""
    return authority or gln in (entry.party, _receiver(entry))


def _receiver(entry: StoredEntry) -> object:
    try:
        return entry.parse().statement.body.get("to")
    except Malformed:  # rewritten in the database: it names nobody
        return None


def is_authority(gln: str) -> bool:
    """Whether the party is an authority."""
    party = asking_party(gln)
    return party is not None and party.is_authority
