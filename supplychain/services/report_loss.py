"""Report units lost or stolen, from stock or on the way."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.members import choice
from supplychain.domain.statements import Lose, LossKind
from supplychain.queries.stock import InTransit, in_transit
from supplychain.recording.choosing import Choice, chosen
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def report_loss(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    kind: str,
    reason: str,
    at: datetime,
    nonce: bytes,
    output: OutputRef | None = None,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Report a loss (`kind` is lost or stolen) of held units, or with `output` of units on the way.

    Of a lot with serial numbers, `packs` says which ones.

    Raises Invalid, RuleBroken (NOT_HOLDER, NOT_IN_TRANSIT, MASS_IMBALANCE) or LedgerError.
    """

    def act() -> Recorded:
        how = choice(kind, "kind", LossKind)
        if output is None:
            found = chosen(party, lot, quantity, packs)
            said, consumes = _from_stock(party, found, quantity, how, reason), found.consumes
        else:
            journey = _journey(lot, output)
            said, consumes = _on_the_way(party, journey, quantity, how, reason), (journey.output,)
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=consumes,
            packs=PackLists.first(packs),
        )
        return sign_and_record(draft)

    return once(party, lot.stream, nonce, act)


def _from_stock(party: str, found: Choice, quantity: int, how: LossKind, reason: str) -> Lose:
    holder = Gln.parse(party)
    return Lose.of(
        signer=holder, holder=holder, quantity=quantity, rest=found.rest, kind=how, reason=reason
    )


def _journey(lot: LotKey, output: OutputRef) -> InTransit:
    journey = in_transit(lot, output)
    if journey is None:
        raise RuleBroken("R3", "NOT_IN_TRANSIT", "These goods are not on the way.", conflict=True)
    return journey


def _on_the_way(party: str, journey: InTransit, quantity: int, how: LossKind, reason: str) -> Lose:
    if quantity > journey.quantity:
        message = f"Asked for {quantity} of {journey.quantity}."
        raise RuleBroken("R4", "MASS_IMBALANCE", message)
    return Lose.of(
        signer=Gln.parse(party),
        holder=Gln.parse(journey.giver),
        quantity=quantity,
        rest=journey.quantity - quantity,
        kind=how,
        reason=reason,
        to=Gln.parse(journey.receiver),
    )
