"""Custodial keys open for their own party only, and only while they sign."""

from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.registry_acts import AddKey, RevokeKey, possession_message
from ledger.core.signatures import OPENSSL
from ledger.models import CustodialKey
from ledger.signers import KeysMissing, custodial_signer, make_custodial_key
from tests.database import tamper
from tests.ledger.world import MAKER, World

FIRST = "first:" + "A" * 43 + "="
SECOND = "second:" + "B" * 42 + "A="
NONCE = bytes(range(12))


def keep_key(world: World, *, nonce: bytes = NONCE) -> str:
    """Make a custodial key for the maker, add it to the registry, and return its name."""
    new = make_custodial_key(party=MAKER, log=settings.LOG_ORIGIN, nonce=nonce, at=world.now)
    act = AddKey(MAKER, new.public, "custodial", new.proof)
    world.append(world.registering(act))
    return new.public.kid


def test_a_custodial_key_signs_for_its_party(world: World) -> None:
    kid = keep_key(world)
    signer = custodial_signer(MAKER)
    assert signer.kid == kid
    world.append(world.entry(signer=signer))


def test_a_new_key_proves_that_it_is_ours(world: World) -> None:
    new = make_custodial_key(party=MAKER, log=settings.LOG_ORIGIN, nonce=NONCE, at=world.now)
    message = possession_message(settings.LOG_ORIGIN, MAKER, new.public.kid)
    assert OPENSSL.es256(new.public, message, new.proof)


def test_a_private_key_is_not_stored_in_the_clear(world: World) -> None:
    keep_key(world)
    row = CustodialKey.objects.get()
    assert bytes(row.nonce) == NONCE
    assert b"PRIVATE KEY" not in bytes(row.ciphertext)
    assert "PRIVATE" not in repr(custodial_signer(MAKER))


def test_a_key_that_the_registry_does_not_have_signs_nothing(world: World) -> None:
    make_custodial_key(party=MAKER, log=settings.LOG_ORIGIN, nonce=NONCE, at=world.now)
    with pytest.raises(LedgerError) as refused:
        custodial_signer(MAKER)
    assert refused.value.code == "NO_CUSTODIAL_KEY"


def test_a_revoked_key_signs_nothing_and_a_newer_one_takes_its_place(world: World) -> None:
    old = keep_key(world)
    world.wait(1)
    new = keep_key(world, nonce=b"another one.")
    assert custodial_signer(MAKER).kid == new
    world.append(world.registering(RevokeKey(new, "rotated")))
    assert custodial_signer(MAKER).kid == old


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_custodialkey SET party = '9506000080017', kid = kid",
        "UPDATE ledger_custodialkey SET ciphertext = set_byte(ciphertext, 9, 0)",
        "UPDATE ledger_custodialkey SET nonce = set_byte(nonce, 3, 77)",
    ],
)
def test_a_key_moved_to_another_party_or_changed_does_not_open(world: World, sql: str) -> None:
    keep_key(world)
    tamper(sql)
    tamper(
        "UPDATE ledger_key SET party = (SELECT party FROM ledger_custodialkey)"
        " WHERE kid = (SELECT kid FROM ledger_custodialkey)"
    )
    signer = custodial_signer(CustodialKey.objects.get().party)
    with pytest.raises(LedgerError) as refused:
        signer.sign(b"anything")
    assert refused.value.code == "KEY_NOT_OPENED"


def test_key_encryption_keys_are_rotated_by_putting_a_new_one_first(
    world: World, settings: Settings
) -> None:
    settings.CUSTODIAL_KEKS = [FIRST]
    keep_key(world)
    settings.CUSTODIAL_KEKS = [SECOND, FIRST]
    assert len(custodial_signer(MAKER).sign(b"anything")) == 64
    keep_key(world, nonce=b"another one.")
    assert set(CustodialKey.objects.values_list("kek", flat=True)) == {"first", "second"}
    settings.CUSTODIAL_KEKS = [SECOND]
    signer = next(
        signers.CustodialSigner(
            one.kid, one.party, one.kek, bytes(one.nonce), bytes(one.ciphertext)
        )
        for one in CustodialKey.objects.filter(kek="first")
    )
    with pytest.raises(KeysMissing, match="not set"):
        signer.sign(b"anything")


@pytest.mark.parametrize("keks", [[], ["first"], ["first:QUJD"]])
def test_without_a_key_encryption_key_no_key_is_made(
    world: World, settings: Settings, keks: list[str]
) -> None:
    settings.CUSTODIAL_KEKS = keks
    with pytest.raises(LedgerError):
        make_custodial_key(party=MAKER, log="a/log", nonce=NONCE, at=world.now)
    assert not CustodialKey.objects.exists()


def test_the_operators_files_are_read_and_missed_by_name(bare_world: World) -> None:
    assert signers.policy().authorities == (bare_world.authority.public,)
    assert signers.log_key().public == bare_world.log.public
    assert signers.authority_signer().kid == bare_world.authority.kid
    (Path(settings.KEYS_DIR) / signers.LOG_FILE).unlink()
    with pytest.raises(KeysMissing, match="make_keys"):
        signers.log_key()
