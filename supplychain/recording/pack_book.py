"""The packs of one lot while entries about it are judged: which sets they make, and who moves.

The road knows every pack, so it works out the sets that outputs must commit to; custody compares
(R4). Only packs that are named are touched: the output without a list takes the rest as it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from io import StringIO
from itertools import chain
from typing import Any, Self
from uuid import UUID

from django.db import IntegrityError, connection

from ledger.core.errors import Conflict, Refused
from ledger.core.links import OutputRef
from ledger.core.set_trees import SetTree
from ledger.core.sets import Subset
from supplychain.domain.custody import prove_sets
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Output, Over
from supplychain.domain.packs import PACKS_MAX, Pack, PackSet
from supplychain.domain.statements import (
    Aggregate,
    Disaggregate,
    LotRegister,
    LotStatement,
    Receive,
)
from supplychain.queries.packs import (
    born_before,
    first_here,
    holding_of,
    name_text,
    nodes_of,
    pack_secret,
)
from supplychain.recording.container_book import ContainerBook
from supplychain.recording.submissions import Named, PackLists, WorkedOut

_NODE = "INSERT INTO supplychain_packnode (stream_id, hash, node) VALUES "
_COPY_NAMES = "COPY supplychain_packname (id, stream_id) FROM STDIN"
_COPY_PACKS = "COPY supplychain_pack (stream_id, serial, holding, container) FROM STDIN"
_COPY_NODES = "COPY supplychain_packnode (stream_id, hash, node) FROM STDIN"
_SALTED = "INSERT INTO supplychain_packsecret (stream_id, secret) VALUES (%s, %s)"
_MOVED = "UPDATE supplychain_pack SET holding = %s WHERE stream_id = %s AND serial = ANY(%s)"
_JOINED = (
    "UPDATE supplychain_pack SET holding = %s WHERE stream_id = %s AND holding = ANY(%s::uuid[])"
)
_SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class Sets:
    """The set of each output of a statement, None for units without serials; and the new nodes."""

    of: tuple[PackSet | None, ...]
    nodes: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class PackBook:
    """A lot's packs under its lock. `holdings` are those of outputs that stand."""

    stream: UUID
    key: LotKey
    holdings: dict[OutputRef, UUID]
    containers: ContainerBook
    _secret: bytes | None = None
    _nodes: dict[bytes, bytes] = field(default_factory=dict)
    _sql: list[str] = field(default_factory=list)
    _values: list[Any] = field(default_factory=list)
    _copies: list[tuple[str, Iterable[str]]] = field(default_factory=list)

    @classmethod
    def of(cls, stream: UUID, key: LotKey, holdings: dict[OutputRef, UUID]) -> Self:
        """A book over what stands."""
        return cls(stream, key, holdings, ContainerBook(stream, key))

    def judge(
        self, said: LotStatement, signer: Gln, goods: Mapping[OutputRef, Output], lists: PackLists
    ) -> Sets | None:
        """Hold a statement that custody allows against the packs; what comes back is to be taken.

        Raises RuleBroken R4 where it commits to other packs, R9 where packed goods move apart, and
        what `sets` raises.
        """
        if isinstance(said, LotRegister):
            self._prove_unborn(lists.serials.get(0, ()))
        if isinstance(said, Receive) and said.over is not None:
            self._prove_over(said.over, lists.over)
        outputs = list(goods.values())
        sets = self.sets(said, outputs, lists)
        if sets is not None:
            prove_sets(said, sets.of)
            self._prove_present(outputs, lists)
            made = dict(sets.nodes)
            set_of = partial(self.set_of, known=lists.worked_out, made=made)
            self.containers.judge(said, signer, lists, set_of)
            if isinstance(said, Aggregate):
                self.containers.prove_together(said, goods)
            return Sets(sets.of, made)
        if isinstance(said, Aggregate | Disaggregate):
            self.containers.judge_units(said, signer)
        return sets

    def _prove_over(self, over: Over, serials: Sequence[Serial]) -> None:
        known = self.set_of(serials) if serials else None
        if (known and known.root) != over.packs or (known and known.count != over.quantity):
            message = "What is too much commits to other packs than those named with it."
            raise _broken("R4", "PACKS_DISAGREE", message)

    def set_of(
        self,
        serials: Sequence[Serial],
        known: dict[Named, WorkedOut] | None = None,
        made: dict[bytes, bytes] | None = None,
    ) -> PackSet:
        """The set of these packs, wherever they are; its nodes are put into `made`.

        `known` is what was worked out before, and takes this in.
        """
        found = self._work_out(serials, self._known_secret(), {} if known is None else known)
        if made is not None:
            made |= found.nodes
        return _pack_set(found.whole)

    def sets(self, said: LotStatement, goods: Sequence[Output], lists: PackLists) -> Sets | None:
        """The sets that the statement's outputs must commit to; None where it moves nothing.

        `goods` are the outputs used up. Raises Invalid, and RuleBroken PACKS_NOT_NAMED,
        PACKS_UNASKED, PACK_NOT_HERE, PACK_TWICE or PACK_BORN_TWICE.
        """
        if not said.outputs or (lists.serials and max(lists.serials) >= len(said.outputs)):
            _prove_nothing(lists)
            return None
        if isinstance(said, LotRegister):
            return self._born(said, lists)
        if not goods or any(one.packs is None for one in goods):
            _prove_nothing(lists)
            return None
        tree = self._tree()
        whole = _whole(tree, goods)
        return self._divided(tree, whole, len(said.outputs), lists)

    def take(
        self,
        said: LotStatement,
        *,
        entry_id: str,
        consumes: Sequence[OutputRef],
        lists: PackLists,
        sets: Sets | None,
    ) -> None:
        """Let a judged statement stand: its nodes are kept, the packs named move."""
        if sets is None or sets.of[0] is None:
            if said.outputs:
                self.containers.take_units(said, self._do)
            return
        self._nodes |= sets.nodes
        self.containers.take(said, lists, self._do)
        refs = [OutputRef(entry_id, n) for n in range(len(sets.of))]
        self.holdings |= {ref: holding_of(ref) for ref in refs}
        if isinstance(said, LotRegister):
            self._give_birth(refs[0], lists, sets.nodes)
            return
        self._rows(_NODE, [(str(self.stream), *one) for one in sets.nodes.items()], _AGAIN)
        for n, serials in lists.serials.items():
            self._do(_MOVED, str(holding_of(refs[n])), str(self.stream), list(map(str, serials)))
        for ref in refs:
            if ref.n not in lists.serials:
                self._keep(ref, consumes)

    def sql(self) -> str:
        """What writes the rows of all that was taken."""
        if not self._sql:
            return ""
        with connection.cursor() as cursor:
            text: bytes = cursor.mogrify(";\n".join(self._sql), self._values)
        return text.decode()

    def write(self) -> None:
        """Write the packs that were born, which may be very many, behind the rows of `sql`.

        Raises Conflict ENTRY_CLASHES where somebody else bore one of them at the same moment.
        """
        with connection.cursor() as cursor:
            for copy, lines in self._copies:
                try:
                    cursor.copy_expert(copy, StringIO("".join(lines)))
                except IntegrityError as clash:
                    message = "Somebody else wrote the same at once."
                    raise Conflict("ENTRY_CLASHES", message) from clash

    def _keep(self, rest: OutputRef, consumes: Sequence[OutputRef]) -> None:
        """What is left over stays under one of the holdings that it comes from."""
        kept, *others = (self.holdings[ref] for ref in consumes)
        self.holdings[rest] = kept
        if others:
            self._do(_JOINED, str(kept), str(self.stream), list(map(str, others)))

    def _born(self, said: LotRegister, lists: PackLists) -> Sets:
        serials = lists.serials.get(0)
        if serials is None:
            _prove_unnamed(said)
            return Sets((None,))
        if len(serials) > PACKS_MAX:
            raise _broken("R4", "PACKS_TOO_MANY", f"A lot has at most {PACKS_MAX:,} packs.")
        found = self._work_out(serials, lists.secret or b"", lists.worked_out)
        return Sets((_pack_set(found.whole),), found.nodes)

    def _prove_unborn(self, serials: Sequence[Serial]) -> None:
        known = born_before(self._packs(serials)) if serials else []
        if known:
            message = f"Born before, and a pack is born once: {_some(known)}."
            raise RuleBroken("R1", "PACK_BORN_TWICE", message, conflict=True)

    def _give_birth(self, ref: OutputRef, lists: PackLists, nodes: Mapping[bytes, bytes]) -> None:
        serials = lists.serials[0]
        stream, holding = str(self.stream), str(self.holdings[ref])
        self._secret = lists.secret
        self._do(_SALTED, stream, lists.secret)
        # Sorted, so that no two wait crosswise; as texts, which have the order of the names.
        names = sorted(name_text(pack) for pack in self._packs(serials))
        self._copies += [
            (_COPY_NAMES, (f"{name}\t{stream}\n" for name in names)),
            (_COPY_PACKS, (f"{stream}\t{serial}\t{holding}\t\n" for serial in serials)),
            (_COPY_NODES, (_copied(stream, *node) for node in nodes.items())),
        ]

    def _divided(self, tree: SetTree, whole: Subset, outputs: int, lists: PackLists) -> Sets:
        rests = [n for n in range(outputs) if n not in lists.serials]
        if len(rests) > 1:
            message = "Say which packs go where; one output may go without, and has the rest."
            raise _broken("R4", "PACKS_NOT_NAMED", message)
        found, left, secret = {}, whole, self._known_secret()
        for n, serials in lists.serials.items():
            some = self._work_out(serials, secret, lists.worked_out)
            left = self._without(tree, left, some.keys, serials)
            found[n] = some.whole
            tree.made |= some.nodes
        if not rests and left.size:
            raise _broken("R4", "PACKS_NOT_NAMED", f"{left.size} packs are named in no output.")
        sets = (_pack_set(found.get(n, left)) for n in range(outputs))
        return Sets(tuple(sets), tree.made)

    def _prove_present(self, goods: Sequence[Output], lists: PackLists) -> None:
        """That what goes into containers, or comes out of them, is among the goods, each once."""
        if not lists.containers:
            return
        tree, secret, keys = self._tree(), self._known_secret(), dict[bytes, Serial]()
        for serials in lists.containers.values():
            found = self._work_out(serials, secret, lists.worked_out)
            keys |= zip(found.keys, serials, strict=True)
        if len(keys) < sum(map(len, lists.containers.values())):
            raise _twice()
        here = set(tree.present(_whole(tree, goods), keys))
        if len(here) < len(keys):
            raise _absent(self._packs(keys[key] for key in keys if key not in here))

    def _without(
        self, tree: SetTree, left: Subset, keys: Collection[bytes], serials: Iterable[Serial]
    ) -> Subset:
        try:
            return tree.without(left, keys)
        except Refused as refused:
            if refused.code != "NOT_A_MEMBER":
                raise
            absent = (
                pack
                for pack in self._packs(serials)
                if not tree.proof(left, pack.key(self._known_secret())).present
            )
            raise _absent(absent) from None

    def _work_out(
        self, serials: Sequence[Serial], secret: bytes, known: dict[Named, WorkedOut]
    ) -> WorkedOut:
        named = secret, tuple(serials)
        if named not in known:
            if len(set(serials)) < len(serials):
                raise _twice()
            keys = tuple(pack.key(secret) for pack in self._packs(serials))
            tree = self._tree()
            known[named] = WorkedOut(keys, tree.of(keys), tree.made)
        return known[named]

    def _packs(self, serials: Iterable[Serial]) -> Iterable[Pack]:
        return (Pack(self.key.gtin, serial) for serial in serials)

    def _known_secret(self) -> bytes:
        if self._secret is None:
            self._secret = pack_secret(self.stream) or b""
        return self._secret

    def _tree(self) -> SetTree:
        return SetTree(first_here(self._nodes, nodes_of(self.stream)))

    def _do(self, sql: str, *values: Any) -> None:
        self._sql.append(sql)
        self._values += values

    def _rows(self, sql: str, rows: Sequence[tuple[Any, ...]], tail: str = "") -> None:
        if rows:
            row = f"({', '.join(['%s'] * len(rows[0]))})"
            self._do(sql + ", ".join([row] * len(rows)) + tail, *chain.from_iterable(rows))


def _whole(tree: SetTree, goods: Iterable[Output]) -> Subset:
    return reduce(tree.joined, (_subset(one) for one in goods))


def _twice() -> RuleBroken:
    return _broken("R4", "PACK_TWICE", "A pack is named twice.")


def _absent(packs: Iterable[Pack]) -> RuleBroken:
    message = f"Not among these goods, or named twice: {_some(list(packs))}."
    return _broken("R3", "PACK_NOT_HERE", message)


_AGAIN = " ON CONFLICT DO NOTHING"  # a set that was there before has the same nodes


def _copied(stream: str, key: bytes, node: bytes) -> str:
    return f"{stream}\t\\\\x{key.hex()}\t\\\\x{node.hex()}\n"


def _prove_nothing(lists: PackLists) -> None:
    if lists.serials or lists.containers:
        raise _broken("R4", "PACKS_UNASKED", "Packs are named for goods that have no serials.")


def _prove_unnamed(said: LotRegister) -> None:
    if said.outputs[0].packs is not None:
        raise _broken("R4", "PACKS_NOT_NAMED", "The packs of this lot did not come along.")


def _subset(output: Output) -> Subset:
    return Subset(output.quantity, bytes.fromhex(output.packs or ""))


def _pack_set(subset: Subset) -> PackSet:
    return PackSet(subset.hash.hex(), subset.size)


def _some(packs: Sequence[Pack]) -> str:
    more = len(packs) - _SHOWN_MAX
    shown = ", ".join(str(pack) for pack in packs[:_SHOWN_MAX])
    return f"{shown} and {more} more" if more > 0 else shown


def _broken(rule: str, code: str, message: str) -> RuleBroken:
    return RuleBroken(rule, code, message)
