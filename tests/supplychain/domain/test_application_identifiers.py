"""The identifiers that we know, as GS1 General Specifications, section 3, gives their formats."""

import pytest

from supplychain.domain.application_identifiers import RULES, FieldRule, identifier_at

# N is digits, X any character; a number alone is the length, one after ".." the greatest.
FORMATS = {
    "00": "N18",
    "01 02": "N14",
    "10 21 22": "X..20",
    "11 12 13 15 16 17": "N6",
    "30 37": "N..8",
    "90": "X..30",
    "91 92 93 94 95 96 97 98 99": "X..90",
    "235": "X..28",
    "240 241 250 251 400 401 403": "X..30",
    "242": "N..6",
    "243 254 420": "X..20",
    "402": "N17",
    "410 411 412 413 414 415 416 417": "N13",
    "422": "N3",
    "710 711 712 713 714 715 716": "X..20",
    "7001": "N13",
    "7003": "N10",
    "8200": "X..70",
}
EACH = [(ai, written) for ais, written in FORMATS.items() for ai in ais.split()]
EACH += [("20", "N2")]
EACH += [(f"{n}{places}", "N6") for n in range(310, 370) for places in range(6)]
# Figure 7.8.5-2: these end by their length, all others at a separator.
PREDEFINED = {"00", "01", "02", "11", "12", "13", "15", "16", "17", "20", "41"}
PREDEFINED |= {str(n) for n in range(31, 37)}


@pytest.mark.parametrize(("ai", "written"), EACH)
def test_a_field_is_as_long_as_the_standard_says(ai: str, written: str) -> None:
    kind, most = written[0], int(written[1:].removeprefix(".."))
    least = 1 if ".." in written else most
    assert RULES[ai] == FieldRule(least, most, digits=kind == "N", predefined=ai[:2] in PREDEFINED)


def test_a_moment_of_production_has_eight_digits_and_at_most_four_more() -> None:
    assert RULES["8008"] == FieldRule(8, 12, digits=True, predefined=False)


def test_no_others_are_known() -> None:
    assert set(RULES) == {ai for ai, _ in EACH} | {"8008"}


def test_an_identifier_is_found_where_it_stands_and_nowhere_else() -> None:
    assert [identifier_at(text, 1) for text in ("x01", "x240", "x3103", "x80", "x5")] == [
        "01",
        "240",
        "3103",
        None,
        None,
    ]
