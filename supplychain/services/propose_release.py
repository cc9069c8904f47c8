"""Propose to release goods, for a second person to confirm (four eyes)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.members import text
from supplychain.domain.outputs import State
from supplychain.models import ReleaseProposal
from supplychain.queries.proposals import Proposal, proposal_of
from supplychain.recording.keeping import Kept


def propose_release(
    *,
    party: str,
    lot: LotKey,
    reason: str,
    named: str,
    by: str,
    at: datetime,
    state: State = State.HELD,
    outputs: Sequence[OutputRef] = (),
) -> Proposal:
    """Keep what a person of QA would release, and why; nothing is signed yet.

    `named` is the person, `by` the log-in or token. It is about the goods as they are now: once
    they move it can no longer be confirmed. A proposal about the same goods takes the place of an
    earlier one. Raises Invalid, or RuleBroken NOT_HOLDER, NOTHING_TO_DECIDE, PROPOSED_MEANWHILE.
    """
    kept = Kept(party=party, lot=lot, state=state, outputs=outputs, asked=True)
    goods = [str(one.ref) for one in kept.parcels()]
    said = {"reason": text(reason, "reason"), "named": text(named, "decided_by", 100), "by": by}
    place = {"gln": party, "stream": lot.stream, "state": state.value}
    try:
        with transaction.atomic():
            ReleaseProposal.objects.filter(**place, closed_at__isnull=True).update(closed_at=at)
            row = ReleaseProposal.objects.create(**place, **said, outputs=goods, at=at)
    except IntegrityError:
        message = "Somebody proposed something about these goods at the same time: look at it."
        raise RuleBroken("R15", "PROPOSED_MEANWHILE", message, conflict=True) from None
    return proposal_of(row)
