"""Hostile XML as a small tree: no document type, no entities, nothing fetched, all bounded.

Elements keep the line they start on, so that a fault can be pointed at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from supplychain.formats.errors import FormatError

BYTES_MAX: Final = 20_000_000
DEPTH_MAX: Final = 40
ELEMENTS_MAX: Final = 600_000
_FEED_BYTES: Final = 65_536


@dataclass(slots=True)
class Node:
    """One element: namespace, local name, attributes without a namespace, own text, children."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def named(self, name: str) -> Iterator["Node"]:
        """Yield the children of this local name."""
        return (child for child in self.children if child.name == name)

    def first(self, *path: str) -> "Node | None":
        """Return the first element down this path of local names, None when there is none."""
        node: Node | None = self
        for name in path:
            node = next(node.named(name), None) if node else None
        return node


def read(data: bytes) -> Node:
    """Return the root of a document of at most 20 MB; raises FormatError for anything else."""
    if len(data) > BYTES_MAX:
        raise FormatError("TOO_LARGE", f"The file has {len(data)} bytes, at most {BYTES_MAX}.")
    parser = DefusedExpatParser(forbid_dtd=True)
    tree = _Tree(parser)
    parser.setFeature(feature_namespaces, 1)
    parser.setContentHandler(tree)
    try:
        for start in range(0, len(data) or 1, _FEED_BYTES):  # an empty file is fed too
            parser.feed(data[start : start + _FEED_BYTES])
        parser.close()
    except DefusedXmlException as error:
        message = "Document types and entities are refused; send the file without them."
        raise FormatError("ENTITIES_REFUSED", message) from error
    except SAXParseException as error:
        message = f"This is not well-formed XML ({error.getMessage()}); send the file again."
        raise FormatError("NOT_XML", message, line=error.getLineNumber() or 0) from error
    except (SAXException, ValueError, LookupError) as error:
        raise FormatError("NOT_XML", "The file's encoding cannot be read; use UTF-8.") from error
    return tree.whole


class _Tree(ContentHandler):
    """Builds nodes and counts them while they come in."""

    def __init__(self, where: Locator) -> None:
        super().__init__()
        self.whole = Node("", "", {}, 0)
        self._where = where
        self._open: list[Node] = []
        self._words: list[list[str]] = []
        self._count = 0

    def startElementNS(  # noqa: N802 - the name that SAX calls
        self, name: tuple[str | None, str], _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        line = self._where.getLineNumber() or 0
        self._count += 1
        if self._count > ELEMENTS_MAX:
            message = f"More than {ELEMENTS_MAX} elements; split the file."
            raise FormatError("TOO_LARGE", message, line=line)
        if len(self._open) >= DEPTH_MAX:
            raise FormatError("TOO_DEEP", f"Elements lie deeper than {DEPTH_MAX}.", line=line)
        attributes = {key[1]: value for key, value in attrs.items() if not key[0]}
        node = Node(name[0] or "", name[1], attributes, line)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.whole = node
        self._open.append(node)
        self._words.append([])

    def characters(self, content: str) -> None:
        self._words[-1].append(content)

    def endElementNS(self, _name: tuple[str | None, str], _qname: str | None) -> None:  # noqa: N802 - SAX
        self._open.pop().text = "".join(self._words.pop()).strip()
