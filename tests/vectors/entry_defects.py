"""Defects of entries: what they are, where they stand, what they open: steps 4 to 12."""

from dataclasses import replace
from datetime import timedelta

from ledger.core.encoding import b64u
from ledger.core.entry import sign
from ledger.core.envelope import Disclosure, seal
from ledger.core.evidence import Evidence
from ledger.core.statement import Seen
from tests.vectors.stories import (
    MADE,
    MAKERS,
    ORDER_NUMBER,
    PASSED_ON,
    RECEIVED,
    SHIPPED,
    good,
    joined,
    lot_made,
    mirrored,
    story,
)
from tests.vectors.world import (
    AT,
    MORNING,
    OTHER_LOT,
    output,
    with_item,
)


def algorithm_none() -> Evidence:
    evidence = good()
    payload = evidence.items[MADE].entry.split(".")[1]
    header = b64u(b'{"alg":"none","typ":"unbroken-entry+sd-jwt"}')
    return with_item(evidence, MADE, entry=f"{header}.{payload}.")


def disclosure_within_the_entry() -> Evidence:
    evidence = good()
    shipped = evidence.items[SHIPPED]
    entry = f"{shipped.entry}~{shipped.disclosures[0]}~"
    return with_item(evidence, SHIPPED, entry=entry, disclosures=())


def entry_doubled() -> Evidence:
    evidence = good()
    return replace(evidence, items=(*evidence.items, evidence.items[PASSED_ON]))


def entry_logged_twice() -> Evidence:
    """The operator logged one entry again, with the mirrored signature."""
    world = story()
    world.log(mirrored(world.texts[6]))
    return world.evidence()


def meant_for_another_log() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, log="log.example/another")
    return world.evidence()


def about_another_lot() -> Evidence:
    world = story()
    evidence = world.evidence()
    items = (*evidence.items[:7], world.item(7), *evidence.items[7:])
    return replace(evidence, items=items)


def index_beyond_the_checkpoint() -> Evidence:
    return with_item(good(), PASSED_ON, index=12)


def index_claimed_twice() -> Evidence:
    return with_item(good(), PASSED_ON, index=9)


def anothers_proof() -> Evidence:
    evidence = good()
    return with_item(evidence, PASSED_ON, proof=evidence.items[RECEIVED].proof)


def signature_mirrored_after_logging() -> Evidence:
    evidence = good()
    return with_item(evidence, MADE, entry=mirrored(evidence.items[MADE].entry))


def proof_too_long() -> Evidence:
    evidence = good()
    return with_item(evidence, MADE, proof=(*evidence.items[MADE].proof, bytes(32)))


def nonce_used_twice() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, nonce=bytes(16))
    world.say(MAKERS, "recall.issue", nonce=bytes(16))
    return world.evidence()


def dated_in_the_future() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, at=AT + timedelta(minutes=5, seconds=1))
    return world.evidence()


def dated_within_the_skew() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, at=AT + timedelta(minutes=5))
    return world.evidence()


def saw_the_future() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, seen=Seen(7, bytes(32)))
    return world.evidence()


def saw_another_log() -> Evidence:
    """The wholesaler was shown a log of nine entries with another past than this one."""
    world = joined()
    made = lot_made(world)
    seen = Seen(world.size, bytes(32))
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1, seen=seen)
    return world.evidence()


def what_was_seen_left_out() -> Evidence:
    return replace(good(), history=())


def dated_after_it_was_witnessed() -> Evidence:
    world = joined()
    world.say(MAKERS, "lot.register", creates=1, at=MORNING + timedelta(hours=6))
    world.witness(MORNING + timedelta(hours=5))
    return world.evidence()


def recorded_late() -> Evidence:
    """Said to be of the morning; the signer had seen more than was witnessed in the evening."""
    world = joined()
    world.witness(MORNING + timedelta(hours=10))
    world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    world.say(MAKERS, "lot.register", creates=1, seen=world.seen())
    world.witness(MORNING + timedelta(hours=11))
    return world.evidence()


def seen_before_it_was_witnessed() -> Evidence:
    """Witnesses were away: what the signer had seen was cosigned long after he signed."""
    world = joined()
    seen = world.seen()
    world.witness(MORNING + timedelta(hours=10))
    world.say(MAKERS, "lot.register", creates=1, seen=seen)
    world.witness(MORNING + timedelta(hours=11))
    return world.evidence()


def disclosure_of_no_form() -> Evidence:
    return with_item(good(), SHIPPED, disclosures=(b64u(b'["salt","order"]'),))


def disclosures_in_one() -> Evidence:
    joined = "~".join(one.text for one in ORDER_NUMBER[1])
    return with_item(good(), SHIPPED, disclosures=(joined,))


def disclosure_of_another_value() -> Evidence:
    other = Disclosure(b"salt of an order", "order", "PO-4712")
    return with_item(good(), SHIPPED, disclosures=(other.text,))


def disclosure_at_another_entry() -> Evidence:
    return with_item(good(), RECEIVED, disclosures=(ORDER_NUMBER[1][0].text,))


def disclosure_twice() -> Evidence:
    return with_item(good(), SHIPPED, disclosures=(ORDER_NUMBER[1][0].text,) * 2)


def disclosure_over_a_member() -> Evidence:
    """A sealed member has the name of an open one: which of the two was signed?"""
    world = joined()
    digests, disclosures = seal({"quantity": 1000}, [b"sixteen bytes..."])
    body = {"quantity": 100}
    statement = world.state("lot.register", creates=1, sealed=digests, body=body)
    world.log(sign(statement, MAKERS))
    return with_item(world.evidence(), MADE, disclosures=(disclosures[0].text,))
