"""What stands of a lot in the tables: one query however many entries are judged.

These rows are a projection of the entries. They are read under the lock of the lot's stream.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.core.links import OutputRef
from ledger.prepared import Prepared
from supplychain.domain.identifiers import Gln
from supplychain.domain.loads import Load
from supplychain.domain.lot_state import LotState
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.lots import Expiry, Lot, LotKey
from supplychain.domain.outputs import Output, State
from supplychain.domain.parties import Party, Role
from supplychain.domain.products import Product
from supplychain.domain.recalls import Flags, Hold, Recall
from supplychain.domain.spent import Spent
from supplychain.queries.profiles import profile_of
from supplychain.recording.descent import inherited

# One journey to the database instead of four. Whatever has no column of its own is among `words`.
# Outputs are found by their key before it is asked whether they are spent: planned for any values,
# a partial index on the unspent ones would look cheap, and all of them would be read.
_SQL = Prepared(
    "standing",
    """
SELECT 'lot', entry_id, 0, quantity, registered_at, NULL::timestamptz, expiry,
       ARRAY[name, strength, form, profile, expiry_zone, maker, extended_from::text]::text[]
  FROM supplychain_lot WHERE stream_id = %(stream)s
UNION ALL
SELECT 'flag', entry_id, 0, number, at, NULL, NULL,
       ARRAY[kind, by, recall_class, reason]
  FROM supplychain_flag WHERE stream_id = %(stream)s AND lifted_by IS NULL
UNION ALL
SELECT 'output', entry_id, n, quantity, at, coalesce(dispatched_at, ended_at), NULL,
       ARRAY[state, holder, receiver, dispatch, shipment, packs, holding::text, sent_back, way,
             questions, unchecked::text, spent, load]
  FROM unnest(%(sources)s::text[]) AS source (id), LATERAL (
    SELECT * FROM supplychain_output
     WHERE stream_id = %(stream)s AND entry_id = source.id OFFSET 0) AS output
 WHERE spent_by IS NULL
UNION ALL
SELECT 'descent', ancestor::text, 0, 0, NULL, NULL, NULL, NULL
  FROM supplychain_descent WHERE stream_id = %(stream)s
UNION ALL
SELECT 'party', gln, cardinality(roles), 0, NULL, NULL, NULL,
       ARRAY[name, country]::text[] || roles::text[] || prefixes::text[]
  FROM supplychain_organisation WHERE gln = ANY(%(named)s::text[])
""",
)

Row = tuple[Any, ...]


@dataclass(slots=True)
class Standing:
    """A lot's state, the shipment and the holding of each of its outputs, and the parties named."""

    state: LotState
    shipments: dict[OutputRef, str] = field(default_factory=dict)
    holdings: dict[OutputRef, UUID] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)


def standing(
    stream: UUID, key: LotKey, consumes: Iterable[OutputRef], named: Collection[str]
) -> Standing:
    """What stands of the lot now; of its outputs only those of the entries that are consumed."""
    sources = {ref.entry_id for ref in consumes}
    rows = _rows({"stream": stream, "sources": list(sources), "named": list(named)})
    outputs = {OutputRef(row[1], row[2]): row for row in rows["output"]}
    return Standing(
        state=LotState(
            lot=_lot(key, rows["lot"][0]) if rows["lot"] else None,
            outputs={ref: _output(row) for ref, row in outputs.items()},
            flags=_flags(rows["flag"]),
            inherited=inherited(stream) if rows["descent"] else Flags(),
        ),
        shipments={ref: row[7][4] for ref, row in outputs.items()},
        holdings={ref: UUID(row[7][6]) for ref, row in outputs.items() if row[7][6]},
        parties={row[1]: _party(row) for row in rows["party"]},
    )


def _rows(parameters: dict[str, Any]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {
        "lot": [],
        "flag": [],
        "output": [],
        "descent": [],
        "party": [],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL.text(cursor, parameters))
        for row in cursor.fetchall():
            rows[row[0]].append(row)
    return rows


def _lot(key: LotKey, row: Row) -> Lot:
    _, _, _, quantity, born_at, _, expiry, words = row
    name, strength, form, profile, zone, maker, extended_from = words
    return Lot(
        key=key,
        product=Product(key.gtin, name, strength, form, profile),
        expiry=Expiry(expiry, zone),
        quantity=quantity,
        maker=Gln(maker),
        monitored=profile_of(profile).monitored,
        born_at=born_at,
        extended_from=date.fromisoformat(extended_from) if extended_from else None,
    )


def _flags(rows: Iterable[Row]) -> Flags:
    flags = Flags()
    for _, entry_id, _, _, at, _, _, words in sorted(rows, key=lambda row: int(row[3])):
        kind, by, recall_class, reason = words
        if kind == "recall":
            flags = flags.recalled(Recall(entry_id, Gln(by), RecallClass(recall_class), reason, at))
        else:
            flags = flags.held(Hold(entry_id, Gln(by), reason, at))
    return flags


def _output(row: Row) -> Output:
    _, _, _, quantity, at, sent_or_ended_at, _, words = row
    state, holder, receiver, dispatch, _, packs, _, sent_back, way, *rest = words
    questions, unchecked, spent, load = rest
    return Output(
        state=State(state),
        holder=Gln(holder),
        quantity=quantity,
        made_at=at,
        to=Gln(receiver) if receiver else None,
        dispatch=dispatch or None,
        dispatched_at=None if State(state).final else sent_or_ended_at,
        ended_at=sent_or_ended_at if State(state).final else None,
        sent_back=State(sent_back) if sent_back else None,
        packs=packs or None,
        unchecked=unchecked == "true",
        questions=frozenset(questions.split(",")) if questions else frozenset(),
        spent=Spent.parse(spent),
        load=Load.parse(load),
        way=tuple(frozenset(map(Gln, givers.split(","))) for givers in way.split("/") if givers),
    )


def _party(row: Row) -> Party:
    _, gln, roles, _, _, _, _, words = row
    name, country, *rest = words
    return Party(Gln(gln), name, frozenset(map(Role, rest[:roles])), tuple(rest[roles:]), country)
