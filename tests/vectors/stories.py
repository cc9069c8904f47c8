"""The stories that golden evidence tells, and what the good ones end with."""

from datetime import timedelta
from typing import Any

from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry, sign
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR
from ledger.core.keys import ORDER
from tests.vectors.world import (
    MAKER,
    MORNING,
    OTHER_LOT,
    PHARMACY,
    WHOLESALER,
    World,
    a_key,
    output,
    with_item,
)

ORDER_NUMBER = seal({"order": "PO-4711", "price": 1250}, [b"salt of an order", b"salt of a price."])


def joined() -> World:
    """A log in which three parties have joined (indices 0 to 5)."""
    world = World()
    for party in (MAKER, WHOLESALER, PHARMACY):
        world.join(party)
    return world


MAKERS, WHOLESALERS, PHARMACYS = a_key(MAKER), a_key(WHOLESALER), a_key(PHARMACY)
SECOND, THIRD = a_key("second"), a_key("third")


def lot_made(world: World) -> Entry:
    return world.say(MAKERS, "lot.register", creates=1, body={"quantity": 100})


def story() -> World:
    """Lot A1 at the indices 6, 8, 9 and 10, item by item; lot B2 at 7 and 11."""
    world = joined()
    made = lot_made(world)
    world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    digests, disclosures = ORDER_NUMBER
    shipped = world.say(
        MAKERS,
        "custody.ship",
        disclosures[:1],
        consumes=(output(made),),
        creates=2,
        sealed=digests,
        body={"shipment": "S-1"},
    )
    received = world.say(
        WHOLESALERS, "custody.receive", consumes=(output(shipped),), creates=1, seen=world.seen()
    )
    world.say(WHOLESALERS, "custody.ship", consumes=(output(received),), creates=1)
    world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    return world


# The items of the story's evidence: 0 to 5 the registry, then these.
MADE, SHIPPED, RECEIVED, PASSED_ON = 6, 7, 8, 9


def good() -> Evidence:
    return story().evidence()


def small_story() -> Evidence:
    """One party, one lot, one shipment with a sealed order number: small, for mutations.

    Witnessed before and after the shipment, with a proof that nothing is left out.
    """
    world = World()
    world.join(OPERATOR)
    world.join(MAKER)
    digests, disclosures = ORDER_NUMBER
    world.witness(MORNING + timedelta(hours=1))
    made = lot_made(world)
    changes: dict[str, Any] = {"seen": world.seen(), "at": MORNING + timedelta(hours=2)}
    changes |= {"consumes": (output(made),), "creates": 1, "sealed": digests}
    world.say(MAKERS, "custody.ship", disclosures[:1], **changes)
    world.index()
    world.witness(MORNING + timedelta(hours=3))
    return world.evidence()


def about_the_registry() -> Evidence:
    return story().evidence("registry")


def with_a_key_revoked_later() -> Evidence:
    world = story()
    world.revoke(MAKERS)
    return world.evidence()


def with_a_key_revoked_by_its_party() -> Evidence:
    world = story()
    world.revoke(MAKERS, by=MAKERS)
    return world.evidence()


def with_a_revocation_moved_back() -> Evidence:
    """Revoked twice, the second time from further back, but after the last use of the key."""
    world = story()
    world.revoke(MAKERS)
    world.revoke(MAKERS, since=11)
    return world.evidence()


def with_a_mirrored_signature() -> Evidence:
    """(r, n - s) verifies too, and is what half of all browsers send."""
    world = joined()
    world.log(mirrored(sign(world.state("lot.register", creates=1), MAKERS)))
    return world.evidence()


def with_nothing_disclosed() -> Evidence:
    return with_item(good(), SHIPPED, disclosures=())


def mirrored(text: str) -> str:
    head, _, signature = text.removesuffix("~").rpartition(".")
    raw = unb64u(signature)
    mirrored = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    return f"{head}.{b64u(mirrored)}"
