"""Let a key give way to another one: one that we keep, or one that the party keeps itself."""

import secrets
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.registry_acts import CUSTODIES, possession_message
from ledger.core.signatures import PrivateKey
from supplychain.management.authority import fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.rotate_kept_key import rotate_kept_key
from supplychain.services.rotate_key import rotate_key


class Command(BaseCommand):
    """Signed with the old key: no authority is asked."""

    help = (
        "Rotate a party's key. Without further arguments the key that we keep for it; with --old"
        " and --new those in the party's own files. A party that keeps its keys elsewhere posts the"
        " signed entry itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose key, and where old and new live."""
        parser.add_argument("party", help="the party's GLN")
        parser.add_argument("--old", type=Path, help="a PEM file with the key in use")
        parser.add_argument("--new", type=Path, help="a PEM file with the new key")
        outside = [one for one in CUSTODIES if one != "custodial"]
        parser.add_argument("--custody", choices=outside, default="file", help="of the new key")

    def handle(
        self, *, party: str, old: Path | None, new: Path | None, custody: str, **_options: object
    ) -> None:
        """Make or read the new key, sign with the old one, record."""
        if (old is None) != (new is None):
            raise CommandError("Give --old and --new together, or neither.")
        try:
            recorded = _outside(party, old, new, custody) if old and new else _kept(party)
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        self.stdout.write(f"rotated the key of {party} by entry {recorded.entry_id}")


def _kept(party: str) -> Recorded:
    seal_nonce = secrets.token_bytes(signers.NONCE_BYTES)
    return rotate_kept_key(party=party, at=now(), nonce=fresh_nonce(), seal_nonce=seal_nonce)


def _outside(party: str, old: Path, new: Path, custody: str) -> Recorded:
    key = PrivateKey.from_pem(new.read_bytes())
    return rotate_key(
        old=PrivateKey.from_pem(old.read_bytes()),
        key=key.public,
        custody=custody,
        proof=key.sign(possession_message(settings.LOG_ORIGIN, party, key.kid)),
        at=now(),
        nonce=fresh_nonce(),
    )
