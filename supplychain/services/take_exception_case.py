"""Look after a case."""

from supplychain.domain.errors import RuleBroken
from supplychain.models import ExceptionCase


def take_exception_case(*, party: str, number: int, owner: str) -> None:
    """Make `owner`, a user's name, the one who looks after an open case; empty frees it.

    Raises RuleBroken CASE_UNKNOWN.
    """
    open_ones = ExceptionCase.objects.filter(gln=party, pk=number, closed_at__isnull=True)
    if not open_ones.update(owner=owner):
        raise RuleBroken("R14", "CASE_UNKNOWN", "There is no such open case.")
