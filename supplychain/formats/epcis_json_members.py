"""The members of an event in JSON-LD: plain names are the standard's, others have a prefix.

The one thing of JSON-LD that is read is a context's prefixes; contexts are never fetched.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from supplychain.formats.epcis_document import Extension
from supplychain.formats.epcis_values import is_uri, qualified
from supplychain.formats.errors import FormatError
from supplychain.formats.json_tree import Json, pointer

# The prefixes of GS1's context for EPCIS that foreign members and master data are written with.
PREFIXES: Final[Mapping[str, str]] = {
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda",
    "gs1": "https://gs1.org/voc/",
}
_CERTIFIED: Final = "certificationInfo"


class JsonMembers:
    """Members of one object; see the protocol."""

    strict = True

    def __init__(
        self, value: Mapping[str, Json], place: str, prefixes: Mapping[str, str] = PREFIXES
    ) -> None:
        self._value = value
        self._place = place
        self._prefixes = prefixes

    def names(self) -> list[str]:
        """Return the names without a prefix or namespace."""
        return [name for name in self._value if name != "@context" and not is_uri(name)]

    def place(self, name: str = "", index: int | None = None) -> str:
        """Return where a member stands, or one of a list."""
        steps = (*((name,) if name else ()), *(() if index is None else (index,)))
        return pointer(self._place, *steps)

    def text(self, name: str) -> str | None:
        """Return a text."""
        value = self._value.get(name)
        if name in self._value and not isinstance(value, str):
            raise self._wrong(name, "text")
        return value if isinstance(value, str) else None

    def number(self, name: str) -> Decimal | None:
        """Return a number."""
        if name not in self._value:
            return None
        value = self._value[name]
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._wrong(name, "a number")
        return Decimal(value)

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        value = self._value.get(name)
        if name in self._value and not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value if isinstance(value, bool) else None

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        texts = []
        for index, one in enumerate(self.values(name)):
            if not isinstance(one, str):
                raise self._wrong(name, "text", index)
            texts.append(one)
        return texts

    def record(self, name: str) -> "JsonMembers | None":
        """Return an object."""
        value = self._value.get(name)
        if name in self._value and not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return self._inside(value, name) if isinstance(value, dict) else None

    def records(self, name: str) -> list["JsonMembers"]:
        """Return a list of objects."""
        records = []
        for index, one in enumerate(self.values(name)):
            if not isinstance(one, dict):
                raise self._wrong(name, "an object", index)
            records.append(self._inside(one, name, index))
        return records

    def extensions(self) -> tuple[Extension, ...]:
        """Return the foreign members."""
        foreign = {name: value for name, value in self._value.items() if is_uri(name)}
        details: list[Json] = [o for o in self._listed(_CERTIFIED) if isinstance(o, dict)]
        said: dict[str, Json] = {**foreign, _CERTIFIED: details}
        found = [
            one for name, value in said.items() for one in _extensions(name, value, self._prefixes)
        ]
        return tuple(sorted(found, key=lambda one: one.name))

    def values(self, name: str) -> Sequence[Json]:
        """Return a list of whatever it holds."""
        if name == _CERTIFIED:  # the one member that may be a list or not, of texts or of objects
            return [one for one in self._listed(name) if not isinstance(one, dict)]
        value = self._value.get(name, [])
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def _listed(self, name: str) -> Sequence[Json]:
        value = self._value.get(name, [])
        return value if isinstance(value, list) else [value]

    def _inside(self, value: Mapping[str, Json], *steps: str | int) -> "JsonMembers":
        return JsonMembers(value, pointer(self._place, *steps), self._prefixes)

    def _wrong(self, name: str, expected: str, index: int | None = None) -> FormatError:
        value = self._value[name]
        found = value[index] if index is not None and isinstance(value, list) else value
        message = f"Expected {expected} for '{name}', got {_kind(found)}."
        return FormatError("WRONG_TYPE", message, place=self.place(name, index))


def prefixes_of(context: Json, place: str, known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the known prefixes and those of a context; raises FormatError if it is none."""
    found = dict(known)
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, dict):
            found |= {name: said for name, said in one.items() if isinstance(said, str)}
        elif not isinstance(one, str) or not is_uri(one):
            message = "Expected @context as an address, an object of prefixes, or a list of these."
            raise FormatError("CONTEXT_MALFORMED", message, place=place)
    return found


def _extensions(name: str, value: Json, prefixes: Mapping[str, str]) -> list[Extension]:
    """Return one member of this name, one for each item of a list, or none for null."""
    if isinstance(value, list):
        return [found for one in value for found in _extensions(name, one, prefixes)]
    if value is None:
        return []
    full = _full(name, prefixes)
    if isinstance(value, dict):
        inside = [
            found
            for key, one in value.items()
            if key not in ("@context", "@value")
            for found in _extensions(key, one, prefixes)
        ]
        text = _said(value.get("@value"))
        return [Extension(full, text, tuple(sorted(inside, key=lambda one: one.name)))]
    return [Extension(full, _said(value))]


def _full(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return qualified(prefixes[prefix], local) if colon and prefix in prefixes else name


def _said(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | Decimal) else ""


def _kind(value: Json) -> str:
    if isinstance(value, str):
        return f"the text '{value[:20]}'"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return "nothing" if value is None else _said(value)
