"""What is changed in a program: one small thing at a time, as a slip or a removed rule would.

Each function takes a node of the tree and gives what may stand in its place. Types, decorators,
docstrings and sentences for people are left alone.
"""

import ast
from collections.abc import Callable, Iterator
from copy import copy

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.MatMult: ast.Mult,
}
_CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """All that may stand in the place of this node."""
    of_kind = _OF_KINDS.get(type(node))
    return of_kind(node) if of_kind else iter(())


def _of_removable(node: ast.stmt) -> Iterator[ast.AST]:
    """A statement that can be left out, so that what follows still knows its names."""
    del node
    yield ast.Pass()


def _of_call_alone(node: ast.Expr) -> Iterator[ast.AST]:
    if not isinstance(node.value, ast.Constant):
        yield ast.Pass()


def _of_assignment(node: ast.Assign) -> Iterator[ast.AST]:
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield ast.Pass()


def _of_counting(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield _with(node, op=_COMPUTED[type(node.op)]())


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and not _is_none(node.value):
        yield _with(node, value=ast.Constant(None))


def _of_condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """The contrary of what is asked, where no other change says that; and a guard removed."""
    if not isinstance(node.test, ast.Compare | ast.UnaryOp | ast.Constant):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.If) and _is_guard(node):
        yield ast.Pass()


def _is_guard(node: ast.If) -> bool:
    """Whether it can be removed; where all it does is to raise, that is removed already."""
    return not node.orelse and not isinstance(node.body[0], ast.Raise)


def _of_loop(node: ast.For) -> Iterator[ast.AST]:
    yield _with(node, iter=ast.Tuple([], ast.Load()))


def _of_match(node: ast.Match) -> Iterator[ast.AST]:
    """One case less."""
    for number in range(len(node.cases)):
        yield _with(node, cases=node.cases[:number] + node.cases[number + 1 :])


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield _with(node, ops=[*node.ops[:number], other(), *node.ops[number + 1 :]])


def _of_and_or(node: ast.BoolOp) -> Iterator[ast.AST]:
    """The other operator, and each operand left out."""
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for number in range(len(node.values)):
        rest = node.values[:number] + node.values[number + 1 :]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _of_computing(node: ast.BinOp) -> Iterator[ast.AST]:
    yield _with(node, op=_COMPUTED[type(node.op)]())


def _of_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    yield from (_with(node, value=value) for value in _other_values(node.value))


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        yield _with(node, func=ast.Name(_CALLED[node.func.id], ast.Load()))


def _of_filter(node: ast.comprehension) -> Iterator[ast.AST]:
    if node.ifs:
        yield _with(node, ifs=[])


def _other_values(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, value - 1]
        case str() if value and not any(map(str.isspace, value)):
            return [value + "X"]
        case bytes() if value:
            return [value + b"X"]
        case _:
            return []


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _with(node: ast.AST, **parts: object) -> ast.AST:
    other = copy(node)
    for name, part in parts.items():
        setattr(other, name, part)
    return other


_OF_KINDS: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.Raise: _of_removable,
    ast.Delete: _of_removable,
    ast.Continue: _of_removable,
    ast.Break: _of_removable,
    ast.Expr: _of_call_alone,
    ast.Assign: _of_assignment,
    ast.AugAssign: _of_counting,
    ast.Return: _of_return,
    ast.If: _of_condition,
    ast.While: _of_condition,
    ast.IfExp: _of_condition,
    ast.For: _of_loop,
    ast.Match: _of_match,
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_and_or,
    ast.BinOp: _of_computing,
    ast.UnaryOp: _of_sign,
    ast.Constant: _of_constant,
    ast.Call: _of_call,
    ast.comprehension: _of_filter,
}
