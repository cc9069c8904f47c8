"""Say that a pack is the only one of its number after all."""

from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.members import text
from supplychain.domain.packs import Pack
from supplychain.models import PackDoubt
from supplychain.queries.access import is_authority
from supplychain.queries.packs import pack_line
from supplychain.queries.sightings import pack_code


def settle_doubts(*, party: str, pack: Pack, reason: str, at: datetime) -> int:
    """Settle what is in doubt about a pack (R13), in the name of its maker or an authority.

    Return how many doubts ended; scans go by the records again. Raises Invalid for no reason, and
    RuleBroken R13 MAY_NOT_SETTLE for anybody else.
    """
    text(reason, "reason")
    line = pack_line(pack.gtin, pack.serial)
    if not ((line and line.lot.maker == party) or is_authority(party)):
        message = "Only the pack's maker or an authority says that there is just one of it."
        raise RuleBroken("R13", "MAY_NOT_SETTLE", message)
    standing = PackDoubt.objects.filter(
        pack=pack_code(pack.gtin, pack.serial), settled_at__isnull=True
    )
    return standing.update(settled_at=at, settled_by=party, settled_why=reason)
