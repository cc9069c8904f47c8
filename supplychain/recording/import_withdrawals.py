"""An event that was taken before, and its sender declares wrong now: what it did is taken back.

A dispatch is voided while it is on the way as a whole (R7), and what was dispensed, sampled,
exported or decommissioned becomes stock again where custody lets it be undone (R10). Packings are
done the other way round (R9). Everything else that was signed stands: it is said what to do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Final

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import State
from supplychain.domain.statements import Return, Ship, Undo, Void
from supplychain.formats.cbv import ERRORS
from supplychain.formats.lot_deeds import Withdrawal
from supplychain.queries.stock import Made, made_first, outbound_of
from supplychain.recording.import_source import Source, sign
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded

_STANDS: Final[Mapping[str, str]] = {
    "lot.register": "a lot is born once and for ever; decommission its packs, or recall it",
    "custody.receive": "what was received is its receiver's; send the goods back as returned",
    "custody.void": "a void takes a dispatch back for ever; send the goods anew",
    "custody.destroy": "what was destroyed does not come back",
    "lot.transform": "goods that became another lot do not come back; recall that lot",
}
_DID_NOT_OCCUR: Final = "did_not_occur"


def take_back(source: Source, deed: Withdrawal) -> Iterator[Recorded]:
    """Void or undo what the event led to, unless that was done before.

    Raises LedgerError, or RuleBroken ERROR_TOO_LATE where goods went on since, NOT_TAKEN_BACK where
    what was signed stands for ever, and what custody raises.
    """
    made = made_first(deed.entries)
    for one in made:
        _prove_takable(one, deed)
    for one in made:
        nonce = source.nonce_of(one.lot, "declared wrong", one.output.entry_id)
        undo = _void if one.made_as in (Ship.type, Return.type) else _undo
        yield recorded_before(source.party, one.lot.stream, nonce) or undo(source, deed, nonce, one)


def _prove_takable(made: Made, deed: Withdrawal) -> None:
    sent = made.made_as in (Ship.type, Return.type)
    if not sent and State(made.state) not in Undo.rests:
        why = _STANDS.get(made.made_as, f"nothing takes a {made.made_as} back")
        raise RuleBroken("R14", "NOT_TAKEN_BACK", f"What it declares wrong stands: {why}.")
    if made.state == State.DISPENSED.value and deed.reason != _DID_NOT_OCCUR:
        message = (
            "What was dispensed becomes stock again only where no patient was given it: say that"
            f" it did not occur ({_DID_NOT_OCCUR})."
        )
        raise RuleBroken("R10", "NOT_TAKEN_BACK", message)


def _void(source: Source, deed: Withdrawal, nonce: bytes, made: Made) -> Recorded:
    """Take a dispatch back as of its own time, so that what corrects it may stand behind."""
    ways = {way.dispatch: way for way in outbound_of(source.party)}
    way = ways.get(made.output.entry_id)
    if way is None or way.quantity != made.quantity:
        raise _too_late("was received, voided or lost since, or some of it")
    said = Void.of(
        giver=Gln.parse(source.party),
        dispatch=way.dispatch,
        quantity=way.quantity,
        reason=_reason(deed),
        state=State(way.sent_back or State.HELD),
    )
    return sign(source, deed, said, made.lot, nonce, (way.output,))


def _undo(source: Source, deed: Withdrawal, nonce: bytes, made: Made) -> Recorded:
    """Make goods stock again, now: the days in which that may be are counted until now (R10)."""
    if made.used:
        raise _too_late("was undone since, or some of it")
    said = Undo.of(
        holder=Gln.parse(source.party),
        quantity=made.quantity,
        rest=0,
        reason=_reason(deed),
        state=State(made.state),
    )
    now = replace(deed, at=source.at.astimezone(UTC).replace(microsecond=0))
    return sign(source, now, said, made.lot, nonce, (made.output,))


def _reason(deed: Withdrawal) -> str:
    word = f": {deed.reason}" if deed.reason in ERRORS.words else ""
    return f"error declared on {deed.declared:%Y-%m-%dT%H:%M:%SZ}{word}"


def _too_late(what: str) -> RuleBroken:
    return RuleBroken("R7", "ERROR_TOO_LATE", f"What it declares wrong {what}.")
