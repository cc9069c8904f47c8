"""The names under which the parts of a log are served (C2SP tlog-tiles), relative to its prefix.

    checkpoint                          the newest signed tree head
    tile/<level>/<number>[.p/<width>]   hashes of the tree
    tile/entries/<number>[.p/<width>]   the entries under a tile of level 0

Each name has one spelling, and only that one is read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from ledger.core.errors import Malformed
from ledger.core.tiled_tree import HEIGHT, WIDTH, Place, counts

CHECKPOINT = "checkpoint"
VKEY = "vkey"
LEVEL_MAX = 63
CHARACTERS_MAX = 64
_NUMBER_DIGITS = 3
_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)

_TEXT, _OCTETS = "text/plain; charset=utf-8", "application/octet-stream"
_FOR_SECONDS, _FOR_EVER = "public, max-age=1", "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class TilePath:
    """A tile of hashes or, with `entries`, the bundle of entries under a tile of level 0.

    `width` is how many it holds: 256 when it is full, and less for a partial one.

    >>> print(TilePath(0, 1234067, 12))
    tile/0/x001/x234/067.p/12
    """

    level: int
    number: int
    width: int = WIDTH
    entries: bool = False

    @classmethod
    def parse(cls, text: str) -> "TilePath":
        """Read a path in its one spelling; Malformed TILE_PATH_MALFORMED for any other text."""
        found = _PATH.fullmatch(text) if len(text) <= CHARACTERS_MAX else None
        if not found:
            raise _malformed(text)
        entries = found[1] == "entries"
        number = int(re.sub("[x/]", "", found[2]))
        path = cls(0 if entries else int(found[1]), number, int(found[3] or WIDTH), entries)
        if str(path) != text or path.level > LEVEL_MAX or path.width > WIDTH:
            raise _malformed(text)
        return path

    def __str__(self) -> str:
        kind = "entries" if self.entries else str(self.level)
        suffix = "" if self.is_full else f".p/{self.width}"
        return f"tile/{kind}/{_groups(self.number)}{suffix}"

    @property
    def is_full(self) -> bool:
        """Whether it holds all that it ever will."""
        return self.width == WIDTH

    @property
    def place(self) -> Place:
        """The tile that it is, or a part of."""
        return self.level, self.number

    @property
    def start(self) -> int:
        """Which hash of its level, or which entry, comes first."""
        return self.number * WIDTH

    @property
    def end(self) -> int:
        """Which hash of its level, or which entry, comes after the last."""
        return self.start + self.width

    @property
    def partials(self) -> str:
        """What the paths of its partial versions begin with."""
        return f"{replace(self, width=WIDTH)}.p/"

    def is_in_tree(self, size: int) -> bool:
        """Whether a tree of this size has all that it holds."""
        return self.end <= size >> HEIGHT * self.level


def new_tiles(old: int, new: int) -> Iterator[TilePath]:
    """Name the tiles that a tree has at the size `new` and had not at the size `old`."""
    for level, (before, after) in enumerate(_counts(old, new)):
        if before == after:
            continue
        for number in range(before // WIDTH, after // WIDTH):
            yield TilePath(level, number)
        if after % WIDTH:
            yield TilePath(level, after // WIDTH, after % WIDTH)


def new_bundles(old: int, new: int) -> Iterator[TilePath]:
    """Name the bundles of entries that belong to the new tiles of level 0."""
    return (replace(path, entries=True) for path in new_tiles(old, new) if path.level == 0)


def filled_tiles(old: int, new: int) -> Iterator[TilePath]:
    """Name the tiles and bundles that were partial at the size `old` and are full at `new`.

    Their partial versions need not be served any more, since the full one is.
    """
    for level, (before, after) in enumerate(_counts(old, new)):
        if before % WIDTH and before // WIDTH < after // WIDTH:
            yield TilePath(level, before // WIDTH)
            if level == 0:
                yield TilePath(level, before // WIDTH, entries=True)


def headers(path: str) -> Mapping[str, str]:
    """What goes with a part of the log over HTTP: its type, and how long it may be kept.

    A tile is immutable, a partial one as well: a name that holds more is another name.
    """
    if path.startswith("tile/"):
        return {"Content-Type": _OCTETS, "Cache-Control": _FOR_EVER}
    return {"Content-Type": _TEXT, "Cache-Control": _FOR_SECONDS}


def _counts(old: int, new: int) -> Iterator[tuple[int, int]]:
    """How many hashes each level has at the size `old` and at the size `new`."""
    return zip_longest(counts(old), counts(new), fillvalue=0)


def _groups(number: int) -> str:
    """Write a number in groups of three digits, all but the last marked with an x."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // _NUMBER_DIGITS) * _NUMBER_DIGITS)
    groups = [digits[at : at + _NUMBER_DIGITS] for at in range(0, len(digits), _NUMBER_DIGITS)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _malformed(text: str) -> Malformed:
    return Malformed("TILE_PATH_MALFORMED", f"No part of a log is named {text!a:.100}.")
