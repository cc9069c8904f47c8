"""The members of an event in XML: elements, elements inside extensions, and attributes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from supplychain.formats import epcis_values
from supplychain.formats.epcis_document import Extension
from supplychain.formats.epcis_members import MEMBERS
from supplychain.formats.errors import FormatError
from supplychain.formats.xml_tree import Node

_SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_WRAPPERS: Final = ("extension", "baseExtension")
_STANDARD: Final = frozenset(name for names in MEMBERS.values() for name in names)

# What the elements of a list are called; the others repeat their own name.
_ITEMS: Final = {
    "epcList": "epc",
    "childEPCs": "epc",
    "inputEPCList": "epc",
    "outputEPCList": "epc",
    "quantityList": "quantityElement",
    "childQuantityList": "quantityElement",
    "inputQuantityList": "quantityElement",
    "outputQuantityList": "quantityElement",
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
    "sensorElementList": "sensorElement",
    "correctiveEventIDs": "correctiveEventID",
}
_REPEATED: Final = frozenset({"sensorReport", "set", "unset"})
_WITH_ATTRIBUTES: Final = frozenset(
    {"bizTransaction", "source", "destination", "sensorMetadata", "sensorReport"}
)
_WITH_TEXT: Final = frozenset({"bizTransaction", "source", "destination"})


class XmlMembers:
    """Members of one element; see the protocol. `strict` is false for EPCIS 1.2."""

    def __init__(self, node: Node, *, strict: bool) -> None:
        self.strict = strict
        self._node = node
        self._own: dict[str, Node] = {}
        self._foreign: list[Node] = []
        self._repeated: dict[str, list[Node]] = {}
        for child, extends in _flat(node):
            if child.namespace or (extends and child.name not in _STANDARD):
                self._foreign.append(child)
            elif child.name in _REPEATED:
                self._repeated.setdefault(child.name, []).append(child)
            elif child.name in self._own:
                message = f"'{child.name[:40]}' stands twice; say it once."
                raise FormatError("MEMBER_TWICE", message, place=child.place)
            else:
                self._own[child.name] = child

    def names(self) -> list[str]:
        """Return the names without a prefix or namespace."""
        names = [*self._own, *self._repeated]
        if self._node.name in _WITH_ATTRIBUTES:
            names += [name for name in self._node.attributes if " " not in name]
        if self._node.name in _WITH_TEXT:
            names.append(self._node.name)
        return names

    def place(self, name: str = "", index: int | None = None) -> str:
        """Return where a member stands, or one of a list."""
        if index is not None:
            return self._items(name)[index].place
        return self._own.get(name, self._node).place

    def text(self, name: str) -> str | None:
        """Return a text."""
        if name in self._own:
            return self._own[name].text
        if self._node.name in _WITH_TEXT and name == self._node.name:
            return self._node.text
        if self._node.name in _WITH_ATTRIBUTES:
            return self._node.attributes.get(name)
        return None

    def number(self, name: str) -> Decimal | None:
        """Return a number."""
        text = self.text(name)
        try:
            if text is None or self._nil(name):
                return None
            # Elements are xsd:decimal, attributes xsd:double.
            return epcis_values.decimal(text, exponent=name not in self._own)
        except FormatError as error:
            raise error.at(self.place(name)) from None

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        text = self.text(name)
        if text is not None and text not in ("true", "false", "1", "0"):
            message = f"Expected true or false, got '{text[:20]}'."
            raise FormatError("WRONG_TYPE", message, place=self.place(name))
        return None if text is None else text in ("true", "1")

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [item.text for item in self._items(name)]

    def record(self, name: str) -> "XmlMembers | None":
        """Return an object."""
        node = self._own.get(name)
        return XmlMembers(node, strict=self.strict) if node else None

    def records(self, name: str) -> list["XmlMembers"]:
        """Return a list of objects."""
        return [XmlMembers(item, strict=self.strict) for item in self._items(name)]

    def extensions(self) -> tuple[Extension, ...]:
        """Return the foreign members."""
        found = [extension_of(node) for node in self._foreign]
        if self._node.name in _WITH_ATTRIBUTES:
            found += _attributes(self._node, mark="")
        details = self._own.get("certificationInfo")
        if details and details.children:
            found.append(extension_of(details))
        return tuple(sorted(found, key=lambda one: one.name))

    def _items(self, name: str) -> list[Node]:
        if name in self._repeated:
            return self._repeated[name]
        node = self._own.get(name)
        if node is None:
            return []
        if name not in _ITEMS:
            return [] if node.children else [node]
        for item in node.children:
            if item.name != _ITEMS[name]:
                message = f"Expected '{_ITEMS[name]}' in {name}, got '{item.name[:40]}'."
                raise FormatError("MEMBER_UNKNOWN", message, place=item.place)
        return node.children

    def _nil(self, name: str) -> bool:
        node = self._own.get(name)
        return node is not None and node.attributes.get(f"{_SCHEMA_INSTANCE} nil") == "true"


def extension_of(node: Node) -> Extension:
    """Return a foreign element with everything inside it."""
    inside = _attributes(node, mark="@") + [extension_of(child) for child in node.children]
    name = epcis_values.qualified(node.namespace, node.name)
    return Extension(name, node.text, tuple(sorted(inside, key=lambda one: one.name)))


def _attributes(node: Node, *, mark: str) -> list[Extension]:
    """Return a node's attributes as members; without a mark only those that have a namespace."""
    found = []
    for name, value in node.attributes.items():
        namespace, _, local = name.rpartition(" ")
        if namespace != _SCHEMA_INSTANCE and (mark or namespace):
            found.append(Extension(mark + epcis_values.qualified(namespace, local), value))
    return found


def _flat(node: Node, *, extends: bool = False) -> Iterator[tuple[Node, bool]]:
    """Yield the children, and those inside extensions; whether it was inside one."""
    for child in node.children:
        if child.name in _WRAPPERS and not child.namespace:
            yield from _flat(child, extends=True)
        else:
            yield child, extends
