"""What stands of a lot in the tables: a fixed number of queries however many entries are judged.

These rows are a projection of the entries. They are read under the lock of the lot's stream.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import LotState
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.lots import Expiry, Lot, LotKey
from supplychain.domain.outputs import Output, State
from supplychain.domain.parties import Party, Role
from supplychain.domain.products import Product
from supplychain.domain.profiles import PROFILES
from supplychain.domain.recalls import Flags, Hold, Recall

_LOT_AND_FLAGS = """
SELECT lot.name, lot.strength, lot.form, lot.profile, lot.expiry, lot.expiry_zone,
       lot.quantity, lot.maker, lot.registered_at,
       flag.kind, flag.entry_id, flag.by, flag.recall_class, flag.reason, flag.at
  FROM supplychain_lot lot
  LEFT JOIN supplychain_flag flag
         ON flag.stream_id = lot.stream_id AND flag.lifted_by IS NULL
 WHERE lot.stream_id = %s
 ORDER BY flag.number
"""
_OUTPUTS = """
SELECT entry_id, n, state, quantity, holder, at, receiver, dispatch, dispatched_at, shipment
  FROM supplychain_output
 WHERE stream_id = %s AND entry_id = ANY(%s) AND spent_by IS NULL
"""
_PARTIES = """
SELECT gln, name, roles, prefixes, country FROM supplychain_organisation WHERE gln = ANY(%s)
"""

Row = tuple[Any, ...]


@dataclass(slots=True)
class Standing:
    """A lot's state, the shipment that each of its outputs belongs to, and the parties named."""

    state: LotState
    shipments: dict[OutputRef, str] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)


def standing(
    stream: UUID, key: LotKey, consumes: Iterable[OutputRef], named: Collection[str]
) -> Standing:
    """What stands of the lot now; of its outputs only those of the entries that are consumed."""
    facts = _rows(_LOT_AND_FLAGS, stream)
    sources = sorted({ref.entry_id for ref in consumes})
    outputs = _rows(_OUTPUTS, stream, sources) if facts and sources else []
    parties = _rows(_PARTIES, sorted(named)) if named else []
    return Standing(
        state=LotState(
            lot=_lot(key, facts[0]) if facts else None,
            outputs={OutputRef(row[0], row[1]): _output(row) for row in outputs},
            flags=_flags(facts),
        ),
        shipments={OutputRef(row[0], row[1]): row[9] for row in outputs},
        parties={str(party.gln): party for party in map(_party, parties)},
    )


def _rows(sql: str, *parameters: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _lot(key: LotKey, row: Row) -> Lot:
    name, strength, form, profile, expiry, zone, quantity, maker, born_at = row[:9]
    return Lot(
        key=key,
        product=Product(key.gtin, name, strength, form, profile),
        expiry=Expiry(expiry, zone),
        quantity=quantity,
        maker=Gln(maker),
        monitored=PROFILES[profile].monitored,
        born_at=born_at,
    )


def _flags(rows: Iterable[Row]) -> Flags:
    flags = Flags()
    for kind, entry_id, by, recall_class, reason, at in (row[9:] for row in rows):
        if kind == "recall":
            flags = flags.recalled(Recall(entry_id, Gln(by), RecallClass(recall_class), reason, at))
        elif kind == "hold":
            flags = flags.held(Hold(entry_id, Gln(by), reason, at))
    return flags


def _output(row: Row) -> Output:
    _, _, state, quantity, holder, at, receiver, dispatch, dispatched_at, _ = row
    return Output(
        state=State(state),
        holder=Gln(holder),
        quantity=quantity,
        made_at=at,
        to=Gln(receiver) if receiver else None,
        dispatch=dispatch or None,
        dispatched_at=dispatched_at,
    )


def _party(row: Row) -> Party:
    gln, name, roles, prefixes, country = row
    return Party(Gln(gln), name, frozenset(map(Role, roles)), tuple(prefixes), country)
