"""Take what the owner of a tracker signed of a sealed batch with a key of its own."""

from datetime import datetime

from supplychain.recording.owners_signing import take_signed
from supplychain.recording.submissions import Recorded


def take_signed_batch(*, party: str, load: int, entry: str, at: datetime) -> Recorded:
    """Record the signed entry about the next batch of the party's load; its readings are here.

    What is to be signed `recording.owners_signing` lists. Sent again it is the same one. Raises
    RuleBroken LOAD_UNKNOWN, BATCH_OUT_OF_ORDER, BATCH_OTHER, GOODS_OTHER, NOT_YOUR_ENTRY and what
    refuses any record, Invalid or LedgerError.
    """
    return take_signed(party, load, entry, at)
