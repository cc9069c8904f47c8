"""Statements that are planned once: that they are, and that the one plan is good for any value."""

from typing import Any

from django.db import connection
from pytest_django import Settings

from ledger.appending import _READ, _asked
from ledger.proofs import evidence_of_outputs
from tests.ledger.world import LOT, World
from tests.vectors.world import output

STREAMS, ENTRIES = 12, 8


def prepared() -> dict[str, tuple[int, int]]:
    """How often each statement of this session ran by a plan for any values, and by another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        return {name: (generic, custom) for name, generic, custom in cursor.fetchall()}


def test_an_append_is_read_for_by_a_plan_that_is_kept(world: World) -> None:
    world.append(world.entry())
    generic, custom = prepared()["ledger_read"]
    for _ in range(7):
        world.append(world.entry())
    assert prepared()["ledger_read"] == (generic + 7, custom)
    assert custom == 0


def test_behind_a_pooler_nothing_is_prepared(world: World, settings: Settings) -> None:
    settings.DATABASE_PREPARED = False
    before = prepared()
    first = world.entry()
    world.append(first, world.after(first))
    world.append(first)
    assert prepared() == before


def test_no_stream_is_read_through_for_one_entry(world: World) -> None:
    for number in range(STREAMS):
        entries = [world.entry(f"lot:09506000134352/L{number}") for _ in range(ENTRIES)]
        world.append(*entries)
    entry = world.after(entries[0])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry, ledger_outputuse, ledger_key, ledger_party")
        asked = _asked(entry.statement.stream, [entry])
        keep, _, execute = _READ.text(cursor, asked).rpartition("; ")
        cursor.execute(f"{keep}; EXPLAIN (ANALYZE, FORMAT JSON) {execute}")
        (plan,) = cursor.fetchone() or ([],)
    assert thrown_away(plan) == 0


def test_evidence_about_outputs_is_read_for_by_plans_that_are_kept(world: World) -> None:
    world.admit_operator()
    born = world.entry(creates=2)
    world.log_all(born, world.after(born), world.after(born, output=1))
    world.index()
    evidence_of_outputs(LOT, [output(born, 1)])
    before = prepared()
    evidence_of_outputs(LOT, [output(born, 1)])
    ran = {name: plans for name, plans in prepared().items() if plans != before[name]}
    assert {"stored", "places", "registry_listed", "index_pages"} <= ran.keys()
    assert all(custom == before[name][1] for name, (_, custom) in ran.items())


def test_behind_a_pooler_evidence_is_the_same(world: World, settings: Settings) -> None:
    born = world.entry(creates=2)
    world.log_all(born, world.after(born))
    first = evidence_of_outputs(LOT, [output(born)])
    settings.DATABASE_PREPARED = False
    before = prepared()
    assert evidence_of_outputs(LOT, [output(born)]) == first
    assert prepared() == before


def thrown_away(plan: Any) -> int:
    """How many rows the plan reads for nothing."""
    if isinstance(plan, list):
        return sum(map(thrown_away, plan))
    if not isinstance(plan, dict):
        return 0
    mine = sum(number for name, number in plan.items() if name.startswith("Rows Removed"))
    return int(mine) + sum(map(thrown_away, plan.values()))
