"""Serial numbers of a lot in a CSV: one in each row, and what else the row says has to be true."""

from datetime import date
from typing import Final

from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.members import day
from supplychain.formats.rows import Row, all_or_faults, read_rows

COLUMNS: Final = ("serial", "gtin", "lot", "expiry")
SERIALS_MAX: Final = 100_000


def read_serial_list(data: bytes, lot: LotKey, expiry: date) -> dict[Serial, int]:
    """The serial numbers in their order, with their rows. GTIN, lot and expiry may stand beside.

    Raises RowsFault with every fault: a number that is none or stands twice, and a row that is
    about other goods, so that nothing is attached to the wrong product.
    """
    found: dict[Serial, int] = {}

    def take(row: Row) -> None:
        serial = row.read("serial", Serial.parse)
        _prove_same(row, lot, expiry)
        before = found.setdefault(serial, row.number)
        if before != row.number:
            raise row.fault("serial", "SERIAL_TWICE", f"It stands on row {before} too.")

    all_or_faults(read_rows(data, COLUMNS, longest=SERIALS_MAX), take)
    return found


def _prove_same(row: Row, lot: LotKey, expiry: date) -> None:
    cells = row.cells
    if cells.get("gtin") and row.read("gtin", Gtin.padded) != lot.gtin:
        raise row.fault("gtin", "OTHER_PRODUCT", f"Expected {lot.gtin}, as chosen.")
    if cells.get("lot") and row.read("lot", LotNumber.parse) != lot.lot:
        raise row.fault("lot", "OTHER_LOT", f"Expected {lot.lot}, as typed.")
    if cells.get("expiry") and row.read("expiry", lambda text: day(text, "expiry")) != expiry:
        raise row.fault("expiry", "OTHER_EXPIRY", f"Expected {expiry.isoformat()}, as typed.")
