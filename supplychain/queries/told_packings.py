"""Which packs of a lot are in which containers, as the entries say that are told so far."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from supplychain.domain.containers import Container, Nesting
from supplychain.domain.identifiers import Gtin, Serial, Sscc
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.formats import trade_history
from supplychain.formats.epc import SerialItem

SerialsOf = Callable[[str, int], Collection[Serial]]


@dataclass(slots=True)
class ToldPackings:
    """What is where after the packings that were told; `serials_of` finds the packs of a set."""

    serials_of: SerialsOf
    _direct: dict[Serial, Container] = field(default_factory=dict)
    _nesting: Nesting = field(default_factory=Nesting)
    _filled: set[Container] = field(default_factory=set)

    def take(self, said: Aggregate | Disaggregate) -> Iterator[tuple[Contents, list[Serial]]]:
        """Take a packing into account; each container of it with the packs that go in or out."""
        for contents in said.containers:
            serials = self._packs_of(contents)
            self._filled.add(contents.container)
            if isinstance(said, Aggregate):
                self._direct |= dict.fromkeys(serials, contents.container)
                self._nesting.parents |= dict.fromkeys(contents.children, contents.container)
            else:
                for serial in serials:
                    self._direct.pop(serial, None)
                for child in contents.children:
                    self._nesting.parents.pop(child, None)
            yield contents, serials

    def told(self, containers: Collection[Container]) -> bool:
        """Whether it was told of each of these what went in."""
        return self._filled.issuperset(containers)

    def labelled(
        self, labels: Collection[Container], packs: Collection[Serial]
    ) -> tuple[list[Container], list[Serial]]:
        """Those of the labels that stand for packs among these, and the packs under none of them.

        A label stands for its packs where all that was told to be inside is among them.
        """
        if not labels:
            return [], sorted(packs)
        inside: dict[Container, set[Serial]] = {}
        for serial, direct in self._direct.items():
            for container in self._nesting.upwards(direct):
                inside.setdefault(container, set()).add(serial)
        here = set(packs)
        good = [one for one in labels if one in inside and inside[one] <= here]
        covered = {serial for one in good for serial in inside[one]}
        return good, sorted(here - covered)

    def _packs_of(self, contents: Contents) -> list[Serial]:
        if contents.packs is None:
            return []
        return sorted(self.serials_of(contents.packs, contents.quantity))


def named(container: Container) -> trade_history.Container:
    """The container as the events name it."""
    kind, *rest = container.name.split("/", 3)
    if kind == "00":
        return Sscc(rest[0])
    return SerialItem(Gtin(rest[0]), Serial(rest[2]), "")
