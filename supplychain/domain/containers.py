"""Containers, cases and pallets, and what is in what (R9).

A container goes by its SSCC, or as a case by its own GTIN and serial. It is in one other at most,
and never inside itself, at whatever depth.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Gtin, Serial, Sscc
from supplychain.domain.members import sequence, text

LEVELS_MAX = 10
_LABELS_MAX = 100
_SSCC = re.compile(r"00/([0-9]{18})", re.ASCII)
_CASE = re.compile(r"01/([0-9]{14})/21/(.{1,20})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Container:
    """What names a container: `00/<SSCC>` or `01/<GTIN>/21/<serial>`, as Digital Links order it."""

    name: str

    def __post_init__(self) -> None:
        """Prove the identifiers in the name. Raises Invalid."""
        if match := _SSCC.fullmatch(self.name):
            Sscc.parse(match[1])
        elif match := _CASE.fullmatch(self.name):
            Gtin.parse(match[1])
            Serial.parse(match[2])
        else:
            message = f"Container {self.name[:60]!r}: expected 00/<SSCC> or 01/<GTIN>/21/<serial>."
            raise Invalid("INVALID_CONTAINER", message)

    @classmethod
    def of_sscc(cls, sscc: Sscc) -> Self:
        """The container of this SSCC.

        >>> str(Container.of_sscc(Sscc("106141412345678908")))
        '00/106141412345678908'
        """
        return cls(f"00/{sscc}")

    @classmethod
    def of_case(cls, gtin: Gtin, serial: Serial) -> Self:
        """The case that has a GTIN and serial of its own."""
        return cls(f"01/{gtin}/21/{serial}")

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(slots=True)
class Nesting:
    """Which container is in which other, as far as it is known."""

    parents: dict[Container, Container] = field(default_factory=dict)

    def put(self, parent: Container, children: Collection[Container]) -> None:
        """Pack containers into another, all or none. Raises R9 CONTAINER_PACKED or CYCLE."""
        above = set(self.upwards(parent))
        for child in children:
            if child in above:
                raise _broken("CONTAINER_CYCLE", f"{child} would be inside itself.")
            inside = self.parents.get(child, parent)
            if inside != parent:
                raise _broken("CONTAINER_PACKED", f"{child} is in {inside}: unpack it first.")
        self.parents |= dict.fromkeys(children, parent)

    def prove_depth(self) -> None:
        """That none stands in more others than it may, also where those are new. Raises R9."""
        for container in self.parents:
            list(self.upwards(container))

    def take_out(self, parent: Container, children: Collection[Container]) -> None:
        """Take containers out of the one that they are in. Raises R9 NOT_INSIDE."""
        for child in children:
            if self.parents.get(child) != parent:
                raise _broken("NOT_INSIDE", f"{child} is not in {parent}.")
        for child in children:
            del self.parents[child]

    def upwards(self, container: Container) -> Iterator[Container]:
        """The container and those around it, the outermost last. Raises R9 TOO_DEEP."""
        for _ in range(LEVELS_MAX):
            yield container
            if container not in self.parents:
                return
            container = self.parents[container]
        raise _broken("TOO_DEEP", f"Containers are packed at most {LEVELS_MAX} deep.")


def broken_up(
    packs: Mapping[Serial, Container], nesting: Nesting, part_of: Mapping[Serial, int]
) -> tuple[set[Serial], set[Container]]:
    """What a delivery that did not stay together leaves of its containers.

    `part_of` says for each pack that arrived in which part it is, good or damaged; what is missing
    stays in its containers. Returns the packs that are loose from now on, and the containers that
    are no longer in their parent, because not all of it went with them.
    """
    parts: dict[Container, set[int | None]] = {}
    for serial, direct in packs.items():
        for container in nesting.upwards(direct):
            parts.setdefault(container, set()).add(part_of.get(serial))
    split = {container for container, those in parts.items() if len(those) > 1}
    loose = {serial for serial, direct in packs.items() if direct in split and serial in part_of}
    cut = {
        child
        for child, parent in nesting.parents.items()
        if parent in split and child not in split and parts.get(child, {None}) != {None}
    }
    return loose, cut


def prove_whole(moving: Collection[Serial], inside: Mapping[Container, Collection[Serial]]) -> None:
    """That packed goods move with all that is packed with them (R9).

    `inside` are the outermost containers of the packs that move, with all of the lot's packs in
    them. Raises RuleBroken PACKED.
    """
    for container, packs in inside.items():
        if left := sorted(set(packs) - set(moving)):
            message = f"{container} holds {left[0]} too, and does not move: unpack it first."
            raise _broken("PACKED", message)


def _broken(code: str, message: str) -> RuleBroken:
    return RuleBroken("R9", code, message)


def labels(found: Mapping[str, object]) -> tuple[Container, ...]:
    """Read the `containers` member, the labels of the cases and pallets. Raises Invalid."""
    if "containers" not in found:
        return ()
    listed = sequence(found["containers"], "containers", _LABELS_MAX)
    read = tuple(Container(text(one, "containers")) for one in listed)
    if len(set(read)) < len(read):
        raise Invalid("CONTENTS_WRONG", "containers: one is named twice.")
    return read


def labelled(containers: tuple[Container, ...]) -> dict[str, Json]:
    """The member that `labels` reads; nothing where there are none."""
    return {"containers": [str(one) for one in containers]} if containers else {}
