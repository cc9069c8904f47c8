"""Run one of PostgreSQL's own programs against our database: psql, pg_dump and so on."""

import os
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser

from django.conf import settings
from django.core.management import BaseCommand, CommandError


class Command(BaseCommand):
    """Whether the database is the embedded one or another server's."""

    help = "Run a program of PostgreSQL: manage.py postgres pg_dump --format=custom --file=FILE"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The program and what it is to be told."""
        parser.add_argument("program")
        parser.add_argument("arguments", nargs=REMAINDER)

    def handle(self, *, program: str, arguments: list[str], **_options: object) -> None:
        """Where the server is goes through the environment, which other accounts cannot read."""
        path = settings.POSTGRES_BINARIES / program
        if "/" in program or not path.exists():
            raise CommandError(f"there is no {program} in {settings.POSTGRES_BINARIES}")
        found = settings.DATABASES["default"]
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER"}
        names |= {"PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
        told = {name: str(found[ours]) for name, ours in names.items() if found.get(ours)}
        done = subprocess.run([path, *arguments], env={**os.environ, **told}, check=False)
        sys.exit(done.returncode)
