"""Acknowledge an alarm by name and reason, so that signing goes on."""

import getpass
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger import alarms


class Command(BaseCommand):
    """The alarm stays on record, audits go on naming what is wrong, and so do scans."""

    help = "Acknowledge the alarm of this number, or all about this entry, with a reason."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, why, and who."""
        parser.add_argument("which", help="the number of an alarm, or what it is about")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", default=None, help="a person's name; else the account's")

    def handle(self, *, which: str, reason: str, by: str | None, **_options: object) -> None:
        """Acknowledge and list."""
        if not reason.strip():
            raise CommandError("A reason has words.")
        who = by or getpass.getuser()
        found = alarms.acknowledge(which=which, by=who, reason=reason, at=datetime.now(UTC))
        if not found:
            raise CommandError(f"No alarm stands about {which!r} that nobody has acknowledged.")
        for alarm in found:
            self.stdout.write(f"acknowledged {alarm.pk}: {alarm}")
