"""Lists of recalled lots: strict, bounded, and every fault has its place."""

import json
from typing import Any

import pytest

from supplychain.domain.errors import Invalid
from supplychain.formats.recall_lists import lots_in, read_recall_list
from supplychain.formats.rows import BYTES_MAX, RowsFault, failed_rows

HEADER = b"gtin,lot,classification,reason_for_recall\n"
ROW = b"00614141000012,A1,Class II,Glass\n"


def faults(data: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(RowsFault) as fault:
        read_recall_list(data)
    return [(one.row, one.column, one.rule) for one in fault.value.errors]


def report(**changed: Any) -> dict[str, Any]:
    return {
        "recall_number": "D-0001-2026",
        "status": "Ongoing",
        "classification": "Class II",
        "reason_for_recall": "Failed\n dissolution",
        "code_info": "Lot #: A1, B2; Exp. 05/2027",
        "openfda": {"package_ndc": ["0069-4200-30"], "brand_name": ["X"]},
        **changed,
    }


def listed(*reports: object) -> bytes:
    return json.dumps({"meta": {}, "results": reports}).encode()


def test_a_csv_has_a_lot_in_each_row() -> None:
    found = read_recall_list(b"\xef\xbb\xbf" + HEADER + ROW + b"\n00614141000012,A2,III,Label\r\n")
    assert [(one.row, str(one.lot), one.recall_class.value) for one in found] == [
        (2, "A1", "II"),
        (4, "A2", "III"),
    ]
    assert [str(gtin) for gtin in found[0].gtins] == ["00614141000012"]


def test_a_csv_may_have_semicolons_and_drug_codes() -> None:
    data = b"package_ndc;lot;classification;reason_for_recall\n0069-4200-30;A1;I;Glass; and more\n"
    assert faults(data) == [(2, "row", "CELLS")]
    data = data.replace(b"Glass; and more", b'"Glass; and more"')
    (one,) = read_recall_list(data)
    assert (str(one.gtins[0]), one.reason) == ("00300694200305", "Glass; and more")


def test_a_report_of_the_fda_is_read() -> None:
    first, second = read_recall_list(listed(report()))
    assert (str(first.lot), str(second.lot), first.reason) == ("A1", "B2", "Failed dissolution")
    assert str(first.gtins[0]) == "00300694200305"
    assert len(read_recall_list(json.dumps([report(), report()]).encode())) == 4


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("Lot 123456", ["123456"]),
        ("Lots: A1, A2 and A3", ["A1", "A2", "A3"]),
        ("Lot Numbers: 1AB (Exp. 01/2027); 2AB exp 02/2027", ["1AB", "2AB"]),
        ("LOT# K19-2, Exp Date: 2027-01-31.", ["K19-2"]),
        ("Batch No. 77A & 78A expiry Jan 2028", ["77A", "78A"]),
        ("Lot: LOT123, exp: 0127", ["LOT123"]),
        ("Lot 1A exp 05/2027 1234", ["1A", "1234"]),
    ],
)
def test_lots_are_found_in_what_people_write(text: str, lots: list[str]) -> None:
    assert lots_in(text) == lots


@pytest.mark.parametrize(
    "text",
    [
        "",
        "All lots within expiry",
        "Lot A1 distributed before May",
        "Exp 05/2027",
        "Lot A1 (see)",
        "exp lot 1234",
    ],
)
def test_what_is_not_understood_to_the_last_word_is_no_list(text: str) -> None:
    with pytest.raises(Invalid) as bad:
        lots_in(text)
    assert bad.value.code == "CODE_INFO"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"00614141000013,A1,II,Glass", ("gtin", "INVALID_GTIN")),
        (b",A1,II,Glass", ("package_ndc", "INVALID_NDC")),
        (b"00614141000012,,II,Glass", ("lot", "INVALID_LOT")),
        (b"00614141000012,A\xc3\xa4,II,Glass", ("lot", "INVALID_LOT")),
        (b"00614141000012,A1,IV,Glass", ("classification", "NOT_A_CHOICE")),
        (b"00614141000012,A1,II,", ("reason_for_recall", "TEXT_EMPTY")),
        (b"00614141000012,A1,II," + b"x" * 501, ("reason_for_recall", "CELL_LENGTH")),
        (b"00614141000012,A1,II", ("row", "CELLS")),
    ],
)
def test_each_bad_cell_is_named(row: bytes, fault: tuple[str, str]) -> None:
    assert faults(HEADER + ROW + row) == [(3, *fault)]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"classification": "Class IV"}, ("classification", "NOT_A_CHOICE")),
        ({"classification": 2}, ("classification", "TEXT_EMPTY")),
        ({"reason_for_recall": ""}, ("reason_for_recall", "TEXT_EMPTY")),
        ({"openfda": {}}, ("package_ndc", "INVALID_NDC")),
        ({"openfda": {"package_ndc": [1]}}, ("package_ndc", "INVALID_NDC")),
        ({"openfda": []}, ("package_ndc", "INVALID_NDC")),
        ({"code_info": "All lots"}, ("code_info", "CODE_INFO")),
        ({"code_info": "Lot " + "1" * 21}, ("code_info", "INVALID_LOT")),
    ],
)
def test_each_bad_member_is_named(changed: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults(listed(report(), report(**changed))) == [(2, *fault)]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "HEADER"),
        (b"gtin,lot\n", "ROWS_COUNT"),
        (HEADER + ROW * 501, "ROWS_COUNT"),
        (b"gtin,lot,colour\n1,2,3\n", "HEADER"),
        (b"gtin,gtin\n1,2\n", "HEADER"),
        (b"\xff\xfe", "ENCODING"),
        (HEADER + b"\x00", "ENCODING"),
        (HEADER + b'"A', "CSV"),
        (b" " * (BYTES_MAX + 1), "FILE_SIZE"),
        (b"{", "NOT_JSON"),
        (b"{}", "RESULTS"),
        (b'{"results": []}', "RESULTS"),
        (b"[" * 100_000, "TOO_DEEP"),
        (listed(report(code_info="Lot " + " ".join(f"{n}" for n in range(501)))), "ROWS_COUNT"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(data: bytes, rule: str) -> None:
    assert faults(data) == [(0, "file", rule)]


def test_something_that_is_no_report_misses_all_of_it() -> None:
    assert faults(listed(7))[0][0] == 1


def test_the_rows_that_failed_come_back_with_their_faults() -> None:
    data = HEADER + ROW + b"1,A1,II,Glass\n" + ROW
    with pytest.raises(RowsFault) as fault:
        read_recall_list(data)
    header, failed = failed_rows(data, fault.value.errors)
    assert header[-1] == "faults"
    assert failed[:4] == ["1", "A1", "II", "Glass"]
    assert "INVALID_GTIN" in failed[4]
