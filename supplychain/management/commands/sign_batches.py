"""Sign an organisation's sealed batches of trackers with a key that is kept in a file."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.entry import sign
from ledger.core.errors import LedgerError
from ledger.core.signatures import PrivateKey
from supplychain.domain.errors import RuleBroken
from supplychain.recording.owners_signing import ToSign, batches_to_sign
from supplychain.recording.settling import LATE_MAX
from supplychain.services.take_signed_batch import take_signed_batch


class Command(BaseCommand):
    """For owners whose key is not kept here: what waits for them is signed, batch after batch."""

    help = "Sign the sealed batches of an organisation's trackers that wait for its key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom, and with which key."""
        parser.add_argument("party", help="the organisation's GLN")
        parser.add_argument("--key", type=Path, required=True, help="its private key, PEM")

    def handle(self, *, party: str, key: Path, **_options: object) -> None:
        """Sign until nothing waits that can be signed."""
        try:
            signer = PrivateKey.from_pem(key.read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError(f"KEY: {error}") from error
        while waiting := [(one, one.statement) for one in self._waiting(party) if one.statement]:
            for one, statement in waiting:
                self._sign(party, one, sign(statement, signer))
        for one in self._waiting(party):
            self.stderr.write(f"{one.load.device} batch {one.n}: {one.trouble}")

    def _waiting(self, party: str) -> list[ToSign]:
        at = datetime.now(UTC)
        return list(batches_to_sign(party, at, at - LATE_MAX))

    def _sign(self, party: str, one: ToSign, entry: str) -> None:
        try:
            done = take_signed_batch(
                party=party,
                load=one.load.pk,
                entry=entry,
                at=datetime.now(UTC),
            )
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write(f"{one.load.device} batch {one.n}: {done.entry_id}")
