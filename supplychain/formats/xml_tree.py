"""Hostile XML as a small tree: no document type, so no entities; nothing fetched; all bounded.

Elements keep the line they start on, so that a fault can be pointed at.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, Never

# A document type is refused where it begins, before expat could read an entity out of it.
from xml.parsers import expat

from supplychain.formats.errors import FormatError

BYTES_MAX: Final = 20_000_000
DEPTH_MAX: Final = 40
ELEMENTS_MAX: Final = 600_000
TEXT_MAX: Final = 65_536  # of one element
_FEED_BYTES: Final = 65_536


@dataclass(slots=True)
class Node:
    """One element: namespace, local name, attributes, own text, children.

    An attribute with a namespace is named by it, a space and its local name.
    """

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it stands, for a FormatError."""
        return f"Line {self.line}"

    def named(self, name: str) -> Iterator["Node"]:
        """Yield the children of this local name."""
        return (child for child in self.children if child.name == name)

    def first(self, *path: str) -> "Node | None":
        """Return the first element down this path of local names, None when there is none."""
        node: Node | None = self
        for name in path:
            node = next(node.named(name), None) if node else None
        return node


def read(data: bytes, *, folded: Collection[str] = ()) -> Node:
    """Return the root of a document of at most 20 MB; raises FormatError for anything else.

    Elements below the root in a namespace that is `folded` are taken for ones without.
    """
    if len(data) > BYTES_MAX:
        raise FormatError("TOO_LARGE", f"The file has {len(data)} bytes, at most {BYTES_MAX}.")
    tree = _Tree(folded)
    try:
        for start in range(0, len(data) or 1, _FEED_BYTES):  # an empty file is fed too
            tree.parser.Parse(data[start : start + _FEED_BYTES], start + _FEED_BYTES >= len(data))
    except expat.ExpatError as error:
        message = f"This is not well-formed XML ({error}); send the file again."
        raise FormatError("NOT_XML", message, place=f"Line {error.lineno}") from error
    except (ValueError, LookupError) as error:
        raise FormatError("NOT_XML", "The file's encoding cannot be read; use UTF-8.") from error
    return tree.whole


class _Tree:
    """Builds nodes and counts them while they come in."""

    def __init__(self, folded: Collection[str]) -> None:
        self.whole = Node("", "", {}, 0)
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._end
        self._folded = frozenset(folded)
        self._open: list[Node] = []
        self._count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self._count += 1
        if self._count > ELEMENTS_MAX:
            message = f"More than {ELEMENTS_MAX} elements; split the file."
            raise FormatError("TOO_LARGE", message, place=f"Line {line}")
        if len(self._open) >= DEPTH_MAX:
            message = f"Elements lie deeper than {DEPTH_MAX}; leave out what is that deep."
            raise FormatError("TOO_DEEP", message, place=f"Line {line}")
        namespace, _, local = name.rpartition(" ")
        if not self._open:
            self.whole = node = Node(namespace, local, attributes, line)
        else:
            node = Node("" if namespace in self._folded else namespace, local, attributes, line)
            self._open[-1].children.append(node)
        self._open.append(node)

    def _characters(self, content: str) -> None:
        node = self._open[-1]
        node.text += content
        if len(node.text) > TEXT_MAX:
            message = f"More than {TEXT_MAX} characters of text in '{node.name[:40]}'."
            raise FormatError("TOO_LARGE", message, place=node.place)

    def _end(self, _name: str) -> None:
        node = self._open.pop()
        node.text = node.text.strip()


def _refuse(*_declaration: object) -> Never:
    message = "Document types and entities are refused; send the file without them."
    raise FormatError("ENTITIES_REFUSED", message)
