"""Stand by what a stolen key signed."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import proofs, signers
from ledger.core.errors import LedgerError
from ledger.core.keys import Signer
from ledger.core.signatures import PrivateKey
from supplychain.management.authority import fresh_nonce, now
from supplychain.services.affirm_entries import affirm_entries


class Command(BaseCommand):
    """Signed with a key of the same party that is valid now."""

    help = (
        "Affirm what a stolen key of a party signed, or of a device countersigned, and is true."
        " Without entries, list what that key signed since it was stolen, affirmed or not: index,"
        " entry, type, what it is about."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose entries, signed with which key, and what signs now."""
        parser.add_argument("party", help="the party's GLN, or <GLN>:<device>")
        parser.add_argument("kid", help="the stolen key; put -- before one that begins with -")
        parser.add_argument("entries", nargs="*", help="entry ids, up to 100")
        parser.add_argument("--key", type=Path, help="a PEM file; else the key that we keep")

    def handle(
        self, *, party: str, kid: str, entries: list[str], key: Path | None, **_options: object
    ) -> None:
        """List, or sign and record."""
        if not entries:
            for one in proofs.suspects_of(party, kid):
                self.stdout.write(f"{one.index} {one.entry_id} {one.type} {one.stream}")
            return
        try:
            recorded = affirm_entries(
                signer=_signer(party, key), kid=kid, entries=entries, at=now(), nonce=fresh_nonce()
            )
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        self.stdout.write(f"affirmed {len(set(entries))} entries by entry {recorded.entry_id}")


def _signer(party: str, key: Path | None) -> Signer:
    return PrivateKey.from_pem(key.read_bytes()) if key else signers.custodial_signer(party)
