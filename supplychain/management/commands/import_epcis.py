"""Take over what a partner's EPCIS file says of lots."""

import secrets
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from ledger.core.errors import LedgerError
from supplychain.recording.import_reports import EventReport, as_csv, as_json
from supplychain.recording.import_source import OnError
from supplychain.services.import_epcis import import_epcis

SEED_BYTES = 32
LINES_MAX = 20


class Command(BaseCommand):
    """Reading the same file again changes nothing but what was refused and is no longer."""

    _said = 0

    help = "Import an EPCIS file (1.2 XML, 2.0 XML or JSON-LD); sign, as the party, what it may."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, who reads it, what to do on errors, and where the answers go."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="party", required=True, help="the importing party's GLN")
        parser.add_argument(
            "--on-error",
            default="rollback",
            choices=("rollback", "proceed"),
            help="take all events or none (rollback), or all those that stand (proceed)",
        )
        parser.add_argument("--csv", type=Path, help="write what became of each event there")
        parser.add_argument("--json", type=Path, help="the same as JSON")
        parser.add_argument(
            "--profile",
            default="unmonitored/1",
            help="storage profile of products that only the file describes",
        )

    def handle(
        self,
        *,
        file: Path,
        party: str,
        on_error: OnError,
        csv: Path | None,
        json: Path | None,
        profile: str,
        **_options: object,
    ) -> None:
        """Read, sign, and say what became of each event; fail when none of them stands."""
        try:
            reports = import_epcis(
                data=file.read_bytes(),
                party=party,
                at=timezone.now(),
                seed=secrets.token_bytes(SEED_BYTES),
                on_error=on_error,
                profile=profile,
                progress=self._progress,
            )
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        self._tell(reports)
        for path, write in ((csv, as_csv), (json, as_json)):
            if path is not None:
                path.write_text(write(reports), encoding="utf-8")
        if reports and not any(report.stands for report in reports):
            raise CommandError(f"None of {len(reports)} events was taken.")

    def _progress(self, done: int, steps: int) -> None:
        """Say how far it is, in some twenty lines at most, however many steps there are."""
        if done in (0, steps) or done - self._said >= steps / LINES_MAX:
            self._said = done
            self.stderr.write(f"{done} of {steps}")

    def _tell(self, reports: Sequence[EventReport]) -> None:
        for report in reports:
            why = " ".join(filter(None, (report.rule, report.code)))
            category = f" ({report.category})" if report.category else ""
            self.stdout.write(f"{report.number:>5} {report.outcome:<9} {report.what}")
            self.stdout.write(f"{'':>16}{why}{category}: {report.reason}")
            for entry_id in report.entries:
                self.stdout.write(f"{'':>16}entry {entry_id}")
