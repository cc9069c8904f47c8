"""Who may see what of a lot."""

from supplychain.domain.lots import LotKey
from supplychain.queries.lots import lot_detail
from supplychain.queries.scans import asking_party, sees_all


def may_see_lot(gln: str, lot: LotKey) -> bool:
    """Whether the party has to do with the lot, or is shown every one."""
    party = asking_party(gln)
    return party is not None and (sees_all(party) or lot_detail(gln, lot) is not None)
