"""Hand-offs of a partner's file as entries: dispatches, also back, voids and receipts.

What is refused is raised: LedgerError or RuleBroken.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.excursions import Covers
from supplychain.domain.handoff_statements import KEPT
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.sales import Sale
from supplychain.domain.statements import Receive, Return, Ship, Void
from supplychain.domain.storage_profile import Activity
from supplychain.formats.lot_deeds import Deed, HandOff, LotGoods
from supplychain.queries.containers import (
    containers_of,
    those_around,
    those_with,
    units_inside,
)
from supplychain.queries.packs import places_of
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import InTransit, in_transit, inbound_to, outbound_of, sale_of
from supplychain.recording.choosing import chosen, registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.import_source import Source, lists_of, once, sign
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded


def handed(source: Source, deed: HandOff) -> Iterator[Recorded]:
    """Sign for each lot what a hand-off says. Raises LedgerError or RuleBroken."""
    for goods in deed.goods:
        match deed.step:
            case "shipping":
                yield _ship(source, deed, goods)
            case "returning":
                yield _send_back(source, deed, goods)
            case "void_shipping":
                yield from _void(source, deed, goods)
            case _:
                yield from _receive(source, deed, goods)


def _ship(source: Source, deed: HandOff, goods: LotGoods) -> Recorded:
    """Send goods on; what goes in containers goes by their labels."""

    def act(nonce: bytes) -> Recorded:
        line, serials = registered(goods.lot), goods.serials or None
        labels = _labels(deed, goods)
        choice = chosen(
            source.party, goods.lot, goods.units, serials, decided=True, containers=labels
        )
        said = Ship.of(
            giver=Gln.parse(source.party),
            receiver=_receiver(deed),
            quantity=goods.units,
            rest=choice.rest,
            shipment=_shipment(deed),
            conditions=_conditions(deed, line.profile, None),
            order=deed.order,
            containers=labels,
            sale=deed.sale,
        )
        lists = lists_of(serials, choice.rest)
        return sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

    return once(source, deed, goods.lot, act)


def _send_back(source: Source, deed: HandOff, goods: LotGoods) -> Recorded:
    """Send goods back to a supplier."""

    def act(nonce: bytes) -> Recorded:
        line, serials = registered(goods.lot), goods.serials or None
        state, labels = _state(goods), _labels(deed, goods)
        choice = chosen(
            source.party, goods.lot, goods.units, serials, state=state.value, containers=labels
        )
        said = Return.back(
            holder=Gln.parse(source.party),
            supplier=_receiver(deed),
            quantity=goods.units,
            rest=choice.rest,
            shipment=_shipment(deed),
            reason="returned",
            conditions=_conditions(deed, line.profile, None),
            state=state,
            containers=labels,
        )
        lists = lists_of(serials, choice.rest)
        return sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

    return once(source, deed, goods.lot, act)


def _state(goods: LotGoods) -> State:
    """The state that goods go back from: what the first pack is in, else stock."""
    places = places_of(stream_id(goods.lot.stream), goods.serials[:1])
    states = [State(place.state) for place in places.values()]
    return states[0] if states and states[0] in KEPT else State.HELD


def _receiver(deed: HandOff) -> Gln:
    if deed.receiver is None:
        raise RuleBroken("R3", "RECEIVER_UNKNOWN", "It does not say to whom.")
    return deed.receiver


def _shipment(deed: HandOff) -> str:
    return deed.despatch_advice or f"event {deed.fingerprint[:16]}"


def _conditions(deed: HandOff, profile_id: str, covers: Covers | None) -> ConditionsClaim:
    if not profile_of(profile_id).monitored:
        return ConditionsClaim(none=NoReadings.NOT_REQUIRED)
    activity = Activity.TRANSPORT if covers else Activity.STORAGE
    return claim_of(ConditionsInput(series=deed.readings), profile_id, covers, activity)


def _void(source: Source, deed: HandOff, goods: LotGoods) -> Iterator[Recorded]:
    """Take the goods back from each dispatch that they are on; what else it holds goes on."""

    def act(journey: InTransit, some: LotGoods, nonce: bytes) -> Recorded:
        said = Void.of(
            giver=Gln.parse(source.party),
            dispatch=journey.dispatch,
            quantity=some.units,
            reason="void_shipping",
            state=State(journey.sent_back or State.HELD),
            rest=journey.quantity - some.units,
            to=Gln.parse(journey.receiver),
            containers=() if some.serials else _labels(deed, some),
        )
        lists = lists_of(some.serials or None, journey.quantity - some.units)
        return sign(source, deed, said, goods.lot, nonce, (journey.output,), lists)

    return _each_journey(source, deed, goods, act)


def _receive(source: Source, deed: HandOff, goods: LotGoods) -> Iterator[Recorded]:
    """Receive the goods; what else the dispatches hold stays on the way."""

    def act(journey: InTransit, some: LotGoods, nonce: bytes) -> Recorded:
        covers = (journey.dispatched_at, deed.at.replace(microsecond=0))
        said = Receive.of(
            giver=Gln.parse(journey.giver),
            receiver=Gln.parse(source.party),
            accepted=some.units,
            damaged=0,
            missing=journey.quantity - some.units,
            shipment=journey.shipment,
            conditions=_conditions(deed, journey.lot.profile, covers),
            containers=_labels(deed, some),
            good=State.RETURNED if journey.sent_back else State.HELD,
            sale=_sale(deed, journey, source.party),
        )
        lists = lists_of(some.serials or None, journey.quantity - some.units)
        return sign(source, deed, said, goods.lot, nonce, (journey.output,), lists)

    return _each_journey(source, deed, goods, act)


def _sale(deed: HandOff, journey: InTransit, receiver: str) -> Sale:
    """The owners by the event, beside who gave by the dispatch."""
    return Sale.between(
        deed.sale.seller or deed.giver,
        deed.sale.buyer or deed.receiver,
        giver=Gln.parse(journey.giver),
        receiver=Gln.parse(receiver),
    )


def _labels(deed: HandOff, goods: LotGoods) -> tuple[Container, ...]:
    """The containers that an event names instead of these goods: what is in them is inferred."""
    named = [Container(one) for one in deed.containers]
    if not named:
        return ()
    if not goods.serials:
        return those_with(named, [one for one in units_inside(named) if one.lot == goods.lot])
    return those_around(named, containers_of(stream_id(goods.lot.stream), goods.serials).values())


def _each_journey(
    source: Source,
    deed: HandOff,
    goods: LotGoods,
    act: Callable[[InTransit, LotGoods, bytes], Recorded],
) -> Iterator[Recorded]:
    """Sign for each dispatch that the goods are on, unless that was done before.

    Raises RuleBroken NOT_IN_TRANSIT when some of them are on none.
    """
    before = list(_before(source, deed, goods.lot))
    if before:
        yield from before
        return
    if goods.serials:
        ways = _named_journeys(goods)
    else:
        ways = _packed_journeys(deed, goods) or _counted_journeys(source, deed, goods)
    for number, (journey, some) in enumerate(ways):
        yield act(journey, some, source.nonce(deed, goods.lot, number))


def _before(source: Source, deed: Deed, lot: LotKey) -> Iterator[Recorded]:
    for number in itertools.count():
        known = recorded_before(source.party, lot.stream, source.nonce(deed, lot, number))
        if known is None:
            return
        yield known


def _named_journeys(goods: LotGoods) -> list[tuple[InTransit, LotGoods]]:
    """The dispatches that these packs are on, and which of them are on each."""
    places = places_of(stream_id(goods.lot.stream), goods.serials)
    by_ref: dict[OutputRef, list[Serial]] = {}
    for serial in goods.serials:
        if serial not in places or places[serial].state != State.IN_TRANSIT.value:
            raise _not_in_transit(f"Pack {serial} of {goods.lot} is not on the way.")
        by_ref.setdefault(places[serial].ref, []).append(serial)
    found = [(in_transit(goods.lot, ref), tuple(by_ref[ref])) for ref in sorted(by_ref)]
    return [(way, LotGoods(goods.lot, serials)) for way, serials in found if way is not None]


def _packed_journeys(deed: HandOff, goods: LotGoods) -> list[tuple[InTransit, LotGoods]]:
    """The dispatches that units are on by the containers that are named, if all of them are."""
    by_ref = Counter[OutputRef]()
    for one in units_inside([Container(name) for name in deed.containers]):
        if one.lot == goods.lot and one.state == State.IN_TRANSIT.value:
            by_ref[one.output] += one.units
    found = [(in_transit(goods.lot, ref), count) for ref, count in sorted(by_ref.items())]
    ways = [(way, LotGoods(goods.lot, amount=n)) for way, n in found if way is not None]
    return ways if sum(some.amount for _, some in ways) == goods.units else []


def _counted_journeys(
    source: Source, deed: HandOff, goods: LotGoods
) -> list[tuple[InTransit, LotGoods]]:
    """The one dispatch of the party's that units without serials can be on."""
    void = deed.step == "void_shipping"
    ways = outbound_of(source.party) if void else inbound_to(source.party)
    fitting = [
        way
        for way in ways
        if way.lot.key == goods.lot
        and deed.despatch_advice in (None, way.shipment)
        and way.quantity >= goods.units
    ]
    if fitting:
        return [(min(fitting, key=partial(_strangeness, deed)), goods)]
    raise _not_in_transit(f"No dispatch of {goods.units} units of {goods.lot} is on the way.")


def _strangeness(deed: HandOff, way: InTransit) -> int:
    """How far a dispatch is from what the event says of its parties; the oldest of the nearest."""
    if (deed.giver, deed.receiver) == (Gln(way.giver), Gln(way.receiver)):
        return 0
    bought = sale_of(way.lot.key, way.dispatch).buyer
    return 1 if bought and bought in (deed.giver, deed.sale.seller) else 2


def _not_in_transit(message: str) -> RuleBroken:
    return RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)
