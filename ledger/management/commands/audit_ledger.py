"""Recompute the whole ledger from its stored bytes and say what is wrong."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import auditing, signers
from ledger.audit_rows import last_index
from ledger.auditing import Audit, Opinions
from ledger.core.signatures import OPENSSL
from ledger.models import AuditRun
from ledger.verifier.ecdsa_signatures import EcdsaSignatures

ALL_UP_TO = 5_000
SAMPLE = 2_000


class Command(BaseCommand):
    """Exit code 0: nothing found. 1: findings, each with an alarm."""

    help = "Recompute entries, tree, checkpoints, links and registry, and say what is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much the slower, independent library looks at, and the form of the answer."""
        parser.add_argument(
            "--second-opinion",
            type=_opinion,
            default=None,
            metavar="all|sample=N|none",
            help=f"signatures that `ecdsa` checks as well; default: all up to {ALL_UP_TO}"
            f" entries, of more some {SAMPLE}",
        )
        parser.add_argument("--json", action="store_true", help="say it as one JSON object")

    def handle(self, *, second_opinion: int | None, json: bool, **_options: object) -> None:
        """Audit, say, and end with 1 when anything was found."""
        try:
            policy = signers.policy()
        except signers.KeysMissing as missing:
            raise CommandError(str(missing)) from missing
        result, kept = auditing.run(
            opinions(second_opinion),
            policy=policy,
            file=Path(settings.CHECKPOINT_FILE),
            clock=lambda: datetime.now(UTC),
        )
        self.stdout.write(_as_json(result) if json else _as_text(result, kept))
        if not result.clean:
            sys.exit(1)


def opinions(sample: int | None = None) -> Opinions:
    """OpenSSL for each signature; `ecdsa` for all, none (0), or about `sample` of them."""
    size = last_index() + 1
    if sample is None:
        sample = size if size <= ALL_UP_TO else SAMPLE
    if sample == 0:
        return Opinions(OPENSSL)
    return Opinions(OPENSSL, EcdsaSignatures(), every=max(1, -(-size // sample)))


def _opinion(text: str) -> int:
    word, equals, number = text.partition("=")
    if text in ("all", "none"):
        return sys.maxsize if text == "all" else 0
    if word == "sample" and equals and number.isascii() and number.isdigit() and int(number):
        return int(number)
    raise ArgumentTypeError("expected all, none, or sample=N")


def _as_text(result: Audit, kept: AuditRun) -> str:
    lines = [f"{one.code}  {one.about}\n    {one.message}" for one in result.findings]
    seconds = (kept.finished_at - kept.started_at).total_seconds()
    lines.append(
        f"{'clean' if result.clean else f'{len(result.findings)} findings'}:"
        f" {result.entries} entries, log of {result.size},"
        f" {result.second_opinions} signatures checked by a second library as well,"
        f" {seconds:.1f} s"
    )
    return "\n".join(lines)


def _as_json(result: Audit) -> str:
    return json.dumps(
        {
            "clean": result.clean,
            "entries": result.entries,
            "size": result.size,
            "second_opinions": result.second_opinions,
            "findings": [
                {"code": one.code, "about": one.about, "message": one.message}
                for one in result.findings
            ],
        },
        indent=2,
    )
