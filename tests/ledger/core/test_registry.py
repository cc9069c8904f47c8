"""The registry: admissions, keys and revocations, by index."""

from collections.abc import Callable

import pytest

from ledger.core.encoding import b64u
from ledger.core.entry import Entry
from ledger.core.errors import Conflict, Refused
from ledger.core.registry import Key, Party, Registry
from ledger.core.registry_acts import (
    AddKey,
    AdmitParty,
    possession_message,
)
from ledger.core.signatures import OPENSSL, PrivateKey
from tests.vectors.world import MAKER, ORIGIN, PHARMACY, WHOLESALER, World, a_key

MAKERS, WHOLESALERS = a_key(MAKER), a_key(WHOLESALER)


def after(world: World) -> Registry:
    """The registry that this world's log tells."""
    registry = Registry(world.policy.terms)
    for index, text in enumerate(world.texts):
        registry = registry.apply(Entry.parse(text), index, OPENSSL)
    return registry


def two_parties() -> World:
    """The maker's key is added at index 1, the wholesaler's at 3."""
    world = World()
    world.join(MAKER)
    world.join(WHOLESALER)
    return world


def refusal(world: World, kind: type[Refused] = Refused) -> str:
    """The code with which the registry refuses the last entry of this log."""
    last = Entry.parse(world.texts.pop())
    registry = after(world)
    with pytest.raises(Refused) as caught:
        registry.apply(last, world.size, OPENSSL)
    assert type(caught.value) is kind
    return caught.value.code


def signer_refusal(registry: Registry, key: PrivateKey, index: int) -> str:
    with pytest.raises(Refused) as caught:
        registry.signer(key.kid, index)
    return caught.value.code


def test_a_key_acts_for_its_party_with_the_profile_of_its_admission() -> None:
    holder = after(two_parties()).signer(MAKERS.kid, 4)
    assert (holder.party, holder.custody, holder.key) == (MAKER, "file", MAKERS.public)
    assert holder.profile["name"] == "Maker Ltd"


def test_a_key_is_valid_above_the_index_of_its_addition_only() -> None:
    registry = after(two_parties())
    assert signer_refusal(registry, WHOLESALERS, 2) == "KEY_NOT_YET_VALID"
    assert signer_refusal(registry, WHOLESALERS, 3) == "KEY_NOT_YET_VALID"
    assert registry.signer(WHOLESALERS.kid, 4).party == WHOLESALER


def test_a_key_is_valid_below_the_index_of_its_revocation_only() -> None:
    world = two_parties()
    world.revoke(MAKERS)
    registry = after(world)
    assert registry.signer(MAKERS.kid, 3).party == MAKER
    assert signer_refusal(registry, MAKERS, 4) == "KEY_REVOKED"
    assert signer_refusal(registry, MAKERS, 5) == "KEY_REVOKED"


def test_what_a_stolen_key_signed_is_suspect_and_stays_valid() -> None:
    """Attack 16, a stolen key."""
    world = two_parties()
    world.revoke(MAKERS, since=3)
    registry = after(world)
    assert registry.signer(MAKERS.kid, 3).party == MAKER
    assert signer_refusal(registry, MAKERS, 4) == "KEY_REVOKED"
    assert registry.keys[MAKERS.kid].suspect_from == 3
    assert [registry.suspected(MAKERS.kid, index) for index in (2, 3)] == [None, 4]
    assert registry.suspected(WHOLESALERS.kid, 3) is None
    assert registry.suspected(world.authority.kid, 3) is None


def test_a_theft_may_be_moved_back_and_never_forth() -> None:
    world = two_parties()
    world.revoke(MAKERS)
    world.revoke(MAKERS, since=2)
    world.revoke(MAKERS, since=1)
    registry = after(world)
    assert registry.keys[MAKERS.kid].revoked == 4
    assert [registry.suspected(MAKERS.kid, index) for index in (0, 1, 2)] == [None, 6, 5]
    for since in (3, 1):
        world.revoke(MAKERS, since=since)
        assert refusal(world, Conflict) == "KEY_ALREADY_REVOKED"


@pytest.mark.parametrize("since", [5, None])
def test_a_second_revocation_that_changes_nothing_is_refused(since: int | None) -> None:
    world = two_parties()
    world.revoke(MAKERS)
    world.revoke(MAKERS, since=since)
    assert refusal(world, Conflict) == "KEY_ALREADY_REVOKED"


def test_a_revocation_does_not_begin_after_itself() -> None:
    world = two_parties()
    world.revoke(MAKERS, since=5)
    assert refusal(world) == "REVOCATION_AHEAD"
    world.revoke(MAKERS, since=4)
    assert signer_refusal(after(world), MAKERS, 4) == "KEY_REVOKED"


def test_a_party_revokes_its_own_key_from_now_on() -> None:
    world = two_parties()
    world.revoke(MAKERS, by=MAKERS)
    assert signer_refusal(after(world), MAKERS, 4) == "KEY_REVOKED"


def test_a_party_does_not_revoke_from_an_earlier_index() -> None:
    """Attack 20, a party denying its hand-off: it can not doubt what it signed."""
    world = two_parties()
    world.revoke(MAKERS, since=4, by=MAKERS)
    assert refusal(world) == "NOT_PERMITTED"


def test_a_party_does_not_revoke_the_key_of_another() -> None:
    world = two_parties()
    world.revoke(WHOLESALERS, by=MAKERS)
    assert refusal(world) == "NOT_PERMITTED"


def test_a_party_revokes_the_key_of_its_device_from_now_on() -> None:
    world = two_parties()
    devices = {f"{MAKER}:T-7": a_key("tracker"), f"{MAKER}:T-7:2": a_key("its probe")}
    for party, key in devices.items():
        world.admit(party)
        world.add_key(party, key)
    world.revoke(a_key("tracker"), since=5, by=MAKERS)
    assert refusal(world) == "NOT_PERMITTED"
    world.revoke(a_key("its probe"), by=MAKERS)  # the owner is what stands before the last colon
    assert refusal(world) == "NOT_PERMITTED"
    world.revoke(a_key("tracker"), by=WHOLESALERS)
    assert refusal(world) == "NOT_PERMITTED"
    world.revoke(a_key("tracker"), by=MAKERS)
    assert signer_refusal(after(world), a_key("tracker"), world.size) == "KEY_REVOKED"


def test_a_device_does_not_revoke_the_key_of_its_owner() -> None:
    world = two_parties()
    world.admit(f"{MAKER}:T-7")
    world.add_key(f"{MAKER}:T-7", a_key("tracker"))
    world.revoke(MAKERS, by=a_key("tracker"))
    assert refusal(world) == "NOT_PERMITTED"


def test_a_revoked_key_revokes_nothing() -> None:
    world = two_parties()
    world.add_key(MAKER, a_key("second"))
    world.revoke(MAKERS)
    world.revoke(a_key("second"), by=MAKERS)
    assert refusal(world) == "KEY_REVOKED"


def test_an_unknown_key_signs_nothing_and_is_not_revoked() -> None:
    world = two_parties()
    assert signer_refusal(after(world), a_key("new"), 9) == "KEY_UNKNOWN"
    world.revoke(a_key("new"))
    assert refusal(world) == "KEY_UNKNOWN"
    world.admit("friend", by=a_key("new"))
    assert refusal(world) == "KEY_UNKNOWN"


def test_an_authority_signs_registry_entries_only() -> None:
    world = two_parties()
    registry = after(world)
    assert signer_refusal(registry, world.authority, 9) == "KEY_OF_AUTHORITY"
    author = registry.author(world.authority.kid, 0)
    assert (author.party, author.custody, author.profile) == ("authority", "policy", {})
    made = world.say(world.authority, "lot.register")
    with pytest.raises(Refused) as caught:
        registry.authenticate(made, 4, OPENSSL)
    assert caught.value.code == "KEY_OF_AUTHORITY"


def test_an_authority_key_becomes_no_partys_key() -> None:
    world = two_parties()
    world.add_key(MAKER, world.authority)
    assert refusal(world) == "KEY_OF_AUTHORITY"


def test_one_key_is_added_once_even_after_its_revocation() -> None:
    world = two_parties()
    world.revoke(MAKERS)
    world.add_key(MAKER, MAKERS)
    assert refusal(world, Conflict) == "KEY_KNOWN"


def test_a_party_is_admitted_once() -> None:
    world = two_parties()
    world.admit(MAKER)
    assert refusal(world, Conflict) == "PARTY_KNOWN"


def test_a_key_is_added_to_an_admitted_party() -> None:
    world = two_parties()
    world.add_key(PHARMACY, a_key(PHARMACY))
    assert refusal(world) == "PARTY_UNKNOWN"


@pytest.mark.parametrize("kind", ["admit", "add_key"])
def test_only_an_authority_admits_and_adds(kind: str) -> None:
    """Attack 22, a role without the right: the registry is no party's to write."""
    world = two_parties()
    if kind == "admit":
        world.admit("friend", by=MAKERS)
    else:
        world.add_key(MAKER, a_key("new"), by=MAKERS)
    assert refusal(world) == "NOT_PERMITTED"


@pytest.mark.parametrize(
    "message",
    [
        possession_message("log.example/another", MAKER, a_key("new").kid),
        possession_message(ORIGIN, WHOLESALER, a_key("new").kid),
        possession_message(ORIGIN, MAKER, a_key("other").kid),
        b"",
    ],
    ids=["another log", "another party", "another key", "nothing"],
)
def test_a_key_proves_itself_for_this_log_this_party_and_itself(message: bytes) -> None:
    """Attack 23, someone else's public key registered as one's own."""
    world = two_parties()
    body = world.key_body(MAKER, a_key("new"))
    world.register(AddKey.TYPE, {**body, "proof": b64u(a_key("new").sign(message))})
    assert refusal(world) == "POSSESSION_NOT_PROVEN"


def test_the_proof_of_possession_is_spelt_as_specified() -> None:
    assert possession_message("l", "p", "k") == b"unbroken-key-possession/v1\nl\np\nk"


def test_a_signature_of_another_text_is_bad() -> None:
    world = two_parties()
    world.register(AdmitParty.TYPE, AdmitParty("new", {}).as_body())
    head, _, signature = world.texts[-1].rpartition(".")
    other = "B" if signature[0] == "A" else "A"
    with pytest.raises(Refused) as caught:
        after(two_parties()).apply(Entry.parse(f"{head}.{other}{signature[1:]}"), 4, OPENSSL)
    assert caught.value.code == "SIGNATURE_BAD"


def test_authenticate_gives_who_signed_an_entry_of_a_lot() -> None:
    world = two_parties()
    registry = after(world)
    made = world.say(MAKERS, "lot.register")
    assert registry.authenticate(made, 4, OPENSSL).party == MAKER


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("lot:1/A", "registry.party.admit"),
        ("registry", "lot.register"),
        ("registry", "registryx.a"),
    ],
)
def test_types_of_the_registry_keep_to_its_stream(stream: str, kind: str) -> None:
    world = two_parties()
    world.register(kind, AdmitParty("new", {}).as_body(), stream=stream)
    assert refusal(world) == "STREAM_WRONG"


def test_a_registry_starts_from_stored_parties_and_keys() -> None:
    world = two_parties()
    told = after(world)
    stored = Registry(told.terms, dict(told.parties), dict(told.keys))
    assert stored == told
    assert stored.parties[MAKER] == Party({"name": "Maker Ltd", "country": "CH"}, 0)
    assert stored.keys[MAKERS.kid] == Key(MAKERS.public, MAKER, "file", 1)


def test_applying_an_entry_leaves_the_registry_before_it_as_it_was() -> None:
    world = two_parties()
    before = after(world)
    world.revoke(MAKERS)
    after(world)
    assert before.keys[MAKERS.kid].revoked is None


def test_no_key_of_a_suspended_party_is_valid_until_it_is_reinstated() -> None:
    world = two_parties()
    world.suspend(MAKER)
    world.add_key(MAKER, a_key("new"))
    world.reinstate(MAKER)
    registry = after(world)
    assert registry.signer(MAKERS.kid, 4).party == MAKER
    assert signer_refusal(registry, MAKERS, 5) == "PARTY_SUSPENDED"
    assert signer_refusal(registry, a_key("new"), 5) == "KEY_NOT_YET_VALID"
    assert registry.signer(MAKERS.kid, 7).party == MAKER
    assert registry.signer(WHOLESALERS.kid, 5).party == WHOLESALER


def test_a_party_may_be_suspended_again() -> None:
    world = two_parties()
    world.suspend(MAKER)
    assert after(world).parties[MAKER].suspended
    world.reinstate(MAKER)
    assert not after(world).parties[MAKER].suspended
    world.suspend(MAKER)
    registry = after(world)
    assert [registry.parties[MAKER].suspended_at(index) for index in (4, 5, 6, 7)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_suspended_party_is_not_suspended_and_another_not_reinstated() -> None:
    world = two_parties()
    world.suspend(MAKER)
    world.suspend(MAKER)
    assert refusal(world, Conflict) == "PARTY_ALREADY_SUSPENDED"
    world.reinstate(WHOLESALER)
    assert refusal(world, Conflict) == "PARTY_NOT_SUSPENDED"


@pytest.mark.parametrize("deed", [World.suspend, World.reinstate])
def test_parties_are_suspended_and_reinstated_by_authorities(deed: Callable[..., Entry]) -> None:
    world = two_parties()
    deed(world, WHOLESALER, by=MAKERS)
    assert refusal(world) == "NOT_PERMITTED"
    deed(world, "nobody")
    assert refusal(world) == "PARTY_UNKNOWN"


def test_a_key_gives_way_to_another_one_at_the_index_of_the_rotation() -> None:
    world = two_parties()
    new = a_key("new")
    world.rotate(MAKER, MAKERS, new)
    registry = after(world)
    assert registry.signer(MAKERS.kid, 3).party == MAKER
    assert signer_refusal(registry, MAKERS, 5) == "KEY_REVOKED"
    assert signer_refusal(registry, new, 4) == "KEY_NOT_YET_VALID"
    assert registry.signer(new.kid, 5).party == MAKER


def test_a_key_is_rotated_by_itself_only() -> None:
    world = two_parties()
    world.add_key(MAKER, a_key("second"))
    for by in (a_key("second"), world.authority):
        world.rotate(MAKER, MAKERS, a_key("new"), by=by)
        assert refusal(world) == "NOT_PERMITTED"
    world.revoke(MAKERS)
    world.rotate(MAKER, MAKERS, a_key("new"))
    assert refusal(world) == "KEY_REVOKED"


def test_a_rotation_brings_in_a_key_that_nobody_has() -> None:
    world = two_parties()
    world.rotate(MAKER, MAKERS, WHOLESALERS)
    assert refusal(world, Conflict) == "KEY_KNOWN"
    world.rotate(MAKER, MAKERS, world.authority)
    assert refusal(world) == "KEY_OF_AUTHORITY"
    world.rotate(WHOLESALER, MAKERS, a_key("new"))
    assert refusal(world) == "POSSESSION_NOT_PROVEN"
    world.rotate(MAKER, a_key("other"), a_key("new"), by=world.authority)
    assert refusal(world) == "NOT_PERMITTED"


def test_a_key_that_a_thief_rotated_to_falls_with_the_stolen_one() -> None:
    """Attack 16, a stolen key, and a thief who rotates it."""
    world = two_parties()
    second, third = a_key("second"), a_key("third")
    world.rotate(MAKER, MAKERS, second)
    world.rotate(MAKER, second, third)
    world.revoke(MAKERS, since=4)
    registry = after(world)
    assert registry.suspected(MAKERS.kid, 3) is None
    assert registry.suspected(second.kid, 5) == 6
    assert registry.suspected(third.kid, 6) == 6
    assert registry.keys[second.kid].revoked == 5
    assert signer_refusal(registry, third, 6) == "KEY_REVOKED"
    world.add_key(MAKER, a_key("fourth"))
    assert after(world).signer(a_key("fourth").kid, 8).party == MAKER


def test_a_key_that_was_rotated_and_not_stolen_leaves_its_successor_alone() -> None:
    world = two_parties()
    world.rotate(MAKER, MAKERS, a_key("second"))
    world.revoke(a_key("second"))
    registry = after(world)
    assert registry.keys[MAKERS.kid].suspicions == ()
    assert registry.keys[a_key("second").kid].suspect_from is None


def test_a_party_stands_by_what_its_stolen_key_signed() -> None:
    world = two_parties()
    made = world.say(MAKERS, "lot.register")
    world.texts.pop()
    world.revoke(MAKERS, since=2)
    world.add_key(MAKER, a_key("new"))
    world.affirm(MAKERS, made, by=a_key("new"))
    assert after(world).affirmed() == {(MAKERS.kid, made.entry_id)}
    world.revoke(a_key("new"), since=7)
    assert after(world).affirmed() == {(MAKERS.kid, made.entry_id)}
    world.revoke(a_key("new"), since=6)
    assert after(world).affirmed() == set()


def test_entries_are_affirmed_by_their_own_party_and_only_where_they_may_be_suspect() -> None:
    world = two_parties()
    made = world.say(MAKERS, "lot.register")
    world.texts.pop()
    world.affirm(WHOLESALERS, made, by=WHOLESALERS)
    assert refusal(world) == "KEY_NOT_SUSPECT"
    world.revoke(MAKERS, since=2)
    for by in (WHOLESALERS, world.authority):
        world.affirm(MAKERS, made, by=by)
        assert refusal(world) == "NOT_PERMITTED"
    world.affirm(a_key("new"), made, by=WHOLESALERS)
    assert refusal(world) == "KEY_UNKNOWN"
    world.affirm(MAKERS, made, by=MAKERS)
    assert refusal(world) == "KEY_REVOKED"
