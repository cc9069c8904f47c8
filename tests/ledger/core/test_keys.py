from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK

from ledger.core import keys
from ledger.core.errors import Malformed
from ledger.core.keys import FIELD, ORDER, PublicKey, scalars
from ledger.core.signatures import PrivateKey
from tests.ledger.core.examples import KEY

# The base point of P-256 (SEC 2 section 2.4.2).
GX = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
GY = bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


def _jwk(**changes: Any) -> dict[str, Any]:
    return {**KEY.public.as_jwk(), **changes}


def test_a_key_comes_back_from_its_jwk() -> None:
    assert PublicKey.parse_jwk(KEY.public.as_jwk()) == KEY.public


def test_the_base_point_is_a_point_and_has_its_known_name() -> None:
    assert PublicKey(GX, GY).kid == JWK(**PublicKey(GX, GY).as_jwk()).thumbprint()


def test_the_name_of_any_key_is_the_thumbprint_that_another_library_computes() -> None:
    for _ in range(10):
        key = PrivateKey.generate()
        assert key.kid == JWK.from_pem(key.as_pem()).thumbprint()


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        "{}",
        {},
        {"kty": "EC", "crv": "P-256", "x": KEY.public.as_jwk()["x"]},
        _jwk(kid="mine"),
        _jwk(d="AAAA"),
        _jwk(kty="OKP"),
        _jwk(kty="ec"),
        _jwk(crv="P-384"),
        _jwk(crv=None),
        _jwk(x=7),
        _jwk(y=None),
        _jwk(y=""),
        _jwk(x="AAAA" + str(KEY.public.as_jwk()["x"])),
    ],
)
def test_a_jwk_of_another_shape_is_refused(jwk: object) -> None:
    with pytest.raises(Malformed) as refusal:
        PublicKey.parse_jwk(jwk)
    assert refusal.value.code == "JWK_MALFORMED"


@pytest.mark.parametrize("x", ["=", "KSex+RK6"])
def test_a_jwk_that_is_not_base64url_is_refused(x: str) -> None:
    with pytest.raises(Malformed) as refusal:
        PublicKey.parse_jwk(_jwk(x=x))
    assert refusal.value.code == "MALFORMED_BASE64"


@pytest.mark.parametrize("size", [0, 31, 33, 64, 65])
def test_a_coordinate_is_32_bytes(size: int) -> None:
    for x, y in ((bytes(size), GY), (GX, bytes(size))):
        with pytest.raises(Malformed) as refusal:
            PublicKey(x, y)
        assert refusal.value.code == "JWK_MALFORMED"


def test_a_point_off_the_curve_is_refused() -> None:
    flipped = GY[:-1] + bytes([GY[-1] ^ 1])
    for x, y in ((GX, flipped), (bytes(32), bytes(32)), (GY, GX)):
        with pytest.raises(Malformed) as refusal:
            PublicKey(x, y)
        assert refusal.value.code == "JWK_NOT_ON_CURVE"


def test_a_coordinate_beyond_the_field_is_refused_though_it_is_congruent_to_a_good_one() -> None:
    x, y = _a_point_with_a_small_x()
    assert PublicKey(x.to_bytes(32), y.to_bytes(32)).x[:31] == bytes(31)
    with pytest.raises(Malformed):
        PublicKey((x + FIELD).to_bytes(32), y.to_bytes(32))
    assert keys._on_curve(x, y)
    assert not keys._on_curve(x, y + FIELD)


def _a_point_with_a_small_x() -> tuple[int, int]:
    for x in range(100):
        square = (x**3 - 3 * x + keys.CURVE_B) % FIELD
        y = pow(square, (FIELD + 1) // 4, FIELD)  # the root, where there is one: p is 3 mod 4
        if y * y % FIELD == square:
            return x, y
    pytest.fail("half of all x have a point")


R_S = st.integers(-1, ORDER + 1).map(lambda n: n % 2**256)


@given(R_S, R_S)
def test_the_two_numbers_of_a_signature_are_from_1_to_below_the_order(r: int, s: int) -> None:
    found = scalars(r.to_bytes(32) + s.to_bytes(32))
    assert found == ((r, s) if 0 < r < ORDER and 0 < s < ORDER else None)


@pytest.mark.parametrize(
    ("r", "s", "good"),
    [
        (1, 1, True),
        (ORDER - 1, ORDER - 1, True),
        (0, 1, False),
        (1, 0, False),
        (ORDER, 1, False),
        (1, ORDER, False),
        (2**256 - 1, 1, False),
    ],
)
def test_the_limits_of_r_and_s(r: int, s: int, *, good: bool) -> None:
    assert (scalars(r.to_bytes(32) + s.to_bytes(32)) is not None) is good


@pytest.mark.parametrize("size", [0, 1, 32, 63, 65, 70, 72, 128])
def test_a_signature_has_64_bytes(size: int) -> None:
    assert scalars(b"\x01" * size) is None
