"""Which outputs a movement uses up: one that has enough, else as many as are needed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ledger.core.entry import stream_id
from ledger.core.links import MAX_OUTPUTS, OutputRef
from supplychain.domain.containers import Container
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
    containers: Sequence[Container] = (),
) -> Choice:
    """What of its goods in one state a party uses up for so many units, or for just these packs.

    Units come out of the smallest part that has enough of them, so that few parts are left over,
    else out of the oldest first; or out of the `newest`. With `decided`, for goods that are to be
    good ones, those whose temperature waits for a decision stay where others are enough. Units
    without serial numbers are those in these `containers`, and loose ones; packed ones only where
    all goods go. So do packs that nobody names, but for the `newest`: that a part which our server
    divided off happens to be as large says nothing of which packs are in the hand.

    Raises RuleBroken as `enough` does, besides PACKS_MISCOUNTED, PACK_NOT_HERE, PACKED and
    PACKS_NOT_NAMED.
    """
    held = parcels(gln, lot, state)
    if packs is None:
        good = [parcel for parcel in held if not (decided and parcel.questions)]
        enough_good = sum(parcel.quantity for parcel in good) >= quantity
        some = good if enough_good and not containers else held
        if not newest:
            _prove_all_go(held, quantity)
        return _counted(some[::-1] if newest else some, quantity, containers, newest=newest)
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


def _prove_all_go(parcels: list[Parcel], quantity: int) -> None:
    total = sum(parcel.quantity for parcel in parcels)
    if 0 < quantity < total and any(parcel.serialised for parcel in parcels):
        message = f"Say which packs: {quantity} of {total} go."
        raise RuleBroken("R4", "PACKS_NOT_NAMED", message)


def _counted(
    parcels: list[Parcel], quantity: int, containers: Sequence[Container], *, newest: bool
) -> Choice:
    if any(parcel.load.units for parcel in parcels):
        return _packed(parcels, quantity, containers)
    return enough(parcels if newest else _smallest_first(parcels, quantity), quantity)


def _smallest_first(parcels: list[Parcel], quantity: int) -> list[Parcel]:
    """Those that have enough by themselves, the smallest first; where there is none, all."""
    alone = [parcel for parcel in parcels if parcel.quantity >= quantity]
    return sorted(alone, key=lambda parcel: parcel.quantity) or parcels


def _packed(parcels: Sequence[Parcel], quantity: int, containers: Sequence[Container]) -> Choice:
    if quantity == sum(one.quantity for one in parcels):
        return enough(parcels, quantity)
    named = {one.ref: one.load.under(containers).total for one in parcels}
    going = [one for one in parcels if named[one.ref]]
    open_ = [replace(one, quantity=one.loose) for one in parcels if one.loose and one not in going]
    wanted = quantity - sum(named[one.ref] + one.loose for one in going)
    if (loose := sum(one.quantity for one in open_)) < wanted:
        message = f"{wanted} more units are wanted, {loose} are loose: name containers, or unpack."
        raise RuleBroken("R9", "PACKED", message)
    also = enough(open_, wanted).consumes if wanted > 0 else ()
    refs = (*(one.ref for one in going), *also)
    return Choice(refs, sum(one.quantity for one in parcels if one.ref in refs) - quantity)


def loose(gln: str, lot: LotKey, quantity: int) -> tuple[OutputRef, ...]:
    """The oldest stock of a party that holds so many units in no container.

    Raises RuleBroken QUANTITY_WRONG, NOT_HOLDER, MASS_IMBALANCE or TOO_MANY_PARTS.
    """
    held = [replace(one, quantity=one.loose) for one in parcels(gln, lot) if one.loose]
    return enough(held, quantity).consumes


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
