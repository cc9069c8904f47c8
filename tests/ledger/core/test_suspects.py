"""Which entries are suspect: by index, in the evidence of the golden stories."""

from ledger.core.countersignatures import Countersignature, countersigned_message
from ledger.core.evidence import Evidence
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from tests.vectors.defects import VECTORS
from tests.vectors.world import AT, MAKER, ORIGIN, World, with_item


def suspects(evidence: Evidence) -> list[int]:
    """The indices of the suspect entries."""
    found = verify(evidence, World().policy, AT, OPENSSL)
    index_of = {fact.entry.entry_id: fact.index for fact in found.facts}
    about = (one.entry_id for one in found.findings if one.code == "ENTRY_SUSPECT")
    return [index_of[entry_id] for entry_id in about if entry_id]


def test_what_a_stolen_key_signed_since_then_is_suspect_and_a_fact() -> None:
    assert suspects(VECTORS["entry-suspect"].make()) == [10]


def test_what_a_stolen_device_countersigned_since_then_is_suspect_too() -> None:
    evidence = VECTORS["device-suspect"].make()
    assert suspects(evidence) == [max(item.index for item in evidence.items) - 3]
    assert suspects(VECTORS["good-device-stolen-later"].make()) == []


def test_only_the_device_stands_by_what_it_countersigned() -> None:
    assert suspects(VECTORS["good-device-stands-by-its-batch"].make()) == []
    for wrong in ("device-suspect-and-its-owner-affirms", "device-suspect-and-affirms-another"):
        assert len(suspects(VECTORS[wrong].make())) == 1, wrong


def test_a_suspect_vouches_for_nothing() -> None:
    assert suspects(VECTORS["entry-suspect-in-both-hands"].make()) == [8, 9, 10]


def test_attack_24_what_a_receiver_accepted_in_time_is_not_suspect() -> None:
    assert suspects(VECTORS["good-suspect-received-in-time"].make()) == []
    assert suspects(VECTORS["entry-suspect-received-too-late"].make()) == [10]


def test_only_a_sound_entry_vouches() -> None:
    evidence = VECTORS["good-suspect-received-in-time"].make()
    number = next(n for n, item in enumerate(evidence.items) if item.index == 12)
    assert suspects(with_item(evidence, number, proof=())) == [10]


def test_of_two_stolen_devices_the_theft_that_was_told_first_is_named() -> None:
    world = World()
    maker = world.join(MAKER)
    devices = {party: world.join(party) for party in (f"{MAKER}:A", f"{MAKER}:B")}
    signed = [countersigned(key, party) for party, key in devices.items()]
    listed = [one.as_json() for one in sorted(signed, key=lambda one: one.kid)]
    world.say(maker, "thing.said", body={"countersigned": listed})
    told = world.size
    for key in devices.values():
        world.revoke(key, since=told - 1)
    found = verify(world.evidence(), world.policy, AT, OPENSSL)
    (why,) = (one.message for one in found.findings if one.code == "ENTRY_SUSPECT")
    assert f"At index {told} " in why


def countersigned(key: PrivateKey, party: str) -> Countersignature:
    digest = "ab" * 32
    message = countersigned_message(log=ORIGIN, party=party, kid=key.kid, digest=digest)
    return Countersignature(key.kid, party, digest, key.sign(message))
