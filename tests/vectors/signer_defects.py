"""Defects of signers and of links: steps 14 and 15."""

from dataclasses import replace

from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry, sign
from ledger.core.evidence import Evidence
from ledger.core.registry_acts import (
    AdmitParty,
)
from tests.vectors.registry_defects import forged
from tests.vectors.stories import MAKERS, SECOND, SHIPPED, good, joined, lot_made, story
from tests.vectors.world import (
    MAKER,
    OTHER_LOT,
    PHARMACY,
    WHOLESALER,
    World,
    a_key,
    output,
    without_item,
)


def signer_suspended() -> Evidence:
    world = joined()
    world.suspend(MAKER)
    lot_made(world)
    return world.evidence()


def signer_reinstated() -> Evidence:
    world = story()
    world.suspend(MAKER)
    world.reinstate(MAKER)
    world.say(MAKERS, "lot.note")
    return world.evidence()


def signer_rotated_before() -> Evidence:
    world = joined()
    world.rotate(MAKER, MAKERS, SECOND)
    lot_made(world)
    return world.evidence()


def signer_rotated() -> Evidence:
    """The old key signed the lot, the new one its dispatch."""
    world = joined()
    made = lot_made(world)
    world.rotate(MAKER, MAKERS, SECOND)
    world.say(SECOND, "custody.ship", consumes=(output(made),), creates=1)
    return world.evidence()


def registry_type_in_the_lot() -> Evidence:
    world = story()
    world.say(world.authority, AdmitParty.TYPE, body=AdmitParty("new", {}).as_body())
    return world.evidence()


def lot_type_in_the_registry() -> Evidence:
    world = story()
    world.say(MAKERS, "lot.register", stream="registry")
    return world.evidence()


def signer_never_registered() -> Evidence:
    world = joined()
    world.say(a_key("stranger"), "lot.register", creates=1)
    return world.evidence()


def registration_left_out() -> Evidence:
    return without_item(good(), 3)  # the wholesaler's key; it signed the last two


def signer_registered_later() -> Evidence:
    world = World()
    world.admit(MAKER)
    made = lot_made(world)
    world.add_key(MAKER, MAKERS)
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1)
    return world.evidence()


def signer_revoked_before() -> Evidence:
    world = joined()
    world.revoke(MAKERS)
    lot_made(world)
    return world.evidence()


def authority_makes_a_lot() -> Evidence:
    world = joined()
    world.say(world.authority, "lot.register", creates=1)
    return world.evidence()


def signed_by_another() -> Evidence:
    world = joined()
    world.log(forged(world, "lot.register", MAKERS.kid))
    return world.evidence()


def edited_and_logged_anew() -> Evidence:
    """The operator edited a payload, kept the signature, rebuilt the tree and signed it."""
    world = story()
    header, payload, signature = world.texts[6].removesuffix("~").split(".")
    edited = unb64u(payload).replace(b'"quantity":100', b'"quantity":900')
    world.texts[6] = f"{header}.{b64u(edited)}.{signature}"
    return world.evidence()


def parent_left_out() -> Evidence:
    return without_item(good(), SHIPPED)


def parent_logged_after_child() -> Evidence:
    world = joined()
    made = sign(world.state("lot.register", creates=1), MAKERS)
    parent = output(Entry.parse(made))
    world.say(MAKERS, "custody.ship", consumes=(parent,), creates=1, nonce=bytes(16))
    world.log(made)
    return world.evidence()


def output_that_was_not_made() -> Evidence:
    world = joined()
    world.say(MAKERS, "custody.ship", consumes=(output(lot_made(world), 1),), creates=1)
    return world.evidence()


def output_of_another_lot() -> Evidence:
    world = joined()
    made = world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1)
    evidence = world.evidence()
    items = (*evidence.items[:6], world.item(6), *evidence.items[6:])
    return replace(evidence, items=items)


def same_stock_to_two() -> Evidence:
    world = joined()
    made = lot_made(world)
    for to in (WHOLESALER, PHARMACY):
        world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1, body={"to": to})
    return world.evidence()
