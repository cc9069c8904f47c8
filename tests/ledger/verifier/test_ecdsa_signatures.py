"""The second opinion: signatures with the `ecdsa` package."""

import json
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from ecdsa import SigningKey, VerifyingKey
from ecdsa.eddsa import PublicKey as EdwardsKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.keys import ORDER, PublicKey, is_plain_point
from ledger.core.signatures import OPENSSL
from ledger.verifier import ecdsa_signatures
from ledger.verifier.ecdsa_signatures import PRECOMPUTE_AFTER, EcdsaSignatures
from tests.vectors.world import a_key, a_log_key

KEY, LOG_KEY = a_key("signer"), a_log_key("log")
MESSAGE = b"what was signed"
SIGNATURE, LOG_SIGNATURE = KEY.sign(MESSAGE), LOG_KEY.sign(MESSAGE)


def test_a_good_signature_is_good_however_often_it_is_asked() -> None:
    signatures = EcdsaSignatures()
    for _ in range(PRECOMPUTE_AFTER + 2):
        assert signatures.es256(KEY.public, MESSAGE, SIGNATURE)
        assert not signatures.es256(KEY.public, b"something else", SIGNATURE)
        assert not signatures.es256(a_key("another").public, MESSAGE, SIGNATURE)


def test_the_mirrored_signature_is_good_too() -> None:
    mirrored = SIGNATURE[:32] + (ORDER - int.from_bytes(SIGNATURE[32:])).to_bytes(32)
    assert EcdsaSignatures().es256(KEY.public, MESSAGE, mirrored)


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\x00",
        b"\x00" + SIGNATURE,
        SIGNATURE[:32] + b"\x00" + SIGNATURE[32:] + b"\x00",
        bytes(64),
        bytes(32) + SIGNATURE[32:],
        SIGNATURE[:32] + bytes(32),
        ORDER.to_bytes(32) * 2,
        b"\xff" * 64,
    ],
    ids=range(10),
)
def test_a_signature_of_another_form_is_bad(signature: bytes) -> None:
    assert not EcdsaSignatures().es256(KEY.public, MESSAGE, signature)
    assert not EcdsaSignatures().ed25519(LOG_KEY.public, MESSAGE, signature)


def test_a_checkpoints_signature_is_checked() -> None:
    signatures = EcdsaSignatures()
    assert signatures.ed25519(LOG_KEY.public, MESSAGE, LOG_SIGNATURE)
    assert not signatures.ed25519(LOG_KEY.public, b"something else", LOG_SIGNATURE)
    assert not signatures.ed25519(a_log_key("another").public, MESSAGE, LOG_SIGNATURE)
    assert not signatures.ed25519(b"short", MESSAGE, LOG_SIGNATURE)


# Ed25519: the field, the order of the base point, and the y of the eight points of small order.
FIELD, BASE_ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
ODD_POINTS = [0, 1, FIELD - 1, Y_OF_ORDER_8, FIELD - Y_OF_ORDER_8, FIELD, FIELD + 1, FIELD + 3]


def crafted(message: bytes, y: int) -> bytes:
    """A signature by the log's key whose R is one of the odd points: r is 0."""
    seed = LOG_KEY._key.private_bytes_raw()
    scalar = int.from_bytes(sha512(seed).digest()[:32], "little") & ((1 << 254) - 8) | 1 << 254
    point = y.to_bytes(32, "little")
    challenge = sha512(point + LOG_KEY.public + message).digest()
    return point + (int.from_bytes(challenge, "little") * scalar % BASE_ORDER).to_bytes(
        32, "little"
    )


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", ODD_POINTS)
def test_no_crafted_signature_is_good_for_one_verifier_and_bad_for_the_other(
    y: int, sign: int
) -> None:
    odd = (y | sign).to_bytes(32, "little")
    assert not is_plain_point(odd)
    for number in range(8):
        signature = crafted(b"%d" % number, y | sign)
        for ours in (EcdsaSignatures(), OPENSSL):
            assert not ours.ed25519(LOG_KEY.public, b"%d" % number, signature)
            assert not ours.ed25519(odd, b"%d" % number, (1).to_bytes(32, "little") + bytes(32))


def test_a_point_of_order_8_is_doubled_to_one_of_order_4() -> None:
    """On -x^2 + y^2 = 1 + d x^2 y^2, whose points of order 4 have y = 0."""
    d = -121_665 * pow(121_666, -1, FIELD)
    for y in (Y_OF_ORDER_8, FIELD - Y_OF_ORDER_8):
        x_squared = (y * y - 1) * pow(d * y * y + 1, -1, FIELD)
        assert (y * y + x_squared) % FIELD == 0


def test_keys_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecdsa_signatures, "KEYS_MAX", 2)
    signatures = EcdsaSignatures()
    for _ in range(2):
        for name in "abc":
            key = a_key(name)
            assert signatures.es256(key.public, MESSAGE, key.sign(MESSAGE))


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=64, max_size=64) | st.just(SIGNATURE), st.binary(max_size=8))
def test_both_verifiers_agree_on_any_signature(signature: bytes, message: bytes) -> None:
    ours = EcdsaSignatures()
    assert ours.es256(KEY.public, message, signature) == OPENSSL.es256(
        KEY.public, message, signature
    )
    assert ours.ed25519(LOG_KEY.public, message, signature) == OPENSSL.ed25519(
        LOG_KEY.public, message, signature
    )


def test_a_key_that_is_used_often_gives_the_same_answers_from_its_table() -> None:
    often = EcdsaSignatures()
    for _ in range(PRECOMPUTE_AFTER + 2):
        assert often.ed25519(LOG_KEY.public, MESSAGE, LOG_SIGNATURE)
        assert not often.ed25519(LOG_KEY.public, b"something else", LOG_SIGNATURE)
        assert often.es256(KEY.public, MESSAGE, SIGNATURE)
        assert not often.es256(KEY.public, b"something else", SIGNATURE)


def test_an_exception_within_the_package_means_a_bad_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise TypeError

    monkeypatch.setattr(VerifyingKey, "verify", broken)
    monkeypatch.setattr(EdwardsKey, "verify", broken)
    assert not EcdsaSignatures().es256(KEY.public, MESSAGE, SIGNATURE)
    assert not EcdsaSignatures().ed25519(LOG_KEY.public, MESSAGE, LOG_SIGNATURE)


def cases(shared: Path) -> Iterator[tuple[PublicKey, dict[str, Any]]]:
    file = shared / "vectors" / "wycheproof" / "ecdsa_secp256r1_sha256_p1363_test.json"
    for group in json.loads(file.read_bytes())["testGroups"]:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        key = PublicKey(point[1:33], point[33:])
        yield from ((key, case) for case in group["tests"])


def test_every_wycheproof_vector_is_judged_as_it_says(shared: Path) -> None:
    signatures, judged = EcdsaSignatures(), 0
    for key, case in cases(shared):
        message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
        good = case["result"] == "valid"
        assert signatures.es256(key, message, signature) is good, case["tcId"]
        judged += 1
    assert judged > 200


def test_the_package_makes_no_signature_here() -> None:
    source = Path(ecdsa_signatures.__file__).read_text()
    assert SigningKey.__name__ not in source
