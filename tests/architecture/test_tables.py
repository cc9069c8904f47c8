"""The rules for tables, read from PostgreSQL's own catalogue.

So that the same models run on one server and, unchanged, on a cluster that spreads the
distributed tables by ``stream_id``. The numbers are those of docs/scale.md.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

PLACEMENTS = {"distributed", "reference", "local"}
LABELS = ("ledger", "supplychain")
Row = TypeVar("Row")
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text, conname, condeferrable,
           ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY AS k(n, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY place)::text[],
           ARRAY(SELECT attname FROM unnest(confkey) WITH ORDINALITY AS k(n, place)
                 JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY place)::text[]
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
UNIQUE_INDEXES = """
    SELECT indrelid::regclass::text, indexrelid::regclass::text,
           ARRAY(SELECT attname FROM unnest(indkey::int2[]) AS n
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = n)::text[]
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE indisunique AND relnamespace = 'public'::regnamespace"""
COLUMNS = """
    SELECT attrelid::regclass::text, attname::text, atttypid::regtype::text, attidentity::text,
           coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
      AND attnum > 0 AND NOT attisdropped"""


class ForeignKey(NamedTuple):
    child: str
    parent: str
    name: str
    deferrable: bool
    columns: list[str]
    parent_columns: list[str]


class UniqueIndex(NamedTuple):
    table: str
    name: str
    columns: list[str]


class Column(NamedTuple):
    table: str
    name: str
    type: str
    identity: str
    default: str


def our_models() -> Iterator[type[Model]]:
    for label in LABELS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def placements() -> dict[str, str]:
    return {model._meta.db_table: getattr(model, "placement", "") for model in our_models()}


def read(kind: Callable[..., Row], statement: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [kind(*row) for row in cursor.fetchall()]


def placed(table: str) -> str:
    """Where a table lives; Django's own tables are local."""
    return placements().get(table, "local")


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here reads the catalogue."""


def test_rule_1_each_model_says_where_it_lives() -> None:
    unplaced = {name for name, place in placements().items() if place not in PLACEMENTS}
    assert not unplaced


def test_rule_1_all_three_places_are_used() -> None:
    assert set(placements().values()) == PLACEMENTS


def test_rule_2_a_distributed_table_has_a_stream_id_that_is_derived() -> None:
    streams = {c.table: c for c in read(Column, COLUMNS) if c.name == "stream_id"}
    for table, place in placements().items():
        if place == "distributed":
            assert streams[table].type == "uuid", table
            assert streams[table].default == "", f"{table}: a stream_id is never drawn"


def test_rule_3_the_stream_is_part_of_every_unique_key_of_a_distributed_table() -> None:
    without = [
        index.name
        for index in read(UniqueIndex, UNIQUE_INDEXES)
        if placed(index.table) == "distributed" and "stream_id" not in index.columns
    ]
    assert not without


def test_rule_3_a_distributed_table_numbers_nothing_by_itself() -> None:
    counted = [
        f"{column.table}.{column.name}"
        for column in read(Column, COLUMNS)
        if placed(column.table) == "distributed"
        and (column.identity or "nextval" in column.default)
    ]
    assert not counted


def test_rule_4_foreign_keys_go_where_a_cluster_can_check_them() -> None:
    allowed = {
        ("distributed", "distributed"),
        ("distributed", "reference"),
        ("reference", "reference"),
        ("local", "reference"),
        ("local", "local"),
    }
    wrong = [
        key.name
        for key in read(ForeignKey, FOREIGN_KEYS)
        if (placed(key.child), placed(key.parent)) not in allowed
    ]
    assert not wrong


def test_rule_4_a_foreign_key_between_distributed_tables_carries_the_stream() -> None:
    for key in read(ForeignKey, FOREIGN_KEYS):
        if placed(key.child) == placed(key.parent) == "distributed":
            pairs = list(zip(key.columns, key.parent_columns, strict=True))
            assert ("stream_id", "stream_id") in pairs, key.name


def test_rule_4_a_distributed_table_checks_its_foreign_keys_at_once() -> None:
    later = [
        key.name
        for key in read(ForeignKey, FOREIGN_KEYS)
        if placed(key.child) == "distributed" and key.deferrable
    ]
    assert not later


def test_rule_4_no_model_relates_many_to_many() -> None:
    assert not [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.local_many_to_many
    ]


def sources(project: Path) -> Iterator[tuple[str, str]]:
    for root in LABELS:
        for file in sorted((project / root).rglob("*.py")):
            yield str(file.relative_to(project)), file.read_text().lower()


def test_rule_6_no_lock_belongs_to_a_session(project: Path) -> None:
    """A pooler gives one session's lock to two clients; a cluster has one for each node."""
    assert not [name for name, text in sources(project) if "advisory_lock" in text]


def test_rule_7_the_clock_of_the_database_is_never_asked(project: Path) -> None:
    clocks = ("now()", "current_timestamp", "clock_timestamp(", "statement_timestamp(")
    assert not [c for c in read(Column, COLUMNS) if any(clock in c.default for clock in clocks)]
    assert not [
        name
        for name, text in sources(project)
        if "on conflict" in text and any(clock in text for clock in clocks)
    ]


def test_rule_7_no_code_branches_on_the_name_of_a_constraint(project: Path) -> None:
    assert not [name for name, text in sources(project) if "constraint_name" in text]


def test_rule_8_entries_are_not_partitioned() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind::text FROM pg_class WHERE relname = 'ledger_entry'")
        assert cursor.fetchone() == ("r",)
