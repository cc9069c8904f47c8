"""Give a database role what the application needs, and nothing that would rewrite evidence."""

from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction

# What is evidence is read and added to; a tile may grow, which its trigger watches.
_ADDED_TO = (
    "entry", "outputuse", "attachment", "leaf", "checkpoint", "cosignature", "indexepoch",
)  # fmt: skip
_MAY = {f"ledger_{name}": "SELECT, INSERT" for name in _ADDED_TO}
_MAY |= {"ledger_tile": "SELECT, INSERT, UPDATE", "django_migrations": "SELECT"}
# Pages of an index are written once, and go when newer ones are there.
_MAY |= dict.fromkeys(("ledger_indexpage", "ledger_indextile"), "SELECT, INSERT, DELETE")
_MAY |= dict.fromkeys(
    (
        "supplychain_packname",
        "supplychain_packsecret",
        "supplychain_packnode",
        "supplychain_trackerbatch",
    ),
    "SELECT, INSERT",
)
_MAY |= {
    "supplychain_disclosureread": "SELECT, INSERT",
    "supplychain_disclosuregrant": "SELECT, INSERT, UPDATE",
}
_EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


class Command(BaseCommand):
    """To be run by the owner of the tables, after each migration."""

    help = "Let a role run the application: it may not change, delete or empty what is evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which role; the owner makes it with CREATE ROLE … LOGIN."""
        parser.add_argument("role")

    def handle(self, *, role: str, **_options: object) -> None:
        """All grants or none."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                raise CommandError(f"There is no role {role!r}: CREATE ROLE it first.")
            for grant in grants(connection.introspection.table_names(cursor)):
                cursor.execute(grant.format(role=connection.ops.quote_name(role)))
        self.stdout.write(f"{role} may run the application")


def grants(tables: list[str]) -> Iterator[str]:
    """The statements for these tables, with a place for the role."""
    yield "GRANT USAGE ON SCHEMA public TO {role}"
    yield "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for table in tables:
        yield f'REVOKE ALL ON "{table}" FROM {{role}}'
        yield f'GRANT {_MAY.get(table, _EVERYTHING)} ON "{table}" TO {{role}}'
