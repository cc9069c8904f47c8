"""Loads as the tables know them: units without serial numbers that are in containers now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.loads import Load
from supplychain.domain.lots import LotKey

# Every container that something was ever put into has a row for each lot: there it may be still.
_LOADED = """
SELECT lot.gtin, lot.lot, output.entry_id, output.n, output.holder, output.receiver, output.state,
       output.load
  FROM supplychain_output AS output
  JOIN supplychain_lot AS lot ON lot.stream_id = output.stream_id
 WHERE output.spent_by IS NULL AND output.load <> '' AND output.stream_id IN (
   SELECT stream_id FROM supplychain_container WHERE id = ANY(%s))
 ORDER BY lot.gtin, lot.lot, output.number, output.n"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An unused output of a lot of which something is packed."""

    lot: LotKey
    output: OutputRef
    holder: str
    receiver: str
    state: str
    load: Load


@dataclass(frozen=True, slots=True)
class PackedUnits:
    """Units of a lot directly in a container; `way` are that and those around it, outwards."""

    lot: LotKey
    units: int
    way: tuple[Container, ...]
    output: OutputRef
    holder: str
    receiver: str
    state: str

    @property
    def container(self) -> Container:
        """The one that they are directly in."""
        return self.way[0]


def loaded(containers: Iterable[Container]) -> list[Loaded]:
    """The outputs of which units may be in these containers, by lot and in order of arrival."""
    with connection.cursor() as cursor:
        cursor.execute(_LOADED, [[str(one) for one in containers]])
        return [_loaded(row) for row in cursor.fetchall()]


def _loaded(row: tuple[str, str, str, int, str, str, str, str]) -> Loaded:
    gtin, lot, entry_id, n, holder, receiver, state, load = row
    key = LotKey(Gtin(gtin), LotNumber(lot))
    return Loaded(key, OutputRef(entry_id, n), holder, receiver, state, Load.parse(load))


def units_directly_in(containers: Iterable[Container]) -> list[PackedUnits]:
    """The units in just these containers, and not in those inside them."""
    named = set(containers)
    return [
        PackedUnits(
            one.lot,
            one.load.units[container],
            one.load.way(container),
            one.output,
            one.holder,
            one.receiver,
            one.state,
        )
        for one in loaded(named)
        for container in sorted(named & one.load.units.keys())
    ]
