"""A request that is made again is answered like the first time."""

from ledger import proofs
from supplychain.recording.submissions import Recorded


def recorded_before(party: str, stream: str, nonce: bytes) -> Recorded | None:
    """The entry that the party signed on this stream with this nonce, if there is one.

    A service asks first: the outputs that it would choose now are others than the first time.
    """
    entry_id = proofs.entry_with_nonce(stream, party, nonce)
    return None if entry_id is None else Recorded(entry_id, stream, known=True)
