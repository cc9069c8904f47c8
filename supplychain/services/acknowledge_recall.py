"""Answer a recall: it was read, and so many units were set aside."""

from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.members import QUANTITY_MAX, text, whole
from supplychain.models import RecallAnswer
from supplychain.queries.recalls import recall_to


def acknowledge_recall(
    *, party: str, lot: LotKey, recall: str, found: int, note: str, at: datetime
) -> bool:
    """Keep the party's word, a later one in place of an earlier; whether anything changed.

    It is kept privately: the log has the goods' return or destruction, and no courtesies.
    Raises Invalid, or RuleBroken RECALL_UNKNOWN for a recall that does not concern the party.
    """
    if recall_to(party, lot, recall) is None:
        raise RuleBroken("R11", "RECALL_UNKNOWN", f"No such recall of {lot} concerns you.")
    said = {
        "found": whole(found, "found", 0, QUANTITY_MAX),
        "note": text(note, "note", empty=True),
    }
    if RecallAnswer.objects.filter(recall=recall, gln=party, **said).exists():
        return False
    RecallAnswer.objects.update_or_create(recall=recall, gln=party, defaults={**said, "at": at})
    return True
