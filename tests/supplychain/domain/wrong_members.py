"""Documents in which one member is an empty object: whoever refuses one has to name it."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any


def each_wrong(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each member at any depth: its name, and the document with `{}` in its place."""
    body = copy.deepcopy(dict(document))
    for holder, name in list(_members_within(body)):
        good, holder[name] = holder[name], {}
        yield name, body
        holder[name] = good


def is_named(name: str, message: str) -> bool:
    """Whether the message begins with the member: `output.quantity: expected …`."""
    return name == message.partition(":")[0].rpartition(".")[2]


def _members_within(value: object) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        yield from ((value, name) for name in value)
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(inner, list | tuple | type({}.values())):
        for one in inner:
            yield from _members_within(one)
