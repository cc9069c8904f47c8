"""The attacks to withstand are 44, and each is here: as tests that bear its number, or by name."""

import re
from pathlib import Path

EXPECTED_LATER = {
    15: "signing code that signs something else than it shows: keys live in files and with us; "
    "signing in the browser, which shows what it signs, is a later issue",
}
PARTLY_LATER = {
    40: "the trading graph: a party is shown where its own goods came from and nothing of other "
    "branches; yet a dispatch that left its goods over names a receiver",
}


def numbers() -> list[int]:
    """The numbers that the tests of this folder bear, file by file."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    named = (
        re.findall(r"^def test_attack_(\d\d)_", one.read_text(), re.MULTILINE) for one in files
    )
    return [int(number) for found in named for number in found]


def test_each_of_the_44_attacks_is_tried_or_named_with_the_reason() -> None:
    tried = set(numbers())
    assert tried | EXPECTED_LATER.keys() == set(range(1, 45))
    assert not tried & EXPECTED_LATER.keys()
    assert tried >= PARTLY_LATER.keys()


def test_the_attacks_stand_in_their_order() -> None:
    for file in ("operator", "shown", "signers", "envelope"):
        text = (Path(__file__).parent / f"test_{file}.py").read_text()
        found = re.findall(r"^def test_attack_(\d\d)_", text, re.MULTILINE)
        assert found == sorted(found)
