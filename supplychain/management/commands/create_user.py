"""Give a person a log-in with one organisation."""

import os
from argparse import ArgumentParser
from getpass import getpass

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.queries.people import ROLES
from supplychain.services.create_user import create_user


class Command(BaseCommand):
    """The password is asked for, or taken from the environment: never an argument."""

    help = "Make a person who may enter the desk of an organisation (password: PASSWORD or asked)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, where, and as what."""
        parser.add_argument("name")
        parser.add_argument("--party", required=True, help="the organisation's GLN")
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--email", default="")

    def handle(self, *, name: str, party: str, role: str, email: str, **_options: object) -> None:
        """Ask for the password and make the person."""
        password = os.environ.get("PASSWORD") or getpass(f"Password of {name}: ")
        try:
            create_user(name=name, password=password, email=email, party=party, role=role)
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"made {name}, {role} at {party}")
