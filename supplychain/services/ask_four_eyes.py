"""Say whether a second person has to confirm what an organisation's quality releases."""

from supplychain.domain.errors import RuleBroken
from supplychain.models import Organisation


def ask_four_eyes(*, party: str, wanted: bool) -> None:
    """Keep the setting; it holds from now on. Raises RuleBroken PARTY_UNKNOWN."""
    if not Organisation.objects.filter(gln=party).update(four_eyes=wanted):
        raise RuleBroken("R3", "PARTY_UNKNOWN", f"{party[:20]} is not admitted here.")
