from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial, Sscc
from supplychain.domain.lots import LotKey
from supplychain.formats import epc
from supplychain.formats.errors import FormatError

GTIN = Gtin("00614141123452")
ITEM = epc.SerialItem(GTIN, Serial("A/7"), "")


def test_an_sgtin_names_gtin_serial_and_prefix() -> None:
    one = epc.sgtin("urn:epc:id:sgtin:030001.0012345.11")
    assert one == epc.SerialItem(Gtin("00300010123455"), Serial("11"), "030001")


def test_the_indicator_digit_comes_first_in_a_gtin() -> None:
    assert epc.sgtin("urn:epc:id:sgtin:030001.1012345.1").gtin == Gtin("10300010123452")


def test_escaped_characters_of_a_serial_are_written_out() -> None:
    assert epc.sgtin("urn:epc:id:sgtin:0614141.012345.A%2FB%25").serial == Serial("A/B%")


def test_a_lot_class_names_its_lot() -> None:
    key = epc.lgtin("urn:epc:class:lgtin:030001.0012345.A123")
    assert key == LotKey(Gtin("00300010123455"), LotNumber("A123"))


def test_a_pattern_names_every_serial_of_a_gtin() -> None:
    assert epc.idpat_gtin("urn:epc:idpat:sgtin:030001.0012345.*") == Gtin("00300010123455")


def test_an_sscc_has_its_extension_digit_first() -> None:
    assert epc.sscc("urn:epc:id:sscc:030001.41234567890") == Sscc("403000112345678901")


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgln:030001.111111.0",
        "urn:epc:id:sgln:030001.111111.dock%2F2",
        "urn:epc:id:pgln:030001.111111",
    ],
)
def test_parties_and_places_are_glns(urn: str) -> None:
    assert epc.gln(urn) == Gln("0300011111116")


@pytest.mark.parametrize("length", range(6, 13))
def test_every_length_of_company_prefix_gives_the_same_keys(length: int) -> None:
    gtin, gln, sscc = "06141410123458", "061414100001", "00614141123456789"
    item = f"{gtin[1 : length + 1]}.{gtin[0]}{gtin[length + 1 : 13]}"
    assert epc.sgtin(f"urn:epc:id:sgtin:{item}.7").gtin.value[:13] == gtin[:13]
    assert epc.gln(f"urn:epc:id:sgln:{gln[:length]}.{gln[length:]}.0").value[:12] == gln
    container = f"{sscc[1 : length + 1]}.{sscc[0]}{sscc[length + 1 :]}"
    assert epc.sscc(f"urn:epc:id:sscc:{container}").value[:17] == sscc


@pytest.mark.parametrize(
    ("reader", "urn"),
    [
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345."),
        (epc.sgtin, "urn:epc:id:sgtin:030001.012345.1"),
        (epc.sgtin, "urn:epc:id:sgtin:30001.00012345.1"),
        (epc.sgtin, "urn:epc:id:sgtin:0300010123455..1"),
        (epc.sgtin, "urn:epc:id:sgtin:03000١.0012345.1"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345.a b"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345.a%zz"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345.a%20b"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345.%ff"),
        (epc.sgtin, "urn:epc:id:sgtin:030001.0012345." + "1" * 21),
        (epc.sgtin, "urn:epc:id:sscc:030001.41234567890"),
        (epc.sscc, "urn:epc:id:sscc:030001.4123456789"),
        (epc.sscc, "urn:epc:id:sscc:030001"),
        (epc.lgtin, "urn:epc:class:lgtin:030001.0012345."),
        (epc.idpat_gtin, "urn:epc:idpat:sgtin:030001.0012345.7"),
        (epc.gln, "urn:epc:id:sgln:030001.111111"),
        (epc.gln, "urn:epc:id:sgln:030001.111111."),
        (epc.gln, "urn:epc:id:sgln:030001.11111.0"),
        (epc.gln, "urn:epc:id:pgln:030001.111111.0"),
        (epc.gln, "https://id.example.com/414/0300011111117"),
        (epc.gln, "https://id.example.com/00/106141412345678908"),
        (epc.gln, "https://id.example.com/"),
        (epc.item, "https://id.example.com/01/00614141123452/10/L1"),
        (epc.item, "https://id.example.com/01/00614141123453/21/7"),
        (epc.item, "https://id.example.com/01/00614141123452/21/a%20b"),
        (epc.lot, "https://id.example.com/01/00614141123452"),
        (epc.lot, "urn:epc:id:sgtin:030001.0012345.11"),
    ],
)
def test_codes_that_are_not_of_their_kind_are_refused(reader: object, urn: str) -> None:
    assert callable(reader)
    with pytest.raises(FormatError) as caught:
        reader(urn)
    assert caught.value.code == "EPC_MALFORMED"
    assert not caught.value.message.endswith("..")


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("https://id.gs1.org/01/00614141123452/21/7", epc.SerialItem(GTIN, Serial("7"), "")),
        ("http://x.example/a/b/01/614141123452/10/L1/21/A%2F7/?17=270630", ITEM),
        ("https://id.gs1.org/01/00614141123452/22/2A/21/A%2F7", ITEM),
        ("https://id.gs1.org/01/00614141123452/10/L1", LotKey(GTIN, LotNumber("L1"))),
        ("https://id.gs1.org/01/00614141123452", GTIN),
        ("https://id.gs1.org/00/106141412345678908", Sscc("106141412345678908")),
        ("https://id.gs1.org/414/0300011111116/254/12", Gln("0300011111116")),
        ("https://id.gs1.org/417/0300011111116", Gln("0300011111116")),
        ("https://id.gs1.org/8003/039123450007718765", None),
        ("https://id.gs1.org/01/0061414112345/21/7?x y", None),
        ("urn:epc:id:grai:4012345.55555.987", None),
    ],
)
def test_links_name_the_same_keys(link: str, key: object) -> None:
    assert epc.parse(link) == key


@pytest.mark.parametrize("length", range(6, 13))
@pytest.mark.parametrize(
    "key",
    [
        epc.SerialItem(GTIN, Serial("A/7%"), ""),
        LotKey(GTIN, LotNumber("L<1>")),
        GTIN,
        Sscc("106141412345678908"),
        Gln("0300011111116"),
    ],
)
def test_a_key_is_read_again_from_the_urn_that_is_written(key: epc.Code, length: int) -> None:
    found = epc.parse(epc.write(key, length))
    if isinstance(found, epc.SerialItem):
        assert len(found.prefix) == length
        found = replace(found, prefix="")
    assert found == key


def test_codes_of_other_kinds_pass_unread() -> None:
    epc.check("urn:epc:id:grai:4012345.55555.987")
    epc.check("https://id.example.com/8003/039123450007718765")
    with pytest.raises(FormatError):
        epc.check("urn:epc:id:sscc:1.2")


@given(
    st.sampled_from(
        [epc.SGTIN, epc.SSCC, epc.SGLN, epc.PGLN, epc.LGTIN, epc.IDPAT_SGTIN, "https://a/01/"]
    ),
    st.text("0123456789.%*aF٣/?", max_size=30),
)
def test_no_code_does_more_than_raise_its_error(start: str, rest: str) -> None:
    try:
        epc.check(start + rest)
    except FormatError as error:
        assert error.code == "EPC_MALFORMED"  # noqa: PT017 - either way is right


@given(
    prefix=st.from_regex(r"\A[0-9]{6,12}\Z"),
    digits=st.from_regex(r"\A[0-9]{13}\Z"),
    serial=st.text("AZaz09-_.!*", min_size=1, max_size=20),
)
def test_the_quick_way_to_a_packs_one_name_is_the_same_as_the_long_one(
    prefix: str, digits: str, serial: str
) -> None:
    code = f"urn:epc:id:sgtin:{prefix}.{digits[: 13 - len(prefix)]}.{serial}"
    slow = epc.sgtin(code)
    assert epc.canonical(code) == f"01/{slow.gtin}/21/{slow.serial}"
