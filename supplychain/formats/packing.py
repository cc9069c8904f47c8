"""What is packed into what at a moment, while the events of a file are followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

LEVELS_MAX: Final = 10
VISITS_MAX: Final = 2_000_000


class RefusalError(Exception):
    """One event cannot be taken: code and sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Packing:
    """A forest of codes; `visits` counts the work of following it, which is bounded."""

    parents: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, None]] = field(default_factory=dict)
    visits: int = 0

    def put(self, parent: str, children: Sequence[str]) -> None:
        """Pack the children into the parent, all or none; RefusalError when that cannot be.

        Those that are in it already stay there.
        """
        above = set(self._above(parent))
        if len(set(children)) < len(children):
            raise RefusalError("ALREADY_PACKED", "A code stands twice among the children.")
        for child in children:
            if child in above:
                raise RefusalError("CYCLE", f"'{child}' would be inside itself.")
            inside = self.parents.get(child, parent)
            if inside != parent:
                reason = f"'{child}' is packed in '{inside}' already; unpack first."
                raise RefusalError("ALREADY_PACKED", reason)
        for child in children:
            self.parents[child] = parent
            self.children.setdefault(parent, {})[child] = None

    def take_out(self, parent: str, children: Sequence[str]) -> None:
        """Unpack the children, all there are when none is named; RefusalError if not inside."""
        inside = self.children.get(parent, {})
        for child in children:
            if child not in inside:
                raise RefusalError("NOT_INSIDE", f"'{child}' is not known to be in '{parent}'.")
        for child in set(children) or tuple(inside):
            del inside[child]
            del self.parents[child]

    def outermost(self, code: str) -> str:
        """Return what the code is in at last, itself when it is in nothing."""
        *_, top = self._above(code)
        return top

    def innermost(self, root: str) -> Iterator[str]:
        """Yield the codes at the bottom, the root itself when nothing is in it."""
        return (code for code in self.every(root) if not self.children.get(code))

    def every(self, root: str) -> Iterator[str]:
        """Yield the root and all codes inside it."""
        waiting = [root]
        while waiting:
            self.visits += 1
            if self.visits > VISITS_MAX:
                raise RefusalError("TOO_LARGE", "Too many packings to follow; split the file.")
            code = waiting.pop()
            waiting.extend(self.children.get(code, ()))
            yield code

    def _above(self, code: str) -> Iterator[str]:
        for _ in range(LEVELS_MAX):
            yield code
            if code not in self.parents:
                return
            code = self.parents[code]
        raise RefusalError("TOO_DEEP", f"More than {LEVELS_MAX} levels of packing.")
