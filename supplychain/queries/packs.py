"""Packs as the tables know them: where one is, and the kept nodes of the sets of a lot."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError
from ledger.core.links import OutputRef
from ledger.core.set_trees import Load, SetTree
from ledger.core.sets import Membership, Subset
from ledger.prepared import Planned, Prepared
from supplychain.domain.identifiers import Gtin, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.pack_traces import Shown
from supplychain.domain.packs import Pack
from supplychain.models import Output, PackName, PackSecret
from supplychain.models import Pack as Row
from supplychain.queries.lot_lines import LotLine, lot_lines

# A branch is 0x01, count and hash of the left half, count and hash of the right half. PostgreSQL
# numbers the bits of a byte from the lowest. OFFSET 0: node after node, whatever is known of the
# table when it is planned.
_WAY = Prepared(
    "way",
    """
WITH RECURSIVE way (hash, node, depth) AS (
  SELECT hash, node, 0 FROM supplychain_packnode
   WHERE stream_id = %(stream)s AND hash = ANY(%(roots)s::bytea[])
  UNION ALL
  SELECT below.hash, below.node, depth + 1
    FROM way, LATERAL (
      SELECT hash, node FROM supplychain_packnode
       WHERE stream_id = %(stream)s AND hash = substring(
             way.node FROM CASE get_bit(%(key)s::bytea, depth / 8 * 8 + 7 - depth %% 8)
                           WHEN 0 THEN 10 ELSE 50 END FOR 32) OFFSET 0) AS below
   WHERE length(way.node) = 81 AND get_byte(way.node, 0) = 1 AND depth < 255)
SELECT hash, node FROM way""",
)
# Packs of few outputs, and very many of them: by output, so that the database does the counting.
_PLACES = Planned(
    """
SELECT output.entry_id, output.n, output.holder, output.state, pack.serials
  FROM (SELECT holding, array_agg(serial::text) AS serials FROM supplychain_pack
         WHERE stream_id = %(stream)s AND serial = ANY(%(serials)s) GROUP BY holding) AS pack
  JOIN supplychain_output AS output
    ON output.stream_id = %(stream)s AND output.holding = pack.holding
   AND output.spent_by IS NULL""",
)
_BORN = "SELECT id::text, stream_id FROM supplychain_packname WHERE id = ANY(%s::uuid[])"
# Pack after pack: the planner, while it knows nothing of a new lot, would read all of it for one.
_STAYS = Planned(
    """
SELECT asked.id::text, output.state, output.holder, output.receiver, output.at
  FROM unnest(%(names)s::text[]::uuid[], %(serials)s::text[]) AS asked (id, serial)
  JOIN supplychain_packname name ON name.id = asked.id
  CROSS JOIN LATERAL (
    SELECT stream_id, holding FROM supplychain_pack
     WHERE stream_id = name.stream_id AND serial = asked.serial OFFSET 0) AS pack
  JOIN supplychain_output output
    ON output.stream_id = pack.stream_id AND output.holding = pack.holding
   AND output.spent_by IS NULL""",
)

# In the order of the index; where there are %(serials)s, only what stands behind all of them.
_NEXT = """
SELECT pack.serial FROM supplychain_pack AS pack
 WHERE pack.stream_id = %(stream)s AND pack.holding = (
       SELECT holding FROM supplychain_output
        WHERE stream_id = %(stream)s AND entry_id = %(entry)s AND n = %(n)s AND spent_by IS NULL)
   AND (pack.container, pack.serial) > (
       SELECT coalesce(max(container), ''), coalesce(max(serial), '') FROM supplychain_pack
        WHERE stream_id = %(stream)s AND serial = ANY(%(serials)s))
   AND pack.serial <> ALL(%(besides)s)
 ORDER BY pack.container, pack.serial LIMIT %(count)s"""


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack, its lot, and the output that it is in: for lists and answers, never for a verdict."""

    pack: Pack
    lot: LotLine
    state: str
    holder: str
    receiver: str
    container: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The state of the output that a pack is in, who has it and who gets it, and since when."""

    state: str
    holder: str
    receiver: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SaltedPack:
    """A pack of a lot, the salt (hex) that makes its key, and the output that it is in."""

    serial: str
    salt: str
    output: str
    state: str
    container: str


@dataclass(frozen=True, slots=True)
class Place:
    """The unused output that a pack is in."""

    ref: OutputRef
    holder: str
    state: str


def holding_of(ref: OutputRef) -> UUID:
    """What stands for an output that brought packs where they are."""
    return stream_id(f"output:{ref}")


def name_of(pack: Pack) -> UUID:
    """What stands for a pack among all that were ever born: the first half of a SHA-256."""
    return UUID(name_text(pack))


def name_text(pack: Pack) -> str:
    """The same as text: of many thousand packs the numbers are never needed."""
    digits = sha256(f"pack:{pack}".encode()).hexdigest()[:32]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def births_of(packs: Iterable[Pack]) -> dict[Pack, UUID]:
    """The lots (as streams) that packs were born under; those that never were are left out."""
    names = {name_text(pack): pack for pack in packs}
    with connection.cursor() as cursor:
        cursor.execute(_BORN, [list(names)])
        return {names[name]: stream for name, stream in cursor.fetchall()}


def born_before(packs: Iterable[Pack]) -> list[Pack]:
    """Those of the packs that were born already, under whatever lot."""
    return sorted(births_of(packs))


def pack_secret(stream: UUID) -> bytes | None:
    """The secret of the lot's packs; None where the lot has no serial numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM supplychain_packsecret WHERE stream_id = %s", [stream])
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def first_here(here: Mapping[bytes, bytes], load: Load) -> Load:
    """A reader of nodes that are here already, and then of those that are not."""

    def read(hashes: Collection[bytes]) -> Mapping[bytes, bytes]:
        found = {one: here[one] for one in hashes if one in here}
        away = [one for one in hashes if one not in found]
        return found | dict(load(away)) if away else found

    return read


def nodes_of(stream: UUID) -> Load:
    """A reader of the kept nodes of the lot's sets."""

    def load(hashes: Collection[bytes]) -> Mapping[bytes, bytes]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT hash, node FROM supplychain_packnode"
                " WHERE stream_id = %s AND hash = ANY(%s::bytea[])",
                [str(stream), list(hashes)],
            )
            return {bytes(key): bytes(node) for key, node in cursor.fetchall()}

    return load


def memberships(
    stream: UUID, packs: Iterable[Pack], roots: Mapping[OutputRef, Subset]
) -> Callable[[Pack], Shown]:
    """What the kept nodes show of packs and the sets of these outputs; nothing where they fail.

    Each set is walked once for all of them, however many outputs have it.
    """
    secret = pack_secret(stream)
    keys = {} if secret is None else {pack: pack.key(secret) for pack in packs}
    tree = _tree(stream, roots.values(), list(keys.values()))

    @cache
    def members(root: Subset) -> frozenset[bytes] | None:
        try:
            return frozenset(tree.present(root, keys.values()))
        except LedgerError:
            return None

    def of(pack: Pack) -> Shown:
        def shown(ref: OutputRef) -> Membership | None:
            found = members(roots[ref]) if ref in roots and pack in keys else None
            if found is None:
                return None
            return Membership(roots[ref].hash, roots[ref].size, keys[pack] in found)

        return shown

    return of


def _tree(stream: UUID, roots: Collection[Subset], keys: Sequence[bytes]) -> SetTree:
    """The kept nodes, with what is on the ways to these keys read at once: for one in one query."""
    if len(keys) == 1:
        return SetTree(first_here(_on_the_way(stream, roots, keys[0]), nodes_of(stream)))
    tree = SetTree(nodes_of(stream))
    with suppress(LedgerError):  # of a node that is damaged is told where it is wanted
        tree.fetch(set(roots), sorted(keys))
    return tree


def _on_the_way(stream: UUID, roots: Iterable[Subset], key: bytes) -> dict[bytes, bytes]:
    """The nodes on the ways from these roots to a key, in one query."""
    rows = _WAY.rows({"stream": stream, "roots": [root.hash for root in roots], "key": key})
    return {bytes(one): bytes(node) for one, node in rows}


def places_of(stream: UUID, serials: Iterable[Serial]) -> dict[Serial, Place]:
    """Where packs of a lot are; those that are not of it, or not to be found, are left out."""
    named = {str(one): one for one in serials}
    found = _by_place(stream, list(named))
    return {named[serial]: place for place, some in found for serial in some}


def outputs_with(stream: UUID, serials: Iterable[Serial]) -> list[OutputRef]:
    """The unused outputs that packs of a lot are in, sorted."""
    return sorted(place.ref for place, _ in _by_place(stream, [str(one) for one in serials]))


def _by_place(stream: UUID, serials: list[str]) -> list[tuple[Place, list[str]]]:
    return [
        (Place(OutputRef(entry_id, n), holder, state), some)
        for entry_id, n, holder, state, some in _PLACES.rows({"stream": stream, "serials": serials})
    ]


def packs_with(gln: str, lot: LotKey) -> list[SaltedPack]:
    """The packs of a lot that are with a party, or on the way to it or from it, by serial."""
    stream = stream_id(lot.stream)
    secret = pack_secret(stream)
    mine = Q(holder=gln) | Q(receiver=gln)
    outputs = Output.objects.filter(mine, stream_id=stream, spent_by__isnull=True)
    there = {row.holding: row for row in outputs if row.holding}
    rows = Row.objects.filter(stream_id=stream, holding__in=there).order_by("serial")
    return [
        SaltedPack(
            serial=row.serial,
            salt=Pack(lot.gtin, Serial(row.serial)).salt(secret or b"").hex(),
            output=f"{there[row.holding].entry_id}#{there[row.holding].n}",
            state=there[row.holding].state,
            container=row.container,
        )
        for row in rows
    ]


def serials_in(stream: UUID, ref: OutputRef) -> list[Serial]:
    """The packs in an unused output, sorted."""
    output = Output.objects.filter(
        stream_id=stream, entry_id=ref.entry_id, n=ref.n, spent_by__isnull=True
    )
    holdings = [one for one in output.values_list("holding", flat=True) if one]
    rows = Row.objects.filter(stream_id=stream, holding__in=holdings).order_by("serial")
    return [Serial(serial) for serial in rows.values_list("serial", flat=True)]


def packs_after(
    stream: UUID, ref: OutputRef, serials: Collection[Serial], count: int
) -> list[Serial]:
    """So many other packs of an unused output, those that are packed or numbered behind these.

    In the order of containers, then serials; after the last one comes the first. Fewer where there
    are no more.
    """
    named = [str(one) for one in serials]
    asked: dict[str, Any] = {"stream": stream, "entry": ref.entry_id, "n": ref.n}
    found: list[str] = []
    with connection.cursor() as cursor:
        for behind in (named, []):
            wanted = {"serials": behind, "besides": named + found, "count": count - len(found)}
            cursor.execute(_NEXT, asked | wanted)
            found += [serial for (serial,) in cursor.fetchall()]
    return [Serial(serial) for serial in found]


def pack_line(gtin: Gtin, serial: Serial) -> PackLine | None:
    """The pack of this product and serial; None where none was born, or its rows are lost."""
    pack = Pack(gtin, serial)
    name = PackName.objects.filter(id=name_of(pack)).first()
    if name is None:
        return None
    row = Row.objects.filter(stream_id=name.stream_id, serial=str(serial)).first()
    lot = lot_lines((name.stream_id,)).get(name.stream_id)
    if row is None or lot is None:
        return None
    unused = Output.objects.filter(stream_id=name.stream_id, spent_by__isnull=True)
    output = unused.filter(holding=row.holding).first()
    if output is None:
        return None
    return PackLine(
        pack=pack,
        lot=lot,
        state=output.state,
        holder=output.holder,
        receiver=output.receiver,
        container=row.container,
        since=output.at,
    )


def whereabouts(packs: Iterable[Pack]) -> dict[Pack, Whereabouts]:
    """Where packs are by their rows alone; one that was not born, or its rows lost, is left out."""
    names = {name_text(pack): pack for pack in packs}
    serials = [str(pack.serial) for pack in names.values()]
    rows = _STAYS.rows({"names": list(names), "serials": serials})
    return {names[name]: Whereabouts(*row) for name, *row in rows}


def is_serialised(stream: UUID) -> bool:
    """Whether the lot was born with serial numbers."""
    return PackSecret.objects.filter(stream_id=stream).exists()
