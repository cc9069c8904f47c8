"""One golden file: how it is made, and what verification must find in it."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.core.evidence import Evidence


@dataclass(frozen=True)
class Vector:
    """How to make a file, and the codes of errors and warnings that verification must find."""

    make: Callable[[], Evidence]
    codes: frozenset[str] = frozenset()
    policy: str = "policy"
    complete: bool = False
    """Whether the index proves that nothing was left out; otherwise that is always a finding."""

    @property
    def found(self) -> frozenset[str]:
        """All codes."""
        return self.codes if self.complete else self.codes | {"COMPLETENESS_NOT_PROVEN"}


def bad(
    make: Callable[[], Evidence], *codes: str, policy: str = "policy", complete: bool = False
) -> Vector:
    """A file with a defect: the codes of errors and warnings that it has."""
    return Vector(make, frozenset(codes), policy, complete)
