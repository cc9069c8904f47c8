"""What the commands of an authority share: they record what it says, or propose it to others."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.proposal import Proposal
from ledger.core.registry_acts import Act
from ledger.core.statement import NONCE_BYTES
from supplychain.recording.submissions import Recorded


class AuthorityCommand(BaseCommand):
    """Signed with the authority's key in KEYS_DIR.

    A command says what its `act` is, how it is recorded, and in words what was `done`.
    """

    done = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where several authorities must agree, an act is proposed first."""
        parser.add_argument(
            "--propose",
            type=Path,
            metavar="FILE",
            help="record nothing; write the act into a file that other authorities approve",
        )

    def handle(self, *, propose: Path | None, **options: Any) -> None:
        """Propose, or sign and record."""
        try:
            if propose:
                propose.write_bytes(proposal_of(self.act(**options)).as_bytes())
                self.stdout.write(f"proposed in {propose}")
                return
            recorded = self.record(**options)
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        self.stdout.write(f"{self.done.format(**options)} by entry {recorded.entry_id}")

    def act(self, *args: Any, **options: Any) -> Act:
        """What the authority says."""
        raise NotImplementedError

    def record(self, *args: Any, **options: Any) -> Recorded:
        """Sign and record it."""
        raise NotImplementedError


def proposal_of(act: Act) -> Proposal:
    """The act, to be signed later by the authority whose key is in KEYS_DIR."""
    return Proposal(
        log=settings.LOG_ORIGIN,
        signer=signers.authority_signer().kid,
        kind=act.TYPE,
        nonce=fresh_nonce(),
        body=act.as_body(),
    )


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


def fresh_nonce() -> bytes:
    """A nonce for one entry."""
    return secrets.token_bytes(NONCE_BYTES)
