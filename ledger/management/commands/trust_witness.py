"""Trust a witness: edit the policy of this installation."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import durable_files, signers
from ledger.bounded_call import check_prefix
from ledger.core.errors import LedgerError
from ledger.core.note import WITNESS_KEY, Vkey
from ledger.core.tlog_policy import Known, TlogPolicy


class Command(BaseCommand):
    """Inspectors need the new policy too: `export_policy`."""

    help = "Name a witness in the policy, and say how many of the witnesses must have cosigned."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, its key and its address; or who is to be forgotten."""
        parser.add_argument("name", help="what the policy calls it")
        parser.add_argument("vkey", nargs="?", help="its public key, as it published it")
        parser.add_argument("url", nargs="?", help="its submission prefix, https://…")
        parser.add_argument("--quorum", help="none, any, all, or how many witnesses")
        parser.add_argument("--forget", action="store_true", help="take it out of the policy")

    def handle(
        self,
        *,
        name: str,
        vkey: str | None,
        url: str | None,
        quorum: str | None,
        forget: bool,
        **_options: object,
    ) -> None:
        """Write the new policy in the place of the old one, whole and at once."""
        file = Path(settings.KEYS_DIR) / signers.POLICY_FILE
        try:
            with durable_files.locked(file):
                policy = signers.policy()
                trust = _changed(policy.trust, name, vkey, url, forget=forget)
                trust = trust.asking(quorum) if quorum else trust
                durable_files.replace(file, replace(policy, trust=trust).as_bytes())
        except LedgerError as fault:
            raise CommandError(f"{fault.code}: {fault}") from fault
        self.stdout.write("\n".join(trust.as_lines()))


def _changed(
    trust: TlogPolicy, name: str, vkey: str | None, url: str | None, *, forget: bool
) -> TlogPolicy:
    if forget:
        if name not in trust.witnesses:
            raise CommandError(f"The policy names no witness {name!r}.")
        return trust.forgetting(name)
    if not vkey or not url:
        raise CommandError("Say its public key and its address, or --forget.")
    check_prefix(url)
    return trust.trusting(name, Known(Vkey.parse(vkey, WITNESS_KEY), url))
