"""Others get the last word: the policy is changed, and everything said before stays good."""

import io
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger import signers
from ledger.auditing import Opinions, audit
from ledger.core.errors import Refused
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from ledger.management.commands import change_authorities
from ledger.proofs import evidence_of
from tests.ledger.world import LOT, World


@pytest.fixture
def theirs(tmp_path: Path) -> tuple[PrivateKey, Path]:
    """The next authority: its key, and the file with the public half that it sent."""
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "next.pem"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return PrivateKey(key), file


def _pem(key: PrivateKey) -> bytes:
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(key.public.x), int.from_bytes(key.public.y), ec.SECP256R1()
    )
    return numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def change(*arguments: str) -> str:
    out = io.StringIO()
    call_command("change_authorities", *arguments, stdout=out)
    return out.getvalue()


def test_the_next_authority_has_the_last_word_and_the_former_ones_words_stay(
    world: World, theirs: tuple[PrivateKey, Path]
) -> None:
    key, file = theirs
    world.log_all(world.entry())
    said = change(str(file))
    policy = signers.policy()
    assert f"from index {policy.since} on" in said
    assert key.kid in said
    assert [term.authorities for term in policy.terms] == [
        (world.authority.public,),
        (key.public,),
    ]
    with pytest.raises(Refused) as caught:
        world.append(world.admit("7350053850019"))
    assert caught.value.code == "AUTHORITY_NOT_IN_OFFICE"
    world.authority = key
    admitted = world.admit("7350053850019")
    world.log_all(admitted, world.entry())
    evidence = evidence_of(LOT, parties=["7350053850019"]).evidence
    assert evidence is not None
    findings = verify(evidence, policy, world.now, OPENSSL)
    assert findings.valid
    assert "7350053850019" in findings.registry.parties
    found = audit(Opinions(OPENSSL), policy=policy, file=Path(settings.CHECKPOINT_FILE))
    assert found.clean


def test_nothing_is_changed_before_all_that_was_said_is_logged(
    world: World, theirs: tuple[PrivateKey, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = theirs
    monkeypatch.setattr(change_authorities, "PAUSE_S", 0)
    before = signers.policy()
    world.append(world.admit("7350053850019"))
    with pytest.raises(CommandError, match="REGISTRY_NOT_LOGGED"):
        change(str(file))
    assert signers.policy() == before


def test_a_partys_key_is_no_authority(world: World, tmp_path: Path) -> None:
    world.log_all(world.entry())
    file, before = tmp_path / "maker.pem", signers.policy()
    file.write_bytes(_pem(world.maker))
    with pytest.raises(CommandError, match="KEY_KNOWN"):
        change(str(file))
    assert signers.policy() == before
    evidence = evidence_of(LOT).evidence
    assert evidence is not None
    taken = before.succeeded((world.maker.public,), 1, evidence.items[-1].index + 1)
    assert not verify(evidence, taken, world.now, OPENSSL).valid, "why: its past would be bad"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("arguments", [["--quorum", "2"], ["--quorum", "0"]])
def test_a_quorum_that_can_not_be_met_is_refused(
    theirs: tuple[PrivateKey, Path], arguments: list[str]
) -> None:
    before = signers.policy()
    with pytest.raises(CommandError, match="POLICY_MALFORMED"):
        change(str(theirs[1]), *arguments)
    assert signers.policy() == before


@pytest.mark.usefixtures("world")
def test_a_file_without_a_public_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="KEY_MALFORMED"):
        change(str(Path(settings.KEYS_DIR) / signers.AUTHORITY_FILE))
    with pytest.raises(CommandError, match="FILE"):
        change(str(tmp_path / "none.pem"))
