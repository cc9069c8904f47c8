"""A request that is made again is answered like the first time."""

from collections.abc import Callable

from ledger import proofs
from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.recording.submissions import Recorded


def recorded_before(party: str, stream: str, nonce: bytes) -> Recorded | None:
    """The entry that the party signed on this stream with this nonce, if there is one.

    A service asks first: the outputs that it would choose now are others than the first time.
    """
    entry_id = proofs.entry_with_nonce(stream, party, nonce)
    return None if entry_id is None else Recorded(entry_id, stream, known=True)


def once(party: str, stream: str, nonce: bytes, act: Callable[[], Recorded]) -> Recorded:
    """Do it, unless the party has done it with this nonce before: then give the same answer.

    The outputs that would be chosen the second time are others than the first, or none. So it is
    asked before, and again when the act is refused: the first time may have come in between.
    """
    before = recorded_before(party, stream, nonce)
    if before is not None:
        return before
    try:
        return act()
    except (LedgerError, RuleBroken):
        meanwhile = recorded_before(party, stream, nonce)
        if meanwhile is None:
            raise
        return meanwhile
