"""Signed notes (C2SP signed-note): what is none, however well it is signed."""

import pytest

from ledger.core.encoding import b64
from ledger.core.errors import Malformed
from ledger.core.note import MAX_CHARACTERS, MAX_SIGNATURES, Vkey, split_note

LINE = f"\u2014 log.example {b64(bytes(5))}\n"


def code_of(note: str) -> str:
    with pytest.raises(Malformed) as refused:
        split_note(note)
    return refused.value.code


def test_the_text_keeps_its_last_newline_and_may_have_empty_lines() -> None:
    text, (line,) = split_note(f"a\n\nb\n\n{LINE}")
    assert text == "a\n\nb\n"
    assert (line.name, line.key_id, line.signature) == ("log.example", bytes(4), bytes(1))


@pytest.mark.parametrize("control", [*range(10), *range(11, 32)])
def test_control_characters_are_refused_wherever_they_stand(control: int) -> None:
    assert code_of(f"a{chr(control)}b\n\n{LINE}") == "NOTE_MALFORMED"


def test_a_note_has_a_bounded_length_and_number_of_signatures() -> None:
    longest = "a" * (MAX_CHARACTERS - len(LINE) - 2)
    assert split_note(f"{longest}\n\n{LINE}")[0] == f"{longest}\n"
    assert code_of(f"a{longest}\n\n{LINE}") == "NOTE_MALFORMED"
    assert len(split_note("a\n\n" + LINE * MAX_SIGNATURES)[1]) == MAX_SIGNATURES
    assert code_of("a\n\n" + LINE * (MAX_SIGNATURES + 1)) == "NOTE_MALFORMED"


def test_a_key_of_another_type_is_not_read() -> None:
    with pytest.raises(Malformed) as refused:
        Vkey("log.example", bytes(32), 2)
    assert refused.value.code == "VKEY_MALFORMED"


def test_the_bounds_are_those_that_are_published() -> None:
    assert (MAX_CHARACTERS, MAX_SIGNATURES) == (65_536, 16)


@pytest.mark.parametrize(
    "line",
    [
        f"\u2014 log.example {b64(bytes(4))}",  # a key id, and no signature
        "\u2014 log.example ",
        f"- log.example {b64(bytes(5))}",
        f"\u2014  {b64(bytes(5))}",
        f"\u2014 log example {b64(bytes(5))}",
        f"\u2014 log+example {b64(bytes(5))}",
        f"\u2014 log.example {b64(bytes(5))} ",
    ],
)
def test_a_line_of_another_form_is_no_signature(line: str) -> None:
    assert code_of(f"a\n\n{line}\n") == "NOTE_MALFORMED"
