"""Defects of the registry: step 13."""

from dataclasses import dataclass
from typing import Any

from ledger.core.canonical import Json
from ledger.core.encoding import b64u
from ledger.core.entry import sign
from ledger.core.evidence import Evidence
from ledger.core.registry_acts import (
    AddKey,
    AdmitParty,
    ReinstateParty,
    RevokeKey,
    SuspendParty,
)
from ledger.core.signatures import PrivateKey
from tests.vectors.stories import MAKERS, SECOND, THIRD, WHOLESALERS, joined, lot_made, story
from tests.vectors.world import (
    MAKER,
    NAMES,
    PHARMACY,
    WHOLESALER,
    World,
    a_key,
)


def registry_of_another_type() -> Evidence:
    world = story()
    world.register("registry.party.promote", {"party": MAKER})
    return world.evidence()


def registry_makes_outputs() -> Evidence:
    world = story()
    world.register(AdmitParty.TYPE, AdmitParty("new", {}).as_body(), creates=1)
    return world.evidence()


def registry_body_with_a_stranger() -> Evidence:
    world = story()
    body = {**AdmitParty("new", {}).as_body(), "admin": True}
    world.register(AdmitParty.TYPE, body)
    return world.evidence()


def registry_key_off_the_curve() -> Evidence:
    world = story()
    body = world.key_body(MAKER, a_key("new"))
    jwk: dict[str, Json] = {"kty": "EC", "crv": "P-256", "x": b64u(bytes(32)), "y": b64u(bytes(32))}
    world.register(AddKey.TYPE, {**body, "jwk": jwk})
    return world.evidence()


def party_admits_a_party() -> Evidence:
    world = story()
    world.admit("friend", by=MAKERS)
    return world.evidence()


def party_adds_a_key() -> Evidence:
    world = story()
    world.add_key(MAKER, a_key("new"), by=MAKERS)
    return world.evidence()


def party_revokes_anothers_key() -> Evidence:
    world = story()
    world.revoke(WHOLESALERS, by=MAKERS)
    return world.evidence()


def party_revokes_backwards() -> Evidence:
    """Revoking its own key from the past would let a party deny what it signed."""
    world = story()
    world.revoke(MAKERS, since=8, by=MAKERS)
    return world.evidence()


def party_admitted_twice() -> Evidence:
    world = story()
    world.admit(MAKER)
    return world.evidence()


def key_of_nobody() -> Evidence:
    world = story()
    world.add_key("nobody", a_key("new"))
    return world.evidence()


def key_added_twice() -> Evidence:
    """The wholesaler's key, added to the pharmacy too."""
    world = story()
    world.add_key(PHARMACY, WHOLESALERS)
    return world.evidence()


def authority_as_a_party() -> Evidence:
    world = story()
    world.add_key(MAKER, world.authority)
    return world.evidence()


def anothers_public_key() -> Evidence:
    """A thief registers a public key that it has seen, with a proof by its own key."""
    world = story()
    body = world.key_body(MAKER, a_key("victim"))
    thiefs = world.key_body(MAKER, a_key("thief"))
    world.register(AddKey.TYPE, {**body, "proof": thiefs["proof"]})
    return world.evidence()


def revoked_from_the_future() -> Evidence:
    world = story()
    world.revoke(MAKERS, since=13)
    return world.evidence()


def revoked_twice() -> Evidence:
    world = story()
    world.revoke(MAKERS, since=12)
    world.revoke(MAKERS)
    return world.evidence()


def unknown_key_revoked() -> Evidence:
    world = story()
    world.revoke(a_key("new"))
    return world.evidence()


def registry_signed_by_another() -> Evidence:
    """The authority's name in the header, another key's signature."""
    world = story()
    world.log(forged(world, "registry.party.admit", world.authority.kid, stream="registry"))
    return world.evidence()


def forged(world: World, kind: str, kid: str, **changes: Any) -> str:
    body = AdmitParty("new", {}).as_body()
    return sign(world.state(kind, body=body, **changes), _Impostor(kid))


@dataclass
class _Impostor:
    kid: str

    def sign(self, message: bytes) -> bytes:
        return a_key("impostor").sign(message)


def party_suspends_a_party() -> Evidence:
    world = story()
    world.suspend(WHOLESALER, by=MAKERS)
    return world.evidence()


def nobody_suspended() -> Evidence:
    world = story()
    world.suspend("nobody")
    return world.evidence()


def suspended_twice() -> Evidence:
    world = story()
    world.suspend(MAKER)
    world.suspend(MAKER)
    return world.evidence()


def reinstated_without_need() -> Evidence:
    world = story()
    world.reinstate(MAKER)
    return world.evidence()


def rotated_by_another() -> Evidence:
    """The maker has a second key; each key is rotated by itself only."""
    world = story()
    world.add_key(MAKER, SECOND)
    world.rotate(MAKER, MAKERS, THIRD, by=SECOND)
    return world.evidence()


def rotated_to_a_known_key() -> Evidence:
    world = story()
    world.rotate(MAKER, MAKERS, WHOLESALERS)
    return world.evidence()


def revoked_with_a_foreign_approval() -> Evidence:
    """A party needs nobody's approval, and takes none."""
    world = story()
    body = RevokeKey(MAKERS.kid, "lost").as_body()
    approved = world.approved(RevokeKey.TYPE, body, world.authority, by=MAKERS)
    world.register(RevokeKey.TYPE, approved, by=MAKERS)
    return world.evidence()


def _three_authorities(*approvers: PrivateKey) -> World:
    """Every entry of the registry but the last is agreed by two of three authorities."""
    world = World()
    for party in (MAKER, WHOLESALER):
        act = AdmitParty(party, {"name": NAMES[party], "country": "CH"})
        world.register(act.TYPE, world.approved(act.TYPE, act.as_body(), a_key("second authority")))
        body = world.key_body(party, a_key(party))
        world.register(AddKey.TYPE, world.approved(AddKey.TYPE, body, a_key("third authority")))
    lot_made(world)
    body = SuspendParty(WHOLESALER, "Licence withdrawn").as_body()
    world.register(SuspendParty.TYPE, world.approved(SuspendParty.TYPE, body, *approvers))
    return world


def _authorities_changed(*approvers: PrivateKey, by: PrivateKey) -> Evidence:
    """Up to index 6 by the first authority; then the wholesaler is suspended by whoever it is."""
    world = joined()
    lot_made(world)
    act = SuspendParty(WHOLESALER, "Licence withdrawn")
    body = act.as_body()
    if approvers:
        body = world.approved(act.TYPE, body, *approvers, by=by)
    world.register(act.TYPE, body, by=by)
    return world.evidence()


def said_in_office() -> Evidence:
    return _authorities_changed(a_key("third authority"), by=a_key("second authority"))


def said_after_its_term() -> Evidence:
    return _authorities_changed(by=World().authority)


def said_alone_in_the_next_term() -> Evidence:
    return _authorities_changed(by=a_key("second authority"))


def approved_after_its_term() -> Evidence:
    return _authorities_changed(World().authority, by=a_key("second authority"))


def said_before_its_term() -> Evidence:
    world = World()
    act, second = AdmitParty(MAKER, {"name": NAMES[MAKER]}), a_key("second authority")
    body = world.approved(act.TYPE, act.as_body(), a_key("third authority"), by=second)
    world.register(act.TYPE, body, by=second)
    return world.evidence()


def agreed_by_two() -> Evidence:
    return _three_authorities(a_key("third authority")).evidence()


def agreed_by_all() -> Evidence:
    world = _three_authorities(a_key("third authority"), a_key("second authority"))
    return world.evidence()


def agreed_by_one() -> Evidence:
    return _three_authorities().evidence()


def approved_by_itself() -> Evidence:
    return _three_authorities(World().authority).evidence()


def approved_by_a_stranger() -> Evidence:
    return _three_authorities(a_key("stranger")).evidence()


def approval_of_another_act() -> Evidence:
    """The second authority approved of an admission, and not of this suspension."""
    world = _three_authorities(a_key("third authority"))
    body = ReinstateParty(WHOLESALER).as_body()
    other = world.approved(SuspendParty.TYPE, body, a_key("second authority"))
    world.register(ReinstateParty.TYPE, {**body, "approvals": other["approvals"]})
    return world.evidence()
