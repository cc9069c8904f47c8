import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey, Signatures
from ledger.core.signatures import (
    OPENSSL,
    LogKey,
    OpenSslSignatures,
    PrivateKey,
    public_from_pem,
)
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger.core.examples import KEY, LOG_KEY, OTHER_KEY, high_low_twin

MESSAGE = b"two cartons"
BothWays = OpenSslSignatures | EcdsaSignatures


BOTH = pytest.mark.parametrize("verifier", [OPENSSL, EcdsaSignatures()], ids=["openssl", "ecdsa"])


@BOTH
def test_all_262_wycheproof_cases_are_judged_as_their_authors_say(
    verifier: Signatures, shared: Path
) -> None:
    cases = list(_wycheproof(shared))
    wrong = [
        (case["tcId"], case["comment"])
        for key, case in cases
        if verifier.es256(key, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
        is not (case["result"] == "valid")
    ]
    assert wrong == []
    assert len(cases) == 262


def _wycheproof(shared: Path) -> Any:
    folder = shared / "vectors" / "wycheproof"
    text = (folder / "ecdsa_secp256r1_sha256_p1363_test.json").read_bytes()
    for group in json.loads(text)["testGroups"]:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        for case in group["tests"]:
            yield PublicKey(point[1:33], point[33:]), case


@BOTH
def test_a_signature_is_good_for_its_key_and_its_message_only(verifier: Signatures) -> None:
    signature = KEY.sign(MESSAGE)
    assert verifier.es256(KEY.public, MESSAGE, signature) is True
    assert verifier.es256(OTHER_KEY.public, MESSAGE, signature) is False
    assert verifier.es256(KEY.public, MESSAGE + b".", signature) is False


@BOTH
def test_what_others_hashed_is_judged_by_its_digest_alone(verifier: BothWays) -> None:
    digest, signature = sha256(MESSAGE).digest(), KEY.sign(MESSAGE)
    assert verifier.es256_digest(KEY.public, digest, signature) is True
    assert verifier.es256_digest(OTHER_KEY.public, digest, signature) is False
    assert verifier.es256_digest(KEY.public, digest[::-1], signature) is False


@BOTH
@pytest.mark.parametrize("digest", [b"", bytes(31), bytes(33), bytes(64)])
def test_what_is_no_digest_is_false_and_raises_nothing(verifier: BothWays, digest: bytes) -> None:
    assert verifier.es256_digest(KEY.public, digest, KEY.sign(MESSAGE)) is False


@BOTH
def test_a_high_s_is_as_good_as_a_low_one(verifier: Signatures) -> None:
    twin = high_low_twin(KEY.sign(MESSAGE))
    assert verifier.es256(KEY.public, MESSAGE, twin) is True


@BOTH
@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(63), bytes(65)])
def test_what_is_no_signature_is_false_and_raises_nothing(
    verifier: BothWays, signature: bytes
) -> None:
    assert verifier.es256(KEY.public, MESSAGE, signature) is False
    assert verifier.es256_digest(KEY.public, bytes(32), signature) is False
    assert verifier.ed25519(LOG_KEY.public, MESSAGE, signature) is False


@BOTH
def test_an_ecdsa_signature_in_der_is_refused(verifier: Signatures) -> None:
    der = KEY._key.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))
    assert verifier.es256(KEY.public, MESSAGE, der) is False


@BOTH
def test_a_log_key_signs_ed25519(verifier: Signatures) -> None:
    signature = LOG_KEY.sign(MESSAGE)
    assert verifier.ed25519(LOG_KEY.public, MESSAGE, signature) is True
    assert verifier.ed25519(LOG_KEY.public, MESSAGE + b".", signature) is False
    assert verifier.ed25519(LogKey.generate().public, MESSAGE, signature) is False


@BOTH
@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), b"\xff" * 32, b"\x02" * 32])
def test_a_bad_ed25519_key_is_false_and_raises_nothing(verifier: Signatures, key: bytes) -> None:
    assert verifier.ed25519(key, MESSAGE, LOG_KEY.sign(MESSAGE)) is False


@BOTH
def test_an_ed25519_signature_has_no_second_form(verifier: Signatures) -> None:
    signature = LOG_KEY.sign(MESSAGE)
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    twin = signature[:32] + s.to_bytes(32, "little")
    assert verifier.ed25519(LOG_KEY.public, MESSAGE, twin) is False


@BOTH
def test_a_key_of_small_order_has_no_good_signature(verifier: Signatures) -> None:
    neutral, base = bytes([1, *[0] * 31]), b"\x58" + b"\x66" * 31
    anybodys = base + (1).to_bytes(32, "little")  # R = 1·B, whatever was said: good for OpenSSL
    ed25519.Ed25519PublicKey.from_public_bytes(neutral).verify(anybodys, MESSAGE)
    assert verifier.ed25519(neutral, MESSAGE, anybodys) is False


@given(st.binary(min_size=64, max_size=64), st.integers(0, 511))
def test_one_wrong_bit_makes_a_signature_bad(message: bytes, bit: int) -> None:
    good = int.from_bytes(KEY.sign(message))
    flipped = (good ^ (1 << bit)).to_bytes(64)
    assert not OPENSSL.es256(KEY.public, message, flipped)


@given(st.binary(max_size=100))
def test_signing_is_deterministic_and_64_bytes(message: bytes) -> None:
    signature = KEY.sign(message)
    assert len(signature) == 64
    assert signature == KEY.sign(message)
    assert OPENSSL.es256(KEY.public, message, signature)


def test_a_key_comes_back_from_its_pem() -> None:
    key = PrivateKey.generate()
    assert key.as_pem().startswith(b"-----BEGIN PRIVATE KEY-----")
    again = PrivateKey.from_pem(key.as_pem())
    assert (again.public, again.kid) == (key.public, key.kid)
    log = LogKey.generate()
    assert LogKey.from_pem(log.as_pem()).public == log.public


def test_a_key_says_nothing_of_its_secret_when_shown() -> None:
    assert repr(KEY).startswith("<ledger.core.signatures.PrivateKey object")
    assert repr(LOG_KEY).startswith("<ledger.core.signatures.LogKey object")


def _pem(key: Any, protection: Any = None) -> bytes:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection or NoEncryption())
    return pem


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(rsa.generate_private_key(65537, 2048)),
        _pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"secret")),
    ],
    ids=["empty", "junk", "P-384", "RSA", "encrypted"],
)
def test_a_pem_of_another_kind_is_refused(pem: bytes) -> None:
    for kind in (PrivateKey, LogKey):
        with pytest.raises(Malformed) as refusal:
            kind.from_pem(pem)
        assert refusal.value.code == "KEY_MALFORMED"


def test_one_kind_of_key_is_not_taken_for_the_other() -> None:
    with pytest.raises(Malformed):
        PrivateKey.from_pem(_pem(ed25519.Ed25519PrivateKey.generate()))
    with pytest.raises(Malformed):
        LogKey.from_pem(KEY.as_pem())


def test_a_public_key_comes_from_what_openssl_writes() -> None:
    shown = KEY._key.public_key()
    assert public_from_pem(_public_pem(shown)) == KEY.public
    others = ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()
    bad = [_public_pem(other.public_key()) for other in others]
    for pem in (*bad, KEY.as_pem(), b"", b"-----BEGIN PUBLIC KEY-----\n"):
        with pytest.raises(Malformed) as caught:
            public_from_pem(pem)
        assert caught.value.code == "KEY_MALFORMED"


def _public_pem(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
