"""Where a name is used: what a constant or a member of an enumeration is good for shows there."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

Line = tuple[str, int]


class Names:
    """Of some files: which lines use a name, and which give it one outside of functions."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.used: dict[str, set[Line]] = defaultdict(set)
        self.given: dict[Line, set[str]] = defaultdict(set)
        for path, source in sources.items():
            tree = ast.parse(source)
            self._read_uses(path, tree)
            self._read_given(path, tree.body)

    def users(self, lines: Iterable[Line]) -> set[Line]:
        """The lines that use what these give, also by way of other names that are given from it."""
        found: set[Line] = set()
        new = set(lines)
        while new:
            names = {name for line in new for name in self.given.get(line, ())}
            new = {line for name in names for line in self.used[name]} - found
            found |= new
        return found

    def _read_uses(self, path: str, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.used[node.id].add((path, node.lineno))
            elif isinstance(node, ast.Attribute):
                self.used[node.attr].add((path, node.lineno))

    def _read_given(self, path: str, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            names = set(_given_by(statement))
            last = statement.body[0].lineno if isinstance(statement, ast.FunctionDef) else None
            for line in range(statement.lineno, (last or statement.end_lineno or 0) + 1):
                self.given[path, line] |= names
            if isinstance(statement, ast.ClassDef):
                self._read_given(path, statement.body)


def _given_by(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Assign(targets=targets):
            yield from (
                node.id for one in targets for node in ast.walk(one) if isinstance(node, ast.Name)
            )
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.FunctionDef(name=name):
            yield name
        case _:
            pass
