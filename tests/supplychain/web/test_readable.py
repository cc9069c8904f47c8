"""What was read is shown so that nothing in it hides."""

from hypothesis import given
from hypothesis import strategies as st

from supplychain.web.readable import SHOWN_MAX, pieces


def test_a_group_separator_is_shown_by_its_name() -> None:
    assert [(p.text, p.control) for p in pieces("10A1\x1d21X")] == [
        ("10A1", False),
        ("GS", True),
        ("21X", False),
    ]


def test_two_control_characters_side_by_side_are_two_labels() -> None:
    assert [p.text for p in pieces("\x1d\x1d\x00")] == ["GS", "GS", "NUL"]


def test_what_turns_text_round_and_what_has_no_width_is_named() -> None:
    assert [p.text for p in pieces("\u202e\u200b\ue000")] == ["U+202E", "U+200B", "U+E000"]


def test_a_space_is_visible() -> None:
    assert pieces(" ")[0].control


def test_a_very_long_scan_is_cut() -> None:
    assert sum(len(p.text) for p in pieces("9" * 100_000)) == SHOWN_MAX


@given(st.text())
def test_no_piece_of_plain_text_holds_a_character_that_cannot_be_seen(scanned: str) -> None:
    plain = "".join(p.text for p in pieces(scanned) if not p.control)
    assert plain == "" or plain.isprintable()
