"""Lots: their keys, and until when they are good (R12)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey, zone
from supplychain.domain.products import Product
from tests.supplychain.domain.lot_story import GTIN, KEY

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def test_a_lot_is_named_by_gtin_and_lot_together() -> None:
    assert KEY.stream == "lot:00614141123452/A123"
    assert str(KEY) == "00614141123452 lot A123"
    assert LotKey(Gtin("10614141123459"), KEY.lot) != KEY


@pytest.mark.parametrize(
    ("member", "longest"), [("name", 200), ("strength", 100), ("form", 100), ("profile", 100)]
)
def test_what_a_maker_says_of_a_product_is_bounded(member: str, longest: int) -> None:
    said = {"name": "Marlowin", "strength": "10 mg", "form": "tablet", "profile": "unmonitored/1"}
    Product(GTIN, **said | {member: "x" * longest})
    for wrong in ("", "x" * (longest + 1)):
        with pytest.raises(Invalid, match=rf"^(product\.)?{member}:"):
            Product(GTIN, **said | {member: wrong})


@given(st.text(CSET_82, min_size=1, max_size=20))
def test_a_streams_name_is_written_and_read_back(lot: str) -> None:
    key = LotKey(GTIN, LotNumber(lot))
    assert LotKey.from_stream(key.stream) == key


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("registry", "INVALID_STREAM"),
        ("lot:00614141123452", "INVALID_STREAM"),
        ("lot:00614141123452/", "INVALID_STREAM"),
        ("lot:0614141123452/A123", "INVALID_STREAM"),
        ("lot:00614141123452/" + "A" * 21, "INVALID_STREAM"),
        ("lot:00614141123452/A123\n", "INVALID_STREAM"),
        ("lot:00614141123451/A123", "INVALID_GTIN"),
        ("lot:00614141123452/A#1", "INVALID_LOT"),
    ],
)
def test_other_streams_name_no_lot(stream: str, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        LotKey.from_stream(stream)
    assert invalid.value.code == code


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+00:00", 0), ("+05:30", 330), ("-03:30", -210), ("+14:00", 840), ("-14:00", -840)],
)
def test_a_zone_is_a_fixed_offset(text: str, minutes: int) -> None:
    assert zone(text).utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "Z", "UTC", "+0000", "+00:60", "-00:00", "+14:01", "+99:00", "00:00", "+00:00 "]
)
def test_what_is_no_offset_is_no_zone(text: str) -> None:
    with pytest.raises(Invalid) as invalid:
        Expiry(date(2027, 6, 30), text)
    assert invalid.value.code == "INVALID_ZONE"


@pytest.mark.parametrize(
    ("where", "ends"),
    [
        ("+00:00", datetime(2027, 7, 1, tzinfo=UTC)),
        ("+02:00", datetime(2027, 6, 30, 22, tzinfo=UTC)),
        ("-05:00", datetime(2027, 7, 1, 5, tzinfo=UTC)),
    ],
)
def test_r12_goods_are_good_to_the_last_instant_of_the_day_in_their_zone(
    where: str, ends: datetime
) -> None:
    expiry = Expiry(date(2027, 6, 30), where)
    assert expiry.ends == ends
    assert not expiry.passed(ends - timedelta(microseconds=1))
    assert expiry.passed(ends)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2200, 1, 1), date(9999, 12, 31)])
def test_an_expiry_is_within_two_centuries(day: date) -> None:
    with pytest.raises(Invalid) as invalid:
        Expiry(day)
    assert invalid.value.code == "INVALID_EXPIRY"
    assert Expiry(date(2199, 12, 31)).ends == datetime(2200, 1, 1, tzinfo=UTC)
