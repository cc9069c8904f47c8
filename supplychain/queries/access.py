"""Who may see what of a lot."""

from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import SALE_MEMBERS
from supplychain.queries.own_goods import outputs_for
from supplychain.queries.scans import asking_party, sees_all


def may_see_lot(gln: str, lot: LotKey) -> bool:
    """Whether the party has to do with the lot, or is shown every one."""
    return outputs_for(gln, lot) is not None


def own_disclosures(entry: StoredEntry, gln: str) -> tuple[str, ...]:
    """What the entry has sealed, for its signer and those whom it is about: they have it.

    These are the receiver whom it names, and who sells or buys the goods.

    Who else may open it has to ask each time (`services.open_sealed`).
    """
    return entry.disclosures if gln in (entry.party, *_named(entry)) else ()


def _named(entry: StoredEntry) -> tuple[object, ...]:
    try:
        opened = entry.parse().opened
    except Malformed:  # rewritten in the database: it names nobody
        return ()
    return tuple(opened.get(name) for name in ("to", *SALE_MEMBERS))


def is_authority(gln: str) -> bool:
    """Whether the party is an authority."""
    party = asking_party(gln)
    return party is not None and party.is_authority


def is_shown_all(gln: str) -> bool:
    """Whether the party is shown every entry: an authority or an auditor."""
    party = asking_party(gln)
    return party is not None and sees_all(party)
