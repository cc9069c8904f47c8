"""A tracker with a key of its own rides with a lot: its batches, good ones and bad ones."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from ledger.core.countersignatures import Countersignature, countersigned_message
from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ConditionsClaim, Interval
from supplychain.domain.device_keys import OwnedDevice
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord, HoldPlace
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, READINGS, LotStory, birth
from tests.vectors.trade import Trade, key_of
from tests.vectors.world import MORNING, ORIGIN, a_key, output, without_item

DEVICE = OwnedDevice(MAKER.gln, "TRK-7")
KEY_OF_DEVICE, ANOTHER_KEY = a_key("tracker 7"), a_key("tracker 8")
NEW_KEY_OF_DEVICE = a_key("tracker 7 again")
DAWN = MORNING - timedelta(hours=1)
FIRST = Batch(DEVICE.name, 1, "a1" * 32)
SECOND = Batch(DEVICE.name, 2, "a2" * 32, FIRST.digest(ORIGIN, str(MAKER.gln)))
Sign = Callable[[Batch], Countersignature]


def countersigned(batch: Batch) -> Countersignature:
    """The device's own word on a batch."""
    digest = batch.digest(ORIGIN, str(MAKER.gln))
    message = countersigned_message(
        log=ORIGIN, party=DEVICE.party, kid=KEY_OF_DEVICE.kid, digest=digest
    )
    return Countersignature(KEY_OF_DEVICE.kid, DEVICE.party, digest, KEY_OF_DEVICE.sign(message))


def joined() -> Trade:
    """The standing cast, and the maker's tracker."""
    trade = Trade()
    trade.world.register(AdmitParty.TYPE, AdmitParty(DEVICE.party, DEVICE.as_profile()).as_body())
    trade.world.add_key(DEVICE.party, KEY_OF_DEVICE)
    return trade


def tracked() -> Evidence:
    """100 units in the maker's fridge, and then on the way: a batch of each."""
    return _told(joined(), countersigned)


def signed_by_a_revoked_device() -> Evidence:
    trade = joined()
    trade.world.revoke(KEY_OF_DEVICE)
    return _told(trade, countersigned)


def signed_by_an_unknown_device() -> Evidence:
    return _told(Trade(), countersigned)


def countersigned_by_another_key() -> Evidence:
    """The device's name stands over the signature of another one's key, which is its own."""
    trade = joined()
    other = OwnedDevice(MAKER.gln, "TRK-8")
    trade.world.register(AdmitParty.TYPE, AdmitParty(other.party, other.as_profile()).as_body())
    trade.world.add_key(other.party, ANOTHER_KEY)

    def sign(batch: Batch) -> Countersignature:
        digest = batch.digest(ORIGIN, str(MAKER.gln))
        message = countersigned_message(
            log=ORIGIN, party=DEVICE.party, kid=ANOTHER_KEY.kid, digest=digest
        )
        return Countersignature(ANOTHER_KEY.kid, DEVICE.party, digest, ANOTHER_KEY.sign(message))

    return _told(trade, sign)


def countersigned_for_another_batch() -> Evidence:
    """The signature is the device's, and the digest is not what it signed."""
    return _told(
        joined(), lambda batch: replace(countersigned(batch), sig=countersigned(FIRST).sig)
    )


def revocation_of_a_device_left_out() -> Evidence:
    """The device's key was revoked after its batches, and whoever shows them does not say so."""
    trade = joined()
    _tell(trade, countersigned)
    trade.world.revoke(KEY_OF_DEVICE)
    place = trade.world.size - 1
    trade.world.index()
    found = trade.world.evidence(KEY.stream)
    number = next(n for n, item in enumerate(found.items) if item.index == place)
    return without_item(found, number)


def countersigned_by_a_stolen_device() -> Evidence:
    """The device's key was stolen after its first batch; the second one was logged since then.

    That the goods were received before it was told says nothing for the readings.
    """
    return _stolen_since(lambda size: size - 2)


def device_stolen_later() -> Evidence:
    """The device's key was stolen after both of its batches were logged."""
    return _stolen_since(lambda size: size)


def device_stands_by_its_batch() -> Evidence:
    """By a new key from the authority it affirms what the stolen one countersigned."""
    trade, sent = _stolen(lambda size: size - 2)
    trade.world.add_key(DEVICE.party, NEW_KEY_OF_DEVICE)
    trade.world.affirm(KEY_OF_DEVICE, sent, by=NEW_KEY_OF_DEVICE)
    return _shown(trade)


def owner_stands_by_its_devices_batch() -> Evidence:
    """The owner cannot know what the device had measured."""
    trade, sent = _stolen(lambda size: size - 2)
    trade.world.affirm(KEY_OF_DEVICE, sent, by=key_of(MAKER))
    return _shown(trade)


def device_stands_by_another_entry() -> Evidence:
    trade, _ = _stolen(lambda size: size - 2)
    trade.world.add_key(DEVICE.party, NEW_KEY_OF_DEVICE)
    trade.world.affirm(KEY_OF_DEVICE, trade.say(MAKER, HoldPlace("x")), by=NEW_KEY_OF_DEVICE)
    return _shown(trade)


def device_revoked_by_its_owner() -> Evidence:
    """Its batches stand: they were logged before."""
    trade = joined()
    _tell(trade, countersigned)
    trade.world.revoke(KEY_OF_DEVICE, by=key_of(MAKER))
    return _shown(trade)


def device_revoked_by_another_party() -> Evidence:
    trade = joined()
    _tell(trade, countersigned)
    trade.world.revoke(KEY_OF_DEVICE, by=key_of(WHOLESALER))
    return _shown(trade)


def _stolen_since(since: Callable[[int], int]) -> Evidence:
    return _shown(_stolen(since)[0])


def _stolen(since: Callable[[int], int]) -> tuple[Trade, Entry]:
    """A trade whose tracker was stolen, and the second entry that its key countersigned."""
    trade = joined()
    sent = _tell(trade, countersigned)
    trade.say(WHOLESALER, LotStory.receipt_of(MAKER, WHOLESALER, 100), output(sent))
    trade.world.revoke(KEY_OF_DEVICE, since=since(trade.world.size))
    return trade, sent


def _shown(trade: Trade) -> Evidence:
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def key_of_a_device_not_asked_for() -> Evidence:
    """What the index says of the device's key is not shown: it may have been revoked."""
    found = tracked()
    kept = tuple(one for one in found.index if one.key != f"kid:{KEY_OF_DEVICE.kid}")
    return replace(found, index=kept)


def _told(trade: Trade, sign: Sign) -> Evidence:
    _tell(trade, sign)
    return _shown(trade)


def _tell(trade: Trade, sign: Sign) -> Entry:
    born = trade.say(MAKER, birth())
    kept = trade.say(MAKER, _record(FIRST, State.HELD, sign), output(born))
    shipped = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(kept))
    return trade.say(MAKER, _record(SECOND, State.IN_TRANSIT, sign), output(shipped))


def _record(batch: Batch, state: State, sign: Sign) -> ConditionsRecord:
    (one,) = READINGS.series
    series = (replace(one, first=DAWN, last=DAWN, root=batch.root, device=batch.device),)
    readings = replace(READINGS, covers=Interval(DAWN, DAWN), series=series)
    return ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=100,
        state=state,
        conditions=ConditionsClaim(readings=readings),
        to=WHOLESALER.gln if state is State.IN_TRANSIT else None,
        batch=batch,
        countersigned=sign(batch),
    )
