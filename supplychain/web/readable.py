"""What was read, with the characters that no eye can see made visible."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

SHOWN_MAX: Final = 2_000
_NAMES: Final = {
    "\x00": ("NUL", "a NUL character"),
    "\t": ("TAB", "a tabulator"),
    "\n": ("LF", "a line feed"),
    "\r": ("CR", "a carriage return"),
    "\x1c": ("FS", "file separator"),
    "\x1d": ("GS", "group separator, also called FNC1: ends a field"),
    "\x1e": ("RS", "record separator"),
    "\x04": ("EOT", "end of transmission"),
    " ": ("SPACE", "a space"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of plain text, or one character that is shown by its name."""

    text: str
    control: bool = False
    title: str = ""


def pieces(scanned: str) -> tuple[Piece, ...]:
    r"""The first 2,000 characters of a scan, as pieces to be shown side by side.

    >>> [piece.text for piece in pieces("10A1\x1d21X")]
    ['10A1', 'GS', '21X']
    """
    return tuple(_pieces(scanned[:SHOWN_MAX]))


def _pieces(scanned: str) -> Iterator[Piece]:
    for hidden, characters in groupby(scanned, _is_hidden):
        if hidden:
            yield from (_named(character) for character in characters)
        else:
            yield Piece("".join(characters))


def _is_hidden(character: str) -> bool:
    return character in _NAMES or unicodedata.category(character)[0] in "CZ"


def _named(character: str) -> Piece:
    code = f"U+{ord(character):04X}"
    name, title = _NAMES.get(character, (code, unicodedata.name(character, "a control character")))
    return Piece(name, control=True, title=f"{title} ({code})")
