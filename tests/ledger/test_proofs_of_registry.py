"""What evidence shows of the registry is read off its entries, whatever the tables say."""

import pytest

from ledger import signers
from ledger.core.entry import Entry
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from ledger.proofs import evidence_of
from tests.database import tamper
from tests.ledger.test_proofs import lot, proven, shown, signs
from tests.ledger.world import LOT, MAKER, World, ids

__all__ = ["lot"]


def test_a_revocation_shows_whatever_the_tables_say(world: World, lot: list[Entry]) -> None:
    world.log_all(world.revoke(world.maker, start=2))
    tamper("UPDATE ledger_key SET revoked_by = '{}', revoked_from = NULL")
    tamper("UPDATE ledger_entry SET type = 'registry.key.add' WHERE type = 'registry.key.revoke'")
    found = evidence_of(LOT)
    assert ("REGISTRY_CHANGED", None) in signs(found)
    assert found.evidence is not None
    findings = verify(found.evidence, signers.policy(), world.now, OPENSSL)
    suspect = {one.entry_id for one in findings.findings if one.code == "ENTRY_SUSPECT"}
    assert suspect == {entry.entry_id for entry in lot}


@pytest.mark.usefixtures("lot")
def test_a_table_that_names_what_the_registry_does_not_shows() -> None:
    tamper("UPDATE ledger_key SET revoked_by = ARRAY[repeat('0', 64)]")
    assert ("REGISTRY_CHANGED", None) in signs(evidence_of(LOT))


def test_a_revocation_by_another_key_of_the_party_is_shown_with_that_key(world: World) -> None:
    entry, other = world.entry(), PrivateKey.generate()
    world.log_all(entry, world.add_key(MAKER, other), world.revoke(world.maker, signer=other))
    found = evidence_of(LOT)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    assert proven(world, found.evidence) == [entry.entry_id]


def test_a_suspension_is_shown_with_its_end(world: World) -> None:
    first, second = world.entry(), world.entry()
    world.log_all(first, world.suspend(), world.reinstate(), second)
    found = evidence_of(LOT)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    assert proven(world, found.evidence) == ids([first, second])
    world.log_all(world.suspend())
    registry = verify(shown(), signers.policy(), world.now, OPENSSL).registry
    assert registry.parties[MAKER].suspended


def test_the_keys_that_a_key_was_rotated_from_are_shown_with_it(world: World) -> None:
    second, third = PrivateKey.generate(), PrivateKey.generate()
    world.log_all(world.rotate(second), world.rotate(third, old=second))
    entry = world.entry(signer=third)
    world.log_all(entry)
    found = evidence_of(LOT)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    assert proven(world, found.evidence) == [entry.entry_id]
    world.log_all(world.revoke(world.maker, start=2))
    found = evidence_of(LOT)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    codes = verify(found.evidence, signers.policy(), world.now, OPENSSL).codes
    assert codes == {"ENTRY_SUSPECT", "COMPLETENESS_NOT_PROVEN"}


def test_a_rotation_is_shown_with_what_the_old_key_signed(world: World) -> None:
    entry = world.entry()
    world.log_all(entry, world.rotate(PrivateKey.generate()))
    registry = verify(shown(), signers.policy(), world.now, OPENSSL).registry
    assert registry.keys[world.maker.kid].revoked == 3


def test_only_affirmations_of_what_is_shown_are_shown(world: World) -> None:
    entry, elsewhere = world.entry(), world.entry("lot:00614141000012/B2")
    new = PrivateKey.generate()
    world.log_all(entry, elsewhere, world.revoke(world.maker, start=2), world.add_key(MAKER, new))
    affirmed, other = world.affirm(new, entry), world.affirm(new, elsewhere)
    world.log_all(affirmed, other)
    found = evidence_of(LOT)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    texts = {item.entry for item in found.evidence.items}
    assert affirmed.envelope.jws in texts
    assert other.envelope.jws not in texts
    codes = verify(found.evidence, signers.policy(), world.now, OPENSSL).codes
    assert codes == {"COMPLETENESS_NOT_PROVEN"}


def test_who_affirms_for_ever_fills_nobodys_evidence(world: World) -> None:
    entry, new, newer = world.entry(), PrivateKey.generate(), PrivateKey.generate()
    world.log_all(entry, world.revoke(world.maker, start=2))
    world.log_all(world.add_key(MAKER, new), world.add_key(MAKER, newer))
    again = [world.affirm(key, entry) for key in (new, new, newer, new, newer)]
    world.log_all(*again)
    texts = {item.entry for item in shown().items}
    held = [one.envelope.jws in texts for one in again]
    assert held == [True, False, True, False, False]
    assert verify(shown(), signers.policy(), world.now, OPENSSL).codes == {
        "COMPLETENESS_NOT_PROVEN"
    }


def test_a_suspension_that_only_the_table_has_shows(world: World, lot: list[Entry]) -> None:
    del world, lot
    tamper("UPDATE ledger_party SET suspended_by = ARRAY[repeat('0', 64)]")
    assert ("REGISTRY_CHANGED", None) in signs(evidence_of(LOT))


def test_a_revocation_that_waits_is_pending(world: World, lot: list[Entry]) -> None:
    del lot
    revocation = world.revoke(world.maker, start=2)
    world.append(revocation)
    assert evidence_of(LOT).pending == (revocation.entry_id,)


def test_a_revocation_without_its_leaf_shows(world: World, lot: list[Entry]) -> None:
    del lot
    revocation = world.revoke(world.maker, start=2)
    world.log_all(revocation)
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [revocation.entry_id])
    assert ("ENTRY_NOT_LOGGED", revocation.entry_id) in signs(evidence_of(LOT))


def test_a_registry_entry_that_is_gone_concerns_every_stream(
    world: World, lot: list[Entry]
) -> None:
    del lot
    revocation = world.revoke(world.maker, start=2)
    world.log_all(revocation)
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [revocation.entry_id])
    assert ("REGISTRY_DAMAGED", None) in signs(evidence_of(LOT))


def test_a_registry_entry_that_cannot_be_read_concerns_every_stream(
    world: World, lot: list[Entry]
) -> None:
    del lot
    admission, other = world.admit("9506000020013"), world.admit("9506000030012")
    world.log_all(admission, other)
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [admission.entry_id])
    jws = other.envelope.jws.encode()
    tamper("UPDATE ledger_entry SET jws = %s WHERE number = 0 AND type LIKE 'registry%%'", [jws])
    damaged = {about for code, about in signs(evidence_of(LOT)) if code == "REGISTRY_DAMAGED"}
    assert admission.entry_id in damaged
    assert len(damaged) == 2
