"""A pack is found row by row, also while the database knows nothing of a new and large lot."""

from typing import Any

import pytest
from django.db import connection

from ledger.core.entry import stream_id
from supplychain.domain.packs import Pack
from supplychain.queries.packs import _STAYS, name_of, places_of, whereabouts
from tests.stages import MAKES, Stage, a_lot, serials

LOT = a_lot("NEW")
ALL = serials(*range(600))
TABLE = "supplychain_pack"


@pytest.fixture
def _new_lot(stage: Stage) -> None:
    stage.register(LOT, len(ALL), packs=ALL)


def most_read(sql: str, values: dict[str, Any]) -> int:
    """How many rows of packs one look reads at most."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as where the tables are large
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone() or ([],)
    return max(looks(plan))


def looks(plan: Any) -> list[int]:
    if isinstance(plan, list):
        return [rows for part in plan for rows in looks(part)]
    if not isinstance(plan, dict):
        return []
    found = [rows for part in plan.values() for rows in looks(part)]
    if plan.get("Relation Name") == TABLE:
        found.append(int(plan["Actual Rows"]) + int(plan.get("Rows Removed by Filter", 0)))
    return found


@pytest.mark.usefixtures("_new_lot")
def test_where_a_pack_is_is_read_without_the_others_of_its_lot() -> None:
    pack = Pack(LOT.gtin, ALL[7])
    asked = {"names": [str(name_of(pack))], "serials": [str(pack.serial)]}
    assert most_read(_STAYS.sql, asked) == 1
    assert whereabouts([pack])[pack].holder == MAKES


@pytest.mark.usefixtures("_new_lot")
def test_where_packs_are_is_planned_for_the_packs_that_are_asked_about() -> None:
    """A plan that is kept was made while there were none, and reads all of a lot for one."""
    before = prepared()
    assert places_of(stream_id(LOT.stream), ALL[:3]).keys() == set(ALL[:3])
    assert prepared() == before


def prepared() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}
