"""Close a case."""

from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.exception_cases import WORDS_MAX
from supplychain.domain.members import text
from supplychain.models import ExceptionCase


def close_exception_case(*, party: str, number: int, by: str, words: str, at: datetime) -> None:
    """Say by what it was closed; what is closed stays so.

    Raises Invalid, or RuleBroken CASE_UNKNOWN.
    """
    said = text(words, "words", WORDS_MAX)
    open_ones = ExceptionCase.objects.filter(gln=party, pk=number, closed_at__isnull=True)
    if not open_ones.update(closed_at=at, closed_by=by, closed_as=said):
        raise RuleBroken("R14", "CASE_UNKNOWN", "There is no such open case.")
