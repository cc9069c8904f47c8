"""What a superuser could do to the database, for tests that do it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO

from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations

_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE tgname LIKE 'ledger\\_%' AND NOT tgisinternal ORDER BY 1, 2
"""


@contextmanager
def triggers_off() -> Iterator[None]:
    """Let the tables of the ledger be changed, in one transaction; foreign keys sleep as well.

    The triggers are on again afterwards; when something fails inside, all of it is rolled back.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGERS)
            triggers = cursor.fetchall()
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        yield
        with connection.cursor() as cursor:
            for table, trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
            cursor.execute("SET LOCAL session_replication_role = origin")


def tamper(sql: str, parameters: Sequence[object] = ()) -> int:
    """Run one statement as such a superuser; returns how many rows it changed."""
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)  # type: ignore[arg-type]  # any value that psycopg2 takes
        return int(cursor.rowcount)


def take_out(entry_id: str) -> None:
    """Take an entry out of every table of the ledger, as a superuser would who hides it."""
    for table in ("entry", "leaf", "inbox"):
        tamper(f"DELETE FROM ledger_{table} WHERE entry_id = %s", [entry_id])
    tamper("DELETE FROM ledger_outputuse WHERE used_by = %s", [entry_id])
    tamper(
        "UPDATE ledger_stream s SET entries ="
        " (SELECT count(*) FROM ledger_entry e WHERE e.stream_id = s.stream_id)"
    )


def rows_of(*apps: str) -> dict[str, str]:
    """All rows of the tables of these apps, as PostgreSQL copies them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.split("_")[0] in apps:
                out = StringIO()
                cursor.copy_expert(f'COPY "{table}" TO STDOUT', out)
                found[table] = out.getvalue()
    return {table: rows for table, rows in found.items() if rows}


def put_rows(rows: Mapping[str, str]) -> None:
    """Put rows back into empty tables; what they refer to may come after them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, lines in rows.items():
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', StringIO(lines))
        cursor.execute("SET LOCAL session_replication_role = origin")


def let_flush_truncate() -> Callable[[], None]:
    """Let Django empty the tables after a test that committed; returns what undoes this."""
    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        with triggers_off():
            original(self, sql_list)

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]

    def undo() -> None:
        DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]

    return undo
