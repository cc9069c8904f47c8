"""Which outputs a movement uses up: one that has enough, else as many as are needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.core.entry import stream_id
from ledger.core.links import MAX_OUTPUTS, OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.queries.lot_lines import LotLine, lot_line
from supplychain.queries.packs import places_of
from supplychain.queries.stock import Parcel, parcels


@dataclass(frozen=True, slots=True)
class Choice:
    """Outputs to use up, and how much of them is left over."""

    consumes: tuple[OutputRef, ...]
    rest: int


def registered(lot: LotKey) -> LotLine:
    """The lot. Raises RuleBroken NOT_BORN when nobody registered it."""
    found = lot_line(lot)
    if found is None:
        raise RuleBroken("R2", "NOT_BORN", f"{lot} was never registered.")
    return found


def enough(parcels: Sequence[Parcel], quantity: int) -> Choice:
    """The oldest parcels that hold the quantity, without those that it does not need.

    Raises RuleBroken QUANTITY_WRONG, NOT_HOLDER, MASS_IMBALANCE or TOO_MANY_PARTS.
    """
    if quantity < 1:
        raise RuleBroken("R4", "QUANTITY_WRONG", f"{quantity} units cannot be moved.")
    if not parcels:
        raise RuleBroken("R3", "NOT_HOLDER", "You hold nothing of this lot in that state.")
    total = sum(parcel.quantity for parcel in parcels)
    if total < quantity:
        raise RuleBroken("R4", "MASS_IMBALANCE", f"Asked for {quantity} of {total}.")
    chosen = _without_needless(_oldest(parcels, quantity), quantity)
    if len(chosen) > MAX_OUTPUTS:
        message = (
            f"{quantity} units are in {len(chosen)} parts; move at most {MAX_OUTPUTS} at once."
        )
        raise RuleBroken("R4", "TOO_MANY_PARTS", message)
    rest = sum(parcel.quantity for parcel in chosen) - quantity
    return Choice(tuple(parcel.ref for parcel in chosen), rest)


def chosen(
    gln: str,
    lot: LotKey,
    quantity: int,
    packs: Sequence[Serial] | None,
    *,
    state: str = "held",
    newest: bool = False,
    decided: bool = False,
) -> Choice:
    """What of its goods in one state a party uses up for so many units, or for just these packs.

    Units come out of the smallest part that has enough of them, so that few parts are left over,
    else out of the oldest first; or out of the `newest`. With `decided`, for goods that are to be
    good ones, those whose temperature waits for a decision stay where others are enough.

    Raises RuleBroken as `enough` does, besides PACKS_MISCOUNTED, PACK_NOT_HERE and, for packs
    that are shown nowhere but have to be named, PACKS_NOT_NAMED.
    """
    held = parcels(gln, lot, state)
    if packs is None and newest:
        return enough(held[::-1], quantity)
    if packs is None:
        good = [parcel for parcel in held if not (decided and parcel.questions)]
        enough_good = sum(parcel.quantity for parcel in good) >= quantity
        return enough(_smallest_first(good if enough_good else held, quantity), quantity)
    if len(packs) != quantity:
        message = f"{len(packs)} packs are named for {quantity} units."
        raise RuleBroken("R4", "PACKS_MISCOUNTED", message)
    places = places_of(stream_id(lot.stream), packs)
    own = {parcel.ref: parcel for parcel in held}
    absent = [one for one in packs if one not in places or places[one].ref not in own]
    if absent:
        names = ", ".join(map(str, absent[:3]))
        message = f"Of this lot you have no pack {names} in that state."
        raise RuleBroken("R3", "PACK_NOT_HERE", message)
    refs = sorted({places[one].ref for one in packs})
    return Choice(tuple(refs), sum(own[ref].quantity for ref in refs) - quantity)


def _smallest_first(parcels: list[Parcel], quantity: int) -> list[Parcel]:
    """Those that have enough by themselves, the smallest first; where there is none, all."""
    alone = [parcel for parcel in parcels if parcel.quantity >= quantity]
    return sorted(alone, key=lambda parcel: parcel.quantity) or parcels


def _oldest(parcels: Sequence[Parcel], quantity: int) -> list[Parcel]:
    chosen: list[Parcel] = []
    for parcel in parcels:
        if quantity <= 0:
            break
        chosen.append(parcel)
        quantity -= parcel.quantity
    return chosen


def _without_needless(chosen: list[Parcel], quantity: int) -> list[Parcel]:
    spare = sum(parcel.quantity for parcel in chosen) - quantity
    needed = list(chosen)
    for parcel in sorted(chosen, key=lambda parcel: parcel.quantity):
        if parcel.quantity <= spare:
            needed.remove(parcel)
            spare -= parcel.quantity
    return needed
