"""Write the evidence about a stream into a file that can be checked without a server."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import Malformed
from ledger.core.links import OutputRef
from ledger.proofs import StoredEntry, StreamEvidence, evidence_of, evidence_of_outputs

WAIT_S = 2.0
POLL_S = 0.05


class Command(BaseCommand):
    """What is odd about the stored stream is said on the error output; the file is written."""

    help = (
        "Write the evidence about a stream, e.g. lot:09506000134352/A123, or 09506000134352/A123."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What about, where to, and for whose eyes."""
        parser.add_argument("stream", help="a stream, or GTIN/LOT for short")
        parser.add_argument(
            "--output",
            action="append",
            default=[],
            metavar="ENTRY#N",
            help="only about this output, and what concerns it",
        )
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--disclose", action="store_true", help="show sealed members too")

    def handle(
        self, *, stream: str, output: list[str], out: Path, disclose: bool, **_options: object
    ) -> None:
        """Wait a moment for the newest entries to be covered, then write."""
        name = stream if ":" in stream or "/" not in stream else f"lot:{stream}"
        try:
            outputs = [OutputRef.parse(text) for text in output]
        except Malformed as fault:
            raise CommandError(str(fault)) from fault
        found = covered(name, outputs, disclose=disclose)
        for sign in found.signs_of_tampering:
            self.stderr.write(f"{sign.code}: {sign.message}")
        if found.evidence is None or not found.evidence.items:
            raise CommandError(f"Nothing is logged about '{name}'.")
        out.write_bytes(found.evidence.as_bytes())
        self.stdout.write(f"{out}: evidence about '{name}', {len(found.evidence.items)} items")
        if found.pending:
            self.stderr.write(f"{len(found.pending)} more are accepted and not covered yet.")


def covered(stream: str, outputs: Sequence[OutputRef], *, disclose: bool) -> StreamEvidence:
    """The evidence, after up to `WAIT_S` seconds for a checkpoint over all accepted entries."""
    until = time.monotonic() + WAIT_S

    def shown(entry: StoredEntry) -> tuple[str, ...]:
        return entry.disclosures if disclose else ()

    while True:
        found = (
            evidence_of_outputs(stream, outputs, disclose=shown)
            if outputs
            else evidence_of(stream, disclose=shown)
        )
        if not found.pending or time.monotonic() > until:
            return found
        time.sleep(POLL_S)
