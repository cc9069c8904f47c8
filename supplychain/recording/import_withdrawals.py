"""An event that was taken before, and its sender declares wrong now: what it did is taken back.

Only a dispatch can be, and only while it is on the way as a whole (R7). Whatever else was signed
stands: who signed it says in a correction what was wrong.
"""

from collections.abc import Iterator

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import State
from supplychain.domain.statements import Void
from supplychain.formats.cbv import ERRORS
from supplychain.formats.lot_deeds import Withdrawal
from supplychain.queries.stock import InTransit, dispatched_in, outbound_of
from supplychain.recording.import_source import Source, sign
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded


def take_back(source: Source, deed: Withdrawal) -> Iterator[Recorded]:
    """Void each dispatch that the event led to, unless that was done before.

    Raises LedgerError, or RuleBroken ERROR_TOO_LATE where it cannot be taken back.
    """
    sent = dispatched_in(deed.entries)
    if {dispatch for dispatch, _, _ in sent} != set(deed.entries):
        raise _too_late("What it declares wrong was signed, and is no dispatch")
    ways = {way.dispatch: way for way in outbound_of(source.party)}
    for dispatch, lot, quantity in sent:
        nonce = source.nonce_of(lot, "declared wrong", dispatch)
        way = ways.get(dispatch)
        yield recorded_before(source.party, lot.stream, nonce) or _void(
            source, deed, nonce, quantity, way
        )


def _void(
    source: Source, deed: Withdrawal, nonce: bytes, quantity: int, way: InTransit | None
) -> Recorded:
    if way is None or way.quantity != quantity:
        raise _too_late("What it declares wrong was received, voided or lost since, or some of it")
    said = Void.of(
        giver=Gln.parse(source.party),
        dispatch=way.dispatch,
        quantity=way.quantity,
        reason=_reason(deed),
        state=State(way.sent_back or State.HELD),
    )
    return sign(source, deed, said, way.lot.key, nonce, (way.output,))


def _reason(deed: Withdrawal) -> str:
    word = f": {deed.reason}" if deed.reason in ERRORS.words else ""
    return f"error declared on {deed.declared:%Y-%m-%dT%H:%M:%SZ}{word}"


def _too_late(message: str) -> RuleBroken:
    return RuleBroken("R7", "ERROR_TOO_LATE", f"{message}.")
