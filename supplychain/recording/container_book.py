"""The containers of one lot's goods while entries about it are judged (R9).

What is packed together moves together, and stays together: it is in one output, also where a rest
stands in two. What arrives in parts is not together any more: it leaves the containers that did not
arrive whole.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container, Nesting, broken_up, prove_whole
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.domain.packs import PackSet
from supplychain.domain.statements import Lose, LotRegister, LotStatement, Receive
from supplychain.queries.containers import (
    above,
    below,
    containers_of,
    inside,
    inside_whole,
    outermost,
    outputs_around,
    stocks_inside,
)
from supplychain.queries.loads import loaded
from supplychain.recording.submissions import PackLists

Do = Callable[..., None]
SetOf = Callable[[Sequence[Serial]], PackSet]

_INTO = "UPDATE supplychain_pack SET container = %s WHERE stream_id = %s AND serial = ANY(%s)"
_NESTED = """INSERT INTO supplychain_container (stream_id, id, parent) VALUES (%s, %s, %s)
 ON CONFLICT (stream_id, id) DO UPDATE SET parent = excluded.parent"""
_KNOWN = """INSERT INTO supplychain_container (stream_id, id, parent) VALUES (%s, %s, '')
 ON CONFLICT DO NOTHING"""


@dataclass(slots=True)
class ContainerBook:
    """Where packs of the lot are packed, as the tables had it before this turn."""

    stream: UUID
    key: LotKey
    _moved: bool = False
    _packed: bool = False

    def judge(self, said: LotStatement, signer: Gln, lists: PackLists, set_of: SetOf) -> None:
        """Hold a statement against what is packed. Raises RuleBroken R9, or R4 for its sets."""
        self._prove_alone(packing=isinstance(said, Aggregate | Disaggregate))
        if isinstance(said, Aggregate | Disaggregate):
            self._judge_packing(said, signer, lists, set_of)
        elif not isinstance(said, LotRegister | Receive | Lose):
            for serials in lists.serials.values():
                self._prove_whole(serials)

    def prove_together(self, said: Aggregate, consumes: Collection[OutputRef]) -> None:
        """That a case that takes packs in stays in one output: with all that is in it, or around.

        Raises RuleBroken R9 CONTAINER_NOT_WHOLE.
        """
        named = [name for one in said.containers for name in (one.container, *one.children)]
        if outputs_around(named, self.key) - set(consumes):
            message = f"{named[0]} or others hold packs of other goods of yours: use those up too."
            raise RuleBroken("R9", "CONTAINER_NOT_WHOLE", message)

    def judge_units(self, said: Aggregate | Disaggregate, signer: Gln) -> None:
        """Hold packing of units without serial numbers against what is packed. Raises R9.

        What their own load says is custody's rule; here it is what stands of other goods.
        """
        named = [one.container for one in said.containers]
        children = [child for one in said.containers for child in one.children]
        self._prove_alone(packing=True)
        self._prove_here([*named, *children], signer)
        if isinstance(said, Aggregate):
            self._prove_reached(named, children)
            nesting = _around(named, children)
            for contents in said.containers:
                nesting.put(contents.container, contents.children)
            nesting.prove_depth()

    def take(self, said: LotStatement, lists: PackLists, do: Do) -> None:
        """Let a judged statement stand: packs go into containers or out, or containers break."""
        self._moved = True
        match said:
            case Aggregate() | Disaggregate():
                self._packed = True
                self._pack(said, lists, do)
            case Receive() | Lose():
                self._break_up(lists, do)
            case _:
                pass  # what moves, moves whole

    def _judge_packing(
        self, said: Aggregate | Disaggregate, signer: Gln, lists: PackLists, set_of: SetOf
    ) -> None:
        named = [one.container for one in said.containers]
        children = [child for one in said.containers for child in one.children]
        self._prove_here([*named, *children], signer)
        into = isinstance(said, Aggregate)
        packed = containers_of(self.stream, chain.from_iterable(lists.containers.values()))
        nesting = _around(named, children) if into else above([*named, *children], self.stream)
        for n, contents in enumerate(said.containers):
            serials = lists.containers.get(n, ())
            _prove_set(contents, serials, set_of)
            _prove_place(said, contents, {serial: packed.get(serial) for serial in serials})
            move = nesting.put if into else nesting.take_out
            move(contents.container, contents.children)
        if into:
            nesting.prove_depth()
        if len(said.outputs) > 1:
            self._prove_together(said, lists)

    def _prove_together(self, said: Aggregate | Disaggregate, lists: PackLists) -> None:
        """That goods which are packed together, now or before, are in one output of several."""
        named = [one.container for one in said.containers]
        if used := [top for top, packs in inside_whole(named, self.key).items() if packs]:
            message = f"{min(used)} is not empty: what is added to it stays in one output with it."
            raise RuleBroken("R9", "PACKED", message)
        listed = [*chain.from_iterable(lists.serials.values())]
        before = inside_whole(set(containers_of(self.stream, listed).values()), self.key)
        trees = before | {one: [*lists.containers.get(n, ())] for n, one in enumerate(named)}
        for some in map(set, lists.serials.values()):
            prove_whole(some, {top: one for top, one in trees.items() if not some.isdisjoint(one)})

    def _prove_alone(self, *, packing: bool) -> None:
        if self._packed or (packing and self._moved):
            message = "Packing stands alone: send what else is done with the lot by itself."
            raise RuleBroken("R9", "SEND_SEPARATELY", message)

    def _prove_reached(self, named: Sequence[Container], children: Sequence[Container]) -> None:
        """That nothing goes into a case which other goods alone show to be on a pallet."""
        own = {one for some in loaded(named) if some.lot == self.key for one in some.load.parents}
        for container, parent in above(named).parents.items():
            if container in named and container not in (*own, *children):
                message = f"{container} is in {parent}: unpack it first."
                raise RuleBroken("R9", "CONTAINER_PACKED", message)

    def _prove_here(self, containers: Sequence[Container], signer: Gln) -> None:
        for container, holder, state in stocks_inside(containers):
            if (holder, state) != (str(signer), State.HELD.value):
                message = f"{container} holds goods that are not in the stock of {signer}."
                raise RuleBroken("R9", "CONTAINER_ELSEWHERE", message)

    def _prove_whole(self, serials: Sequence[Serial]) -> None:
        packed = set(containers_of(self.stream, serials).values())
        prove_whole(serials, inside_whole(packed, self.key) if packed else {})

    def take_units(self, said: LotStatement, do: Do) -> None:
        """Let a judged statement about units stand: their containers are known from now on."""
        self._moved = True
        if isinstance(said, Aggregate | Disaggregate):
            self._packed = True
            for contents in said.containers:
                for one in (contents.container, *contents.children):
                    do(_KNOWN, str(self.stream), str(one))

    def _pack(self, said: Aggregate | Disaggregate, lists: PackLists, do: Do) -> None:
        into = isinstance(said, Aggregate)
        for n, contents in enumerate(said.containers):
            name = str(contents.container) if into else ""
            serials = lists.containers.get(n, ())
            if into:
                do(_KNOWN, str(self.stream), name)
            if serials:
                do(_INTO, name, str(self.stream), [str(one) for one in serials])
            for child in contents.children:
                do(_NESTED, str(self.stream), str(child), name)

    def _break_up(self, lists: PackLists, do: Do) -> None:
        part = {serial: n for n, listed in lists.serials.items() for serial in listed}
        touched = set(containers_of(self.stream, part).values())
        if not touched:
            return
        tops = outermost(touched, self.stream)
        packs = {one.serial: one.container for one in inside(tops) if one.lot == self.key}
        loose, cut = broken_up(packs, below(tops, self.stream), part)
        if loose:
            do(_INTO, "", str(self.stream), [str(one) for one in sorted(loose)])
        for container in sorted(cut):
            do(_NESTED, str(self.stream), str(container), "")


def _around(named: Sequence[Container], children: Sequence[Container]) -> Nesting:
    """What is around containers, and inside those that are to go into others."""
    nesting = above([*named, *children])
    if children:
        nesting.parents |= below(children).parents
    return nesting


def _prove_place(
    said: Aggregate | Disaggregate,
    contents: Contents,
    packed: Mapping[Serial, Container | None],
) -> None:
    for serial, container in packed.items():
        if isinstance(said, Aggregate) and container is not None:
            message = f"Pack {serial} is in {container}: unpack it first."
            raise RuleBroken("R9", "PACKED", message)
        if isinstance(said, Disaggregate) and container != contents.container:
            message = f"Pack {serial} is not in {contents.container}."
            raise RuleBroken("R9", "NOT_INSIDE", message)


def _prove_set(contents: Contents, serials: Sequence[Serial], set_of: SetOf) -> None:
    said = None if contents.packs is None else PackSet(contents.packs, contents.quantity)
    if said is not None and not serials:
        message = f"The packs for {contents.container} did not come along."
        raise RuleBroken("R4", "PACKS_NOT_NAMED", message)
    if said != (set_of(serials) if serials else None):
        message = f"{contents.container} commits to other packs than those named with it."
        raise RuleBroken("R4", "PACKS_DISAGREE", message)
