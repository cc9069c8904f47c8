"""Mutants: programs that differ from ours in one small thing. They live in memory only."""

import ast
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from bench.mutants.changes import changes

# What is there for readers and type checkers, and for nothing else.
_LEFT_ALONE = {
    ast.AnnAssign: ("target", "annotation"),
    ast.arg: ("annotation",),
    ast.FunctionDef: ("decorator_list", "returns"),
    ast.ClassDef: ("decorator_list", "bases", "keywords"),
}
DENSER = 5
_SENTENCE = re.compile(r"[A-Za-z,] | [A-Za-z]")


@dataclass(frozen=True)
class Mutant:
    """One change in one file.

    `lines` are those of its statement: tests that pass them are run. `function` is the outermost
    one that it is in, by its qualified name; None where it happens when the module is imported.
    """

    path: str
    line: int
    before: str
    after: str
    lines: range = field(compare=False)
    function: str | None = field(compare=False)
    source: str = field(compare=False, repr=False)
    tree: ast.Module = field(compare=False, repr=False)
    old: ast.AST = field(compare=False, repr=False)
    new: ast.AST = field(compare=False, repr=False)

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")

    @property
    def name(self) -> str:
        """Another one, as soon as anything in its file is another."""
        said = f"{self.source}\0{self.where}\0{self.before}\0{self.after}"
        return hashlib.sha256(said.encode()).hexdigest()

    def unchanged(self) -> "Mutant":
        return replace(self, new=self.old)

    def program(self) -> ast.Module:
        """The changed program. The tree is changed in place: ask once, in a process of its own."""
        _Swap(self.old, self.new).visit(self.tree)
        return ast.fix_missing_locations(self.tree)


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


@dataclass(frozen=True)
class _Place:
    """Where a node stands."""

    statement: ast.stmt
    classes: str = ""
    function: str | None = None

    def within(self, parent: ast.AST, member: str, child: ast.AST) -> "_Place":
        """The place of a child: in the body of what it is a child of, or beside it."""
        statement = child if isinstance(child, ast.stmt) else self.statement
        here = replace(self, statement=statement)
        if self.function or member != "body":
            return here
        match parent:
            case ast.ClassDef(name=name):
                return replace(here, classes=f"{self.classes}{name}.")
            case ast.FunctionDef(name=name):
                return replace(here, function=f"{self.classes}{name}")
            case _:
                return here


def mutants_of(path: str, source: str) -> list[Mutant]:
    """All mutants of a file, in the order of its text; each text of a change once."""
    tree = ast.parse(source)
    found = {
        mutant: None
        for first in tree.body[:1]
        for node, place in _walk(tree, _Place(first))
        for mutant in _mutants_at(path, source, tree, node, place)
    }
    return sorted(found, key=lambda mutant: mutant.line)


def _walk(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """Every node that is to be changed, and where it stands."""
    left_alone = _LEFT_ALONE.get(type(node), ())
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if name in left_alone or not isinstance(child, ast.AST):
                continue
            if not _is_for_readers(node, child):
                there = place.within(node, name, child)
                yield child, there
                yield from _walk(child, there)


def _is_for_readers(parent: ast.AST, node: ast.AST) -> bool:
    match node:
        case (
            ast.Expr(value=ast.Constant())  # a docstring, or one of an attribute
            | ast.Assign(targets=[ast.Name(id="__all__")])
            | ast.AnnAssign(annotation=ast.Name(id="TypeAlias"))
            | ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar")))
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
        ):
            return True
        case ast.JoinedStr():  # a sentence; texts of a protocol are changed
            return any(_SENTENCE.search(str(part.value)) for part in _words(node))
        case _:
            return isinstance(node, ast.Constant) and isinstance(parent, ast.JoinedStr)


def _words(sentence: ast.JoinedStr) -> Iterator[ast.Constant]:
    return (part for part in sentence.values if isinstance(part, ast.Constant))


def _mutants_at(
    path: str, source: str, tree: ast.Module, node: ast.AST, place: _Place
) -> Iterator[Mutant]:
    for new in changes(node):
        before, after = _texts(source, node, new)
        line = getattr(node, "lineno", place.statement.lineno)
        lines = _lines(place.statement)
        yield Mutant(path, line, before, after, lines, place.function, source, tree, node, new)


def _lines(statement: ast.stmt) -> range:
    """A simple statement's lines; of one that holds others, those of its head."""
    inner = getattr(statement, "body", None) or [
        case.body[0] for case in getattr(statement, "cases", ())
    ]
    last = inner[0].lineno - 1 if inner else statement.end_lineno
    return range(statement.lineno, max(last or 0, statement.lineno) + 1)


def _texts(source: str, old: ast.AST, new: ast.AST) -> tuple[str, str]:
    """The line before and after, where it is one; else what stood there and what stands there."""
    if not isinstance(old, ast.expr) or not _is_on_one_line(source, old):
        return _flat(old), "(nothing)" if isinstance(new, ast.Pass) else _flat(new)
    line = source.splitlines()[old.lineno - 1].encode()
    changed = line[: old.col_offset] + _flat(new).encode() + line[old.end_col_offset :]
    return line.decode().strip(), changed.decode().strip()


def _is_on_one_line(source: str, node: ast.expr) -> bool:
    """And where it says it is: Python 3.11 misplaces what stands inside f-strings."""
    segment = ast.get_source_segment(source, node)
    if segment is None or "\n" in segment:
        return False
    try:
        return ast.unparse(ast.parse(segment.strip(), mode="eval")) == ast.unparse(node)
    except SyntaxError:
        return False


def _flat(node: ast.AST) -> str:
    """On one line, and of what holds other statements the head."""
    if isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.FunctionDef):
        node = copy(node)
        node.body = [ast.Expr(ast.Constant(...))]
    if isinstance(node, ast.If | ast.For | ast.While):
        node.orelse = []
    return " ".join(ast.unparse(node).split())


def drawn(
    of_files: Sequence[Sequence[Mutant]], size: int, seed: str, dense: Collection[str] = ()
) -> list[Mutant]:
    """About `size` mutants by lot, from each file by its share of them and at least three.

    Of the files in `dense`, which are new, five times as many.
    """
    total = sum(map(len, of_files))
    chosen: list[Mutant] = []
    for mutants in of_files:
        path = mutants[0].path
        share = max(3, round(size * len(mutants) / total * (DENSER if path in dense else 1)))
        lots = list(range(len(mutants)))
        Random(f"{seed} {path}").shuffle(lots)  # who draws more draws these and others
        chosen += [mutants[number] for number in sorted(lots[:share])]
    return chosen


def read(project: Path, folders: Sequence[str]) -> list[list[Mutant]]:
    """The mutants of each file in the folders that has any."""
    files = sorted(file for folder in folders for file in (project / folder).glob("*.py"))
    found = [mutants_of(str(file.relative_to(project)), file.read_text()) for file in files]
    return [mutants for mutants in found if mutants]
