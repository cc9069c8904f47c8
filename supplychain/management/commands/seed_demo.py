"""Fill an empty installation with the demonstration, by the same services that people use."""

import json
import logging
import secrets
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import inbox, signers
from ledger.lease import LeaseHeld
from ledger.management.commands.sequence import make_sequencer
from ledger.sequencing import Sequencer
from supplychain.demo.playing import FILE, Play

WAIT_S_MAX = 20.0
POLL_S = 0.1


class Command(BaseCommand):
    """Does nothing where the demonstration has been played."""

    help = "Make the demonstration's parties, people, lots and troubles; --print says what to scan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to say what there is."""
        parser.add_argument(
            "--print", action="store_true", dest="show", help="print log-ins and codes to scan"
        )

    def handle(self, *, show: bool, **_options: object) -> None:
        """Play once, and print as often as asked."""
        file = Path(settings.VAR_DIR) / FILE
        if not file.exists():
            self._play(file)
        if show:
            self.stdout.write(as_text(json.loads(file.read_text(encoding="utf-8"))))

    def _play(self, file: Path) -> None:
        try:
            authority = signers.authority_signer()
            sequencer = make_sequencer()
        except signers.KeysMissing as missing:
            raise CommandError(f"{missing} Run `manage.py make_keys` first.") from missing
        play = Play(
            now=datetime.now(UTC).replace(microsecond=0),
            authority=authority,
            chance=secrets.token_bytes,
            log=lambda: log_all(sequencer),
            file=file,
            say=self.stdout.write,
        )
        logging.disable(logging.CRITICAL)  # the vandal's alarms are part of the play
        try:
            play.perform()
        finally:
            logging.disable(logging.NOTSET)
            sequencer.release()


def log_all(sequencer: Sequencer) -> None:
    """Log what was accepted, or wait for the sequencer that is at work already."""
    try:
        while sequencer.step():
            pass
    except LeaseHeld:
        end = time.monotonic() + WAIT_S_MAX
        while inbox.has_arrivals() and time.monotonic() < end:
            time.sleep(POLL_S)


def as_text(demo: dict[str, Any]) -> str:
    """Log-ins and codes as two tables for a terminal."""
    lines = ["", "Log in as (password for all: " + demo["logins"][0]["password"] + ")"]
    lines += [f"  {one['user']:<9}{one['who']:<28}{one['role']}" for one in demo["logins"]]
    lines += ["", "Scan, as the person named first (- is anybody)"]
    for one in demo["codes"]:
        code = one["bracketed"] or one["code"]
        lines.append(f"  {one['as'] or '-':<7}{one['expected']:<13}{one['label']:<34}{code}")
    return "\n".join([*lines, ""])
