"""Serial numbers in a CSV."""

from datetime import date

import pytest

from supplychain.formats.rows import RowsFault
from supplychain.formats.serial_lists import SERIALS_MAX, read_serial_list
from tests.stages import a_lot

DAY = date(2027, 12, 31)


def read(text: str) -> dict[str, int]:
    found = read_serial_list(text.encode(), a_lot("P1"), DAY)
    return {str(serial): row for serial, row in found.items()}


def test_serials_keep_their_order_and_know_their_rows() -> None:
    assert read("serial\nB\n\nA\n") == {"B": 2, "A": 4}
    assert read("gtin,lot,expiry,serial\n614141000012,P1,2027-12-31,A\n,,,B\n") == {"A": 2, "B": 3}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A,,,", ("serial", "SERIAL_TWICE")),
        (",,,", ("row", "CELLS")),
        ("ä,,,", ("serial", "INVALID_SERIAL")),
        ("B,00614141000029,,", ("gtin", "OTHER_PRODUCT")),
        ("B,1,,", ("gtin", "INVALID_GTIN")),
        ("B,,P2,", ("lot", "OTHER_LOT")),
        ("B,,,2027-12-30", ("expiry", "OTHER_EXPIRY")),
        ("B,,,31.12.2027", ("expiry", "WRONG_SHAPE")),
    ],
)
def test_a_row_about_other_goods_or_twice_is_named(row: str, fault: tuple[str, str]) -> None:
    text = f"serial,gtin,lot,expiry\nA,,,\n{row}{',' if fault[1] == 'CELLS' else ''}\nC,,,x"
    if fault[1] == "CELLS":
        text = text.replace(",,,,", "D,,,,")
    with pytest.raises(RowsFault) as bad:
        read(text)
    first, last = bad.value.errors[0], bad.value.errors[-1]
    assert (first.row, first.column, first.rule) == (3, *fault)
    assert fault[1] == "CELLS" or (last.row, last.column) == (4, "expiry")


def test_a_list_has_an_end() -> None:
    with pytest.raises(RowsFault, match="100,000"):
        read("serial\n" + "A\n" * (SERIALS_MAX + 1))
