"""Confirm what another person of QA would release: then it is signed (four eyes)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from supplychain.domain.errors import RuleBroken
from supplychain.models import ReleaseProposal
from supplychain.queries.proposals import proposal_of
from supplychain.recording.keeping import Kept
from supplychain.recording.releasing import release
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded


def confirm_release(
    *,
    party: str,
    proposal: int,
    named: str,
    by: str,
    at: datetime,
    nonce: bytes,
    salts: Sequence[bytes],
) -> Recorded:
    """Sign the proposed release, with the names of both sealed under `salts` (two of 16 bytes).

    Raises RuleBroken PROPOSAL_UNKNOWN, PROPOSAL_CLOSED, OWN_PROPOSAL where the same person, log-in
    or token proposed it, and whatever a release raises (NOT_HOLDER where the goods moved on).
    """
    with transaction.atomic():
        row = ReleaseProposal.objects.select_for_update().filter(gln=party, pk=proposal).first()
        if row is None:
            message = f"There is no proposal {proposal} of yours."
            raise RuleBroken("R15", "PROPOSAL_UNKNOWN", message)
        before = recorded_before(party, row.stream, nonce)
        if before is not None:
            return before
        if row.closed_at is not None:
            message = "This was signed or withdrawn, or another proposal took its place."
            raise RuleBroken("R15", "PROPOSAL_CLOSED", message, conflict=True)
        found = proposal_of(row)
        if found.is_of(named) or found.is_of(by):
            message = f"{found.named} proposed it: somebody else confirms it."
            raise RuleBroken("R15", "OWN_PROPOSAL", message)
        kept = Kept(
            party=party, lot=found.lot, state=found.state, outputs=found.outputs, asked=True
        )
        people = (found.named, named)
        said = release(kept, reason=found.reason, people=people, at=at, nonce=nonce, salts=salts)
        row.closed_at, row.entry_id = at, said.entry_id
        row.save(update_fields=["closed_at", "entry_id"])
    return said
