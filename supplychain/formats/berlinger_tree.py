"""The text of a Berlinger logger as a tree: indented `key: value` lines, and rows behind tabs.

A line may hold several members (`Min T: 9.7, TS Min T: 03:53`). What is not known is kept: whether
all is as the device wrote it, its signature says and not the reader.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from supplychain.formats.errors import FormatError

BYTES_MAX: Final = 10_000_000
LINES_MAX: Final = 210_000
LINE_CHARACTERS_MAX: Final = 500
DEPTH_MAX: Final = 8

_FREE_TEXT: Final = "User String"  # what people wrote, commas and colons included
_NEXT_MEMBER: Final = re.compile(r", (?=[A-Za-z ]{1,24}:)", re.ASCII)


@dataclass(slots=True)
class Node:
    """One member: its key, its text, its line, what is indented below it, and rows of cells."""

    key: str
    text: str
    line: int
    children: list["Node"] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it stands, for a FormatError."""
        return f"Line {self.line}"

    def one(self, *path: str) -> "Node | None":
        """The member down this path of keys; None where there is none.

        Raises FormatError MEMBER_TWICE: of two members, neither is taken.
        """
        node = self
        for key in path:
            found = [child for child in node.children if child.key == key]
            if not found:
                return None
            if len(found) > 1:
                raise FormatError("MEMBER_TWICE", f"'{key}' stands twice.", place=found[1].place)
            node = found[0]
        return node

    def only(self, *path: str) -> "Node | None":
        """The same, and None also where one of them stands twice: for what is not needed."""
        try:
            return self.one(*path)
        except FormatError:
            return None

    def said(self, *path: str) -> str:
        """The text of the member down this path, "" where there is none."""
        node = self.one(*path)
        return node.text if node else ""

    def members(self, above: str = "") -> Iterator[tuple[str, str]]:
        """Everything with a text below this node, as path and text, in the file's order."""
        for child in self.children:
            path = f"{above} / {child.key}" if above else child.key
            if child.text:
                yield path, child.text
            yield from child.members(path)


def parse(data: bytes) -> Node:
    """The tree of a file; its root has neither key nor text. Raises FormatError.

    At most 10 MB, 210,000 lines of 500 characters, indented by 8.
    """
    if len(data) > BYTES_MAX:
        raise FormatError("TOO_LARGE", f"The file has {len(data)} bytes, at most {BYTES_MAX}.")
    root = Node("", "", 0)
    above = [(-1, root)]
    for number, line in enumerate(_lines(data), 1):
        if len(line) > LINE_CHARACTERS_MAX:
            message = f"The line is longer than {LINE_CHARACTERS_MAX} characters."
            raise FormatError("LINE_LENGTH", message, place=f"Line {number}")
        if line.startswith("\t"):
            above[-1][1].rows.append((number, line[1:].split("\t")))
        elif line.strip():
            _hang(above, line, number)
    return root


def _lines(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # all that is taken is ASCII; the rest is only shown
    lines = text.split("\n")
    if len(lines) > LINES_MAX:
        raise FormatError("TOO_LARGE", f"The file has more than {LINES_MAX} lines.")
    return [line.removesuffix("\r") for line in lines]


def _hang(above: list[tuple[int, Node]], line: str, number: int) -> None:
    """Hang a line's members below the last line that is less indented."""
    depth = len(line) - len(line.lstrip(" "))
    if depth > DEPTH_MAX:
        message = f"The line is indented by more than {DEPTH_MAX}."
        raise FormatError("DEPTH", message, place=f"Line {number}")
    while above[-1][0] >= depth:
        above.pop()
    members = [line] if line.strip().startswith(_FREE_TEXT) else _NEXT_MEMBER.split(line)
    nodes = [_node(member, number) for member in members]
    above[-1][1].children += nodes
    above.append((depth, nodes[-1]))


def _node(member: str, number: int) -> Node:
    key, _, text = member.strip(" ").partition(":")
    return Node(key, text.strip(" "), number)
