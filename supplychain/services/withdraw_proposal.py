"""Withdraw or decline a proposed release: nobody can confirm it any more (four eyes)."""

from datetime import datetime

from django.db import transaction

from supplychain.domain.errors import RuleBroken
from supplychain.models import ReleaseProposal
from supplychain.queries.proposals import Proposal, proposal_of


def withdraw_proposal(*, party: str, proposal: int, at: datetime) -> Proposal:
    """Close it unsigned; the goods wait for a decision as before, and may be proposed anew.

    Whoever judges for the party may: who proposed it takes it back, anybody else declines it.
    Raises RuleBroken PROPOSAL_UNKNOWN, PROPOSAL_CLOSED.
    """
    with transaction.atomic():
        row = ReleaseProposal.objects.select_for_update().filter(gln=party, pk=proposal).first()
        if row is None:
            message = f"There is no proposal {proposal} of yours."
            raise RuleBroken("R15", "PROPOSAL_UNKNOWN", message)
        if row.closed_at is not None:
            message = "This was signed or withdrawn, or another proposal took its place."
            raise RuleBroken("R15", "PROPOSAL_CLOSED", message, conflict=True)
        row.closed_at = at
        row.save(update_fields=["closed_at"])
    return proposal_of(row)
