"""What a scanner typed into one field."""

from datetime import date

from supplychain.domain.scan_lists import LINES_MAX, ScannedLine, read_scans

PACK = "(01)00614141000012(17)271231(10)P1(21)S000001"
RAW = "0100614141000012172712311" + "0P1\x1d21S000001"
CASE = "(01)00614141000012(21)C1"
PALLET = "(00)106141412345678908"
OTHER_PALLET = "(00)106141412345678915"
ON = date(2026, 3, 2)


def scans(*lines: str) -> list[ScannedLine]:
    return read_scans("\n".join(lines), on=ON)


def test_packs_and_labels_stand_in_any_order_and_empty_lines_are_none() -> None:
    first, second, third = scans(PACK, "", " \r", PALLET + "\r", CASE)
    assert (str(first.key), str(first.serial)) == ("00614141000012 lot P1", "S000001")
    assert str(second.container) == "00/106141412345678908"
    assert (third.key, str(third.serial), third.container) == (None, "C1", None)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]


def test_the_same_thing_again_is_said_to_be_so_however_it_is_written() -> None:
    found = scans(PACK, RAW, PALLET, PALLET, CASE)
    assert [one.again for one in found] == [False, True, False, True, False]
    assert not any(one.fault for one in found)
    assert [one.again for one in scans(PALLET, OTHER_PALLET)] == [False, False]


def test_a_bad_line_has_its_fault_and_others_are_none_the_worse() -> None:
    found = scans("nonsense", PACK, "(01)00614141000012(10)P1", "nonsense")
    assert [one.fault.split(":")[0] for one in found] == [
        "NOT_GS1",
        "",
        "SERIAL_MISSING",
        "NOT_GS1",
    ]
    assert not any(one.again for one in found)


def test_there_is_an_end_to_it() -> None:
    found = scans(*(PACK for _ in range(LINES_MAX + 5)))
    assert len(found) == LINES_MAX + 1
    assert found[-1].fault.startswith("TOO_MANY")
