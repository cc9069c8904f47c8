"""What an event, or a part of it, says, member by member: one face for XML and JSON.

XML and JSON-LD write the same members in their own ways (EPCIS 2.0, sections 9 and 10); whoever
reads events asks here and need not know which it is.
"""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from supplychain.formats.epcis_document import Extension, Kind
from supplychain.formats.errors import FormatError

Value = TypeVar("Value")


class Members(Protocol):
    """The members of one object. Names are the standard's; what is foreign are `extensions`.

    Every reader raises FormatError for a member of another type. `strict` stands for EPCIS 2.0;
    1.2 is read as it comes.
    """

    strict: bool

    def names(self) -> Sequence[str]:
        """The names without a namespace, in their order."""

    def place(self, name: str = "", index: int | None = None) -> str:
        """Where a member stands, or one of a list; the object itself without a name."""

    def text(self, name: str) -> str | None:
        """A text, None where the member is absent."""

    def number(self, name: str) -> Decimal | None:
        """A number, None where the member is absent."""

    def flag(self, name: str) -> bool | None:
        """True or false, None where the member is absent."""

    def texts(self, name: str) -> Sequence[str]:
        """A list of texts, empty where the member is absent."""

    def record(self, name: str) -> "Members | None":
        """An object, None where the member is absent."""

    def records(self, name: str) -> Sequence["Members"]:
        """A list of objects, empty where the member is absent."""

    def extensions(self) -> tuple[Extension, ...]:
        """The foreign members, in the order of their names."""


_BASE: Final = (
    "eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo "
)
_WHERE: Final = "bizStep disposition readPoint bizLocation "
_PARTIES: Final = "sourceList destinationList sensorElementList persistentDisposition "

# The members of each kind, in the order that the XML schema of EPCIS 2.0 gives them.
MEMBERS: Final[dict[Kind, tuple[str, ...]]] = {
    kind: tuple((_BASE + own).split())
    for kind, own in {
        Kind.OBJECT: f"epcList action {_WHERE}bizTransactionList quantityList {_PARTIES}ilmd",
        Kind.AGGREGATION: (
            f"parentID childEPCs action {_WHERE}bizTransactionList childQuantityList {_PARTIES}"
        ),
        Kind.TRANSACTION: (
            f"bizTransactionList parentID epcList action {_WHERE}quantityList {_PARTIES}"
        ),
        Kind.TRANSFORMATION: (
            "inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID "
            f"{_WHERE}bizTransactionList {_PARTIES}ilmd"
        ),
        Kind.ASSOCIATION: (
            f"parentID childEPCs childQuantityList action {_WHERE}bizTransactionList {_PARTIES}"
        ),
        Kind.QUANTITY: f"epcClass quantity {_WHERE}bizTransactionList",
    }.items()
}

# What an event is about, by kind: codes, codes of children or outputs, and amounts of both.
LISTS: Final[dict[Kind, tuple[str, str, str, str]]] = {
    Kind.OBJECT: ("epcList", "", "quantityList", ""),
    Kind.AGGREGATION: ("", "childEPCs", "", "childQuantityList"),
    Kind.TRANSACTION: ("epcList", "", "quantityList", ""),
    Kind.TRANSFORMATION: (
        "inputEPCList",
        "outputEPCList",
        "inputQuantityList",
        "outputQuantityList",
    ),
    Kind.ASSOCIATION: ("", "childEPCs", "", "childQuantityList"),
    Kind.QUANTITY: ("", "", "", ""),
}


def placed(has: Members, name: str, read: Callable[[], Value]) -> Value:
    """Return what `read` returns, and say the member's place when that fails."""
    try:
        return read()
    except FormatError as error:
        raise error.at(has.place(name)) from None


def given(has: Members, name: str, reader: Callable[[str], Value]) -> Value | None:
    """Return a text as the reader reads it, None where the member is absent."""
    text = has.text(name)
    return None if text is None else placed(has, name, lambda: reader(text))


def required(has: Members, name: str, reader: Callable[[str], Value]) -> Value:
    """Return a text as the reader reads it; it has to be there."""
    text = has.text(name)
    if text is None:
        raise FormatError("MEMBER_MISSING", f"'{name}' is missing; add it.", place=has.place())
    return placed(has, name, lambda: reader(text))


def each(has: Members, name: str, reader: Callable[[str], Value]) -> tuple[Value, ...]:
    """Return the texts of a list as the reader reads them."""
    texts, found = has.texts(name), []
    for index, text in enumerate(texts):
        try:
            found.append(reader(text))
        except FormatError as error:
            raise error.at(has.place(name, index)) from None
    return tuple(found)


def only(has: Members, allowed: Collection[str]) -> None:
    """Raise FormatError when there is a name that the standard does not know here."""
    for name in has.names():
        if name not in allowed:
            message = (
                f"'{name[:40]}' is unknown here; members of your own need a namespace, "
                f"the standard's are {', '.join(allowed)}."
            )
            raise FormatError("MEMBER_UNKNOWN", message, place=has.place(name))


def closed(has: Members, allowed: Collection[str]) -> None:
    """Raise FormatError when there is any other member, foreign ones included."""
    only(has, allowed)
    foreign = has.extensions()
    if has.strict and foreign:
        message = f"'{foreign[0].name[:60]}': nothing can be added here; leave it out."
        raise FormatError("MEMBER_UNKNOWN", message, place=has.place())
