"""Loads: units without serial numbers in containers (R9).

Units of a lot are alike, and no list says which of them are packed. So an output carries how many
of its own are in which container, and which container is in which other; the rest is loose.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.containers import Container, Nesting
from supplychain.domain.errors import RuleBroken
from supplychain.domain.members import members, quantity, text

CONTAINERS_MAX: Final = 5_000
"""In so many containers the units of one output may be: a load goes wherever its goods go."""

_BYTES_MAX: Final = 2**20

Packed = tuple[Container, int, Sequence[Container]]
"""A container, how many units go in or out, and the containers that do."""


@dataclass(frozen=True, slots=True)
class Load:
    """`units` are those directly in each container, `parents` the containers inside others."""

    units: Mapping[Container, int] = field(default_factory=lambda: MappingProxyType({}))
    parents: Mapping[Container, Container] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def joined(cls, loads: Iterable["Load"]) -> "Load":
        """Of goods put together.

        Raises R9 CONTAINER_PACKED where a container is in two others, TOO_MANY_CONTAINERS.
        """
        units: dict[Container, int] = {}
        nesting = Nesting()
        for load in loads:
            for container, count in load.units.items():
                units[container] = units.get(container, 0) + count
            for child, parent in load.parents.items():
                nesting.put(parent, [child])
        together = cls(units, nesting.parents)
        _prove_so_many(together.containers)
        return together

    @property
    def total(self) -> int:
        """How many units are packed."""
        return sum(self.units.values())

    @property
    def containers(self) -> frozenset[Container]:
        """All that units are in, at whatever depth."""
        return frozenset({*self.units, *self.parents, *self.parents.values()})

    def way(self, container: Container) -> tuple[Container, ...]:
        """The container and those around it, the outermost last."""
        return tuple(self._nesting().upwards(container))

    def put(self, given: Iterable[Packed]) -> "Load":
        """With more in some containers.

        Raises R9 CONTAINER_EMPTY, CONTAINER_PACKED, CONTAINER_CYCLE, TOO_DEEP, TOO_MANY_CONTAINERS.
        """
        units, nesting, known = dict(self.units), self._nesting(), set(self.containers)
        for container, count, children in given:
            if empty := set(children) - known:
                message = f"None of these goods are in {min(empty)}: pack it first."
                raise RuleBroken("R9", "CONTAINER_EMPTY", message)
            nesting.put(container, children)
            units[container] = units.get(container, 0) + count
            known.add(container)
        _prove_so_many(known)
        return _filled(units, nesting)

    def take(self, given: Iterable[Packed]) -> "Load":
        """With less in some containers. Raises R9 NOT_INSIDE."""
        units, nesting = dict(self.units), self._nesting()
        for container, count, children in given:
            nesting.take_out(container, children)
            inside = units.get(container, 0)
            if count > inside:
                message = f"{container} holds {inside} of these units, not {count}."
                raise RuleBroken("R9", "NOT_INSIDE", message)
            units[container] = inside - count
        return _filled(units, nesting)

    def under(self, labels: Iterable[Container]) -> "Load":
        """What is in these containers, at whatever depth; they themselves are in no other."""
        nesting, tops = self._nesting(), set(labels)
        return self._only({one for one in self.containers if tops & set(nesting.upwards(one))})

    def without(self, other: "Load") -> "Load":
        """What is in the other containers."""
        left = self._only(self.containers - other.containers)
        return _filled(left.units, Nesting(dict(left.parents)))

    def as_text(self) -> str:
        """What `parse` reads; empty where nothing is packed."""
        if not self.units:
            return ""
        plain: dict[str, Json] = {str(one): self._as_json(one) for one in self.containers}
        return canonical.dumps(plain).decode()

    @classmethod
    def parse(cls, written: str) -> "Load":
        """Read what `as_text` wrote. Raises Invalid or Malformed."""
        if not written:
            return NOTHING_PACKED
        value = canonical.loads(written.encode(), max_bytes=_BYTES_MAX)
        names = tuple(value) if isinstance(value, dict) else ()
        units: dict[Container, int] = {}
        parents: dict[Container, Container] = {}
        for name, inside in members(value, "load", (), names).items():
            one = members(inside, "load", (), ("in", "units"))
            if "units" in one:
                units[Container(name)] = quantity(one["units"], "load.units")
            if "in" in one:
                parents[Container(name)] = Container(text(one["in"], "load.in"))
        return cls(units, parents)

    def _as_json(self, container: Container) -> dict[str, Json]:
        units, parent = self.units.get(container), self.parents.get(container)
        plain: dict[str, Json] = {} if units is None else {"units": units}
        return plain if parent is None else plain | {"in": str(parent)}

    def _only(self, those: Collection[Container]) -> "Load":
        parents = ((child, parent) for child, parent in self.parents.items() if parent in those)
        return Load(
            {one: count for one, count in self.units.items() if one in those},
            {child: parent for child, parent in parents if child in those},
        )

    def _nesting(self) -> Nesting:
        return Nesting(dict(self.parents))


NOTHING_PACKED: Final = Load()


def _prove_so_many(containers: Collection[Container]) -> None:
    if len(containers) > CONTAINERS_MAX:
        message = f"These goods would be in more than {CONTAINERS_MAX:,} containers."
        raise RuleBroken("R9", "TOO_MANY_CONTAINERS", message)


def _filled(units: Mapping[Container, int], nesting: Nesting) -> Load:
    """Without the containers in which nothing is. Raises R9 TOO_DEEP."""
    left = {one: count for one, count in units.items() if count}
    around = {one for direct in left for one in nesting.upwards(direct)}
    parents = {child: parent for child, parent in nesting.parents.items() if child in around}
    return Load(left, parents)
