"""The database itself refuses to forget, and its tables keep the rules for growing."""

from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from ledger.models import Attachment, Checkpoint, Entry, Leaf, OutputUse, Tile
from tests.database import tamper
from tests.ledger.world import World, a_file

MODELS = list(apps.get_app_config("ledger").get_models())
DISTRIBUTED = [model for model in MODELS if model.placement == "distributed"]  # type: ignore[attr-defined]  # our models have it
EVIDENCE = [Entry, OutputUse, Attachment, Leaf, Checkpoint]


@pytest.fixture
def full(world: World) -> World:
    """A world with a row in every table of evidence."""
    first = world.entry(attachments=(a_file(b"cold"),))
    world.log_all(first, world.after(first))
    return world


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", [*EVIDENCE, Tile], ids=lambda model: model.__name__)
@pytest.mark.parametrize("deed", ["DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_evidence_can_not_be_taken_away(model: type[models.Model], deed: str) -> None:
    with pytest.raises(IntegrityError, match="refused"):
        execute(deed.format(model._meta.db_table))


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("model", EVIDENCE, ids=lambda model: model.__name__)
def test_evidence_can_not_be_changed(model: type[models.Model]) -> None:
    column = "note" if model is Checkpoint else "stream_id"
    with pytest.raises(IntegrityError, match="refused"):
        execute(f"UPDATE {model._meta.db_table} SET {column} = {column}")


@pytest.fixture
def an_index(db: None) -> None:
    """A row in each table of an index that was signed."""
    del db
    execute(
        "INSERT INTO ledger_indexepoch VALUES (7, 1, sha256('r'), repeat('a', 64), '2026-03-02Z');"
        "INSERT INTO ledger_indexpage VALUES (7, 0, sha256('k'), repeat('l', 80)::bytea, '',"
        " gen_random_uuid());"
        "INSERT INTO ledger_indextile VALUES (7, 1, 0, sha256('h'), gen_random_uuid())"
    )


@pytest.mark.usefixtures("an_index")
@pytest.mark.parametrize("deed", ["DELETE FROM {0}", "TRUNCATE {0}", "UPDATE {0} SET keys = keys"])
def test_which_index_was_signed_is_kept_for_ever(deed: str) -> None:
    with pytest.raises(IntegrityError, match="refused"):
        execute(deed.format("ledger_indexepoch"))


@pytest.mark.usefixtures("an_index")
@pytest.mark.parametrize("table", ["ledger_indexpage", "ledger_indextile"])
def test_a_page_of_an_index_is_written_once_and_may_go(table: str) -> None:
    with pytest.raises(IntegrityError, match="refused"):
        execute(f"UPDATE {table} SET number = number")
    execute(f"DELETE FROM {table}")


@pytest.mark.usefixtures("full")
def test_a_replica_is_refused_as_well() -> None:
    with pytest.raises(IntegrityError, match="refused"):
        execute("SET LOCAL session_replication_role = replica; DELETE FROM ledger_entry")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "hashes",
    ["substring(hashes FROM 1 FOR 32)", "hashes", "reverse(hashes) || hashes", "hashes || 'x'"],
    ids=["shorter", "the same", "another beginning", "part of a hash"],
)
def test_a_tile_only_grows_on_its_right(hashes: str) -> None:
    hashes = hashes.replace("reverse(hashes)", "sha256(hashes)")
    with pytest.raises(IntegrityError):
        execute(f"UPDATE ledger_tile SET hashes = {hashes}")


@pytest.mark.usefixtures("full")
def test_a_tile_does_not_move() -> None:
    with pytest.raises(IntegrityError):
        execute("UPDATE ledger_tile SET number = 7, hashes = hashes || sha256('')")


@pytest.mark.usefixtures("full")
def test_a_tile_holds_256_hashes_and_no_more() -> None:
    execute("UPDATE ledger_tile SET hashes = hashes || repeat('x', 252 * 32)::bytea")
    with pytest.raises(IntegrityError):
        execute("UPDATE ledger_tile SET hashes = hashes || sha256('')")


@pytest.mark.usefixtures("full")
def test_the_triggers_are_on_again_after_a_test_has_tampered() -> None:
    assert tamper("UPDATE ledger_entry SET type = 'thing.unsaid'") == 4
    with pytest.raises(IntegrityError, match="refused"):
        execute("UPDATE ledger_entry SET type = 'thing.said'")


@pytest.mark.usefixtures("full")
def test_an_output_of_no_entry_can_not_be_used_up() -> None:
    stream = UUID(int=1)
    with pytest.raises(IntegrityError):
        execute(f"INSERT INTO ledger_outputuse VALUES ('{stream}', 'a', 0, 'b')")


def test_every_table_says_where_it_lives() -> None:
    assert {model.placement for model in MODELS} == {"distributed", "reference", "local"}  # type: ignore[attr-defined]  # our models have it


@pytest.mark.django_db
@pytest.mark.parametrize("model", DISTRIBUTED, ids=lambda model: model.__name__)
def test_the_stream_is_part_of_every_key_of_a_distributed_table(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, array_agg(a.attname::text) FROM pg_index i"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indrelid = %s::regclass AND i.indisunique GROUP BY 1",
            [model._meta.db_table],
        )
        keys = cursor.fetchall()
    assert keys
    assert [name for name, columns in keys if "stream_id" not in columns] == []


@pytest.mark.django_db
def test_foreign_keys_are_checked_at_once_and_stay_on_their_floor() -> None:
    tables = {model._meta.db_table: model.placement for model in MODELS}  # type: ignore[attr-defined]  # our models have it
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text, condeferrable"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [list(tables)],
        )
        keys = cursor.fetchall()
    allowed = {("distributed", "distributed"), ("distributed", "reference")}
    allowed |= {("reference", "reference")}
    assert {(tables[source], tables[target]) for source, target, _ in keys} <= allowed
    assert not any(deferrable for _, _, deferrable in keys)


@pytest.mark.django_db
def test_no_distributed_table_draws_numbers_from_a_sequence() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_name = ANY(%s)"
            " AND (is_identity = 'YES' OR column_default IS NOT NULL)",
            [[model._meta.db_table for model in DISTRIBUTED]],
        )
        assert cursor.fetchall() == []
