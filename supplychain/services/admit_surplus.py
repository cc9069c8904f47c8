"""Admit that a dispatch was more than it said."""

from datetime import datetime

from ledger.core.entry import stream_id
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Surplus
from supplychain.models import OverReceipt
from supplychain.recording.choosing import chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def admit_surplus(
    *, party: str, lot: LotKey, receipt: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Give the receiver what the entry `receipt` found too much: just that, out of our stock.

    Raises Invalid, RuleBroken (OVER_UNKNOWN, NOT_THE_GIVER, PACK_NOT_HERE, …) or LedgerError.
    """

    def act() -> Recorded:
        row = _open(lot, receipt)
        packs = [Serial(serial) for serial in row.serials] or None
        choice = chosen(party, lot, row.quantity, packs)
        said = Surplus.of(
            giver=Gln.parse(party),
            receiver=Gln(row.receiver),
            quantity=row.quantity,
            rest=choice.rest,
            receipt=receipt,
            reason=reason,
        )
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=choice.consumes,
            packs=PackLists.first(packs),
        )
        return sign_and_record(draft)

    return once(party, lot.stream, nonce, act)


def _open(lot: LotKey, receipt: str) -> OverReceipt:
    stream = stream_id(lot.stream)
    rows = OverReceipt.objects.filter(stream_id=stream, entry_id=receipt, admitted_by=None)
    row = rows.first()
    if row is None:
        message = "No such receipt found too much, or it was admitted before."
        raise RuleBroken("R6", "OVER_UNKNOWN", message, conflict=True)
    return row
