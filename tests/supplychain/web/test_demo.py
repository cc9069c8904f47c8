"""The start page's demonstration, read from the file that the seeding wrote."""

import json
from pathlib import Path

from pytest_django import Settings

from supplychain.web.demo import Login, demo_of, read_demo

WRITTEN = {
    "logins": [{"user": "rosa", "password": "pw", "who": "Rosa", "role": "Pharmacist"}],
    "codes": [
        {
            "code": "01006141411234521710A\x1d21X",
            "label": "Clean",
            "product": "Insulin",
            "lot": "A",
            "expected": "OK",
            "why": "All is well.",
            "as": "rosa",
        },
        {"code": "garbage", "label": "Garbage", "expected": "SCAN_AGAIN", "as": None},
    ],
    "urls": {"The log": "/log"},
}


def test_a_code_knows_the_person_who_would_scan_it() -> None:
    demo = demo_of(WRITTEN)
    assert demo.codes[0].login == Login("rosa", "pw", "Rosa", "Pharmacist")
    assert demo.codes[1].login is None


def test_a_code_keeps_its_separator_in_its_address_and_shows_it() -> None:
    clean = demo_of(WRITTEN).codes[0]
    assert "%1D" in clean.url
    assert [piece.text for piece in clean.read if piece.control] == ["GS"]


def test_a_code_shows_the_verdict_to_expect() -> None:
    again = demo_of(WRITTEN).codes[1]
    assert (again.word, again.icon) == ("Scan again", "icons/scan_again.svg")


def test_a_code_says_in_words_why_its_verdict_is_to_be_expected() -> None:
    written = [
        {"code": "1", "label": "", "why": why}
        for why in ("RECALLED", "LOT_MISSING", "Three hours.", None)
    ]
    words = [one.because for one in demo_of({"codes": written}).codes]
    assert words[0] == "This lot is recalled."
    assert words[1].startswith("Scan the square 2D code")
    assert words[2:] == ["Three hours.", ""]


def test_without_the_file_nothing_is_demonstrated(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    assert read_demo() is None


def test_the_file_is_read_each_time(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo.json").write_text(json.dumps(WRITTEN))
    assert read_demo() == demo_of(WRITTEN)
