"""Call several lots back, all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from supplychain.domain.recalls import RecallOrder
from supplychain.domain.statements import RecallIssue
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded

NONCE_BYTES = 16


def issue_recalls(
    *, party: str, orders: Sequence[RecallOrder], at: datetime
) -> tuple[Recorded, ...]:
    """Recall each lot, by its maker or an authority; one entry for each, in one transaction.

    The nonce of each comes from the order itself, so that the same list again changes nothing.
    Raises RuleBroken (NOT_BORN, MAY_NOT_FLAG) or LedgerError.
    """
    with transaction.atomic():
        return tuple(_issue(party, order, at) for order in orders)


def _issue(party: str, order: RecallOrder, at: datetime) -> Recorded:
    said = RecallIssue(order.recall_class, order.reason)
    stream, nonce = order.lot.stream, _nonce(party, order)

    def act() -> Recorded:
        return sign_and_record(Draft(party=party, stream=stream, said=said, at=at, nonce=nonce))

    return once(party, stream, nonce, act)


def _nonce(party: str, order: RecallOrder) -> bytes:
    words = f"{party}\n{order.lot.stream}\n{order.recall_class}\n{order.reason}"
    return sha256(f"recall of a list\n{words}".encode()).digest()[:NONCE_BYTES]
