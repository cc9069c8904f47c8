"""Recompute the whole ledger from its stored bytes and say what is wrong."""

import json
import os
import re
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import auditing, signers
from ledger.audit_rows import last_index
from ledger.auditing import Audit, Opinions
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.models import AuditRun
from ledger.verifier.ecdsa_signatures import EcdsaSignatures

ALL_UP_TO = 5_000
SAMPLE = 2_000
STEP_S = 30.0
"""How often a long audit keeps how far it has come, in seconds."""
ALONE_UP_TO = 20_000
"""Entries that one process has checked before others are ready to help."""


class Command(BaseCommand):
    """Exit code 0: nothing found, or a small step was made. 1: findings, each with an alarm."""

    help = "Recompute entries, tree, checkpoints, links and registry, and say what is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much the slower, independent library looks at, and how the work is done."""
        parser.add_argument(
            "--second-opinion",
            choices=("all", "none"),
            default=None,
            help=f"signatures that `ecdsa` checks as well; default: all up to {ALL_UP_TO}"
            f" entries, of more some {SAMPLE} by chance",
        )
        parser.add_argument("--sample", type=_share, help="of these signatures by chance: 1%%")
        parser.add_argument("--seed", help="what was printed, to draw the same sample again")
        parser.add_argument(
            "--resume", action="store_true", help="go on with the last audit that was killed"
        )
        parser.add_argument(
            "--step",
            type=float,
            metavar="SECONDS",
            help="go on with the continuous audit for about so long, and end",
        )
        parser.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, help="default: one for each core"
        )
        parser.add_argument(
            "--all-indexes",
            action="store_true",
            help="recompute every index that was ever signed, not only the newest",
        )
        parser.add_argument("--json", action="store_true", help="say it as one JSON object")

    def handle(self, *, step: float | None, json: bool, processes: int, **options: Any) -> None:
        """Audit, say, and end with 1 when anything was found."""
        self._all_indexes = bool(options.get("all_indexes"))
        try:
            self._policy = signers.policy()
        except signers.KeysMissing as missing:
            raise CommandError(str(missing)) from missing
        self._began = time.monotonic()
        if step is not None:
            self._small_step(step)
            return
        kept = self._go_through(self._taken_up(**options), processes)
        result = auditing.result_of(kept)
        self.stdout.write(_as_json(result) if json else _as_text(result, kept))
        if not result.clean:
            sys.exit(1)

    def _taken_up(
        self,
        *,
        resume: bool,
        second_opinion: str | None,
        sample: float | None,
        seed: str | None,
        **_options: Any,
    ) -> AuditRun:
        """Return the run that was killed, or a new one."""
        if resume:
            kept = auditing.under_way(is_continuous=False)
            if kept is None:
                raise CommandError("No audit was killed: there is none to go on with.")
            return kept
        share = {None: sample, "all": 1.0, "none": 0.0}[second_opinion]
        drawn = opinions(share, seed or secrets.token_hex(8))
        return auditing.begin(drawn, at=datetime.now(UTC), is_continuous=False)

    def _go_through(self, kept: AuditRun, processes: int) -> AuditRun:
        share = processes if last_index() >= ALONE_UP_TO else 1
        while kept.finished_at is None:
            kept = self._step(kept, STEP_S, share)
            self._say_progress(kept)
        return kept

    def _small_step(self, seconds: float) -> None:
        now = datetime.now(UTC)
        kept = auditing.under_way(is_continuous=True)
        if kept is None and auditing.is_due(
            at=now, every=timedelta(seconds=settings.AUDIT_EVERY_S)
        ):
            drawn = opinions(None, secrets.token_hex(8))
            kept = auditing.begin(drawn, at=now, is_continuous=True)
        if kept is not None:
            self._step(kept, seconds, 1)

    def _step(self, kept: AuditRun, seconds: float, processes: int) -> AuditRun:
        end = time.monotonic() + seconds
        policy: Policy = self._policy
        return auditing.go_on(
            kept,
            _opinions_of(kept),
            policy=policy,
            file=Path(settings.CHECKPOINT_FILE),
            clock=lambda: datetime.now(UTC),
            is_over=lambda: time.monotonic() >= end,
            processes=processes,
            all_indexes=self._all_indexes,
        )

    def _say_progress(self, kept: AuditRun) -> None:
        seconds = time.monotonic() - self._began
        self.stderr.write(
            f"{seconds:6.0f} s: {kept.size} leaves and {kept.entries} of {last_index() + 1}"
            f" entries checked, {len(kept.findings)} findings"
        )


def opinions(share: float | None, seed: str) -> Opinions:
    """OpenSSL for each signature; `ecdsa` for a share of them, by default a bounded number."""
    if share is None:
        size = last_index() + 1
        share = 1.0 if size <= ALL_UP_TO else SAMPLE / size
    return Opinions(OPENSSL, EcdsaSignatures() if share else None, share, seed)


def _opinions_of(kept: AuditRun) -> Opinions:
    return opinions(kept.share, kept.seed)


def _share(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%", text)
    if found is None or not 0 < float(found[1]) <= 100:  # noqa: PLR2004  per cent
        raise ArgumentTypeError("expected a share above 0, such as 1% or 0.5%")
    return float(found[1]) / 100


def _as_text(result: Audit, kept: AuditRun) -> str:
    lines = [f"{one.code}  {one.about}\n    {one.message}" for one in result.findings]
    drawn = f" (sample {kept.share:.4%}, seed {kept.seed})" if 0 < kept.share < 1 else ""
    seconds = ((kept.finished_at or kept.started_at) - kept.started_at).total_seconds()
    lines.append(
        f"{'clean' if result.clean else f'{len(result.findings)} findings'}:"
        f" {result.entries} entries, log of {result.size},"
        f" {result.second_opinions} signatures checked by a second library as well{drawn},"
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
