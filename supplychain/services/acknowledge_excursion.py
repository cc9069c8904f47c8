"""Acknowledge that the temperature of goods was outside: who read it, and what he says to it."""

from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.members import text
from supplychain.models import LegAnswer
from supplychain.queries.lots import excursion_to


def acknowledge_excursion(
    *, party: str, lot: LotKey, entry: str, by: str, comment: str, at: datetime
) -> None:
    """Keep the party's word, once; giver and receiver have one each (EU GDP 9.2).

    It is kept privately and decides nothing: what becomes of the goods is signed by who has them.
    Raises Invalid, or RuleBroken EXCURSION_UNKNOWN for one that does not concern the party.
    """
    if excursion_to(party, lot, entry) is None:
        message = f"No such temperature of {lot} concerns you."
        raise RuleBroken("R15", "EXCURSION_UNKNOWN", message)
    said = {"by": text(by, "by", 100), "comment": text(comment, "comment"), "at": at}
    LegAnswer.objects.get_or_create(entry_id=entry, gln=party, defaults=said)
