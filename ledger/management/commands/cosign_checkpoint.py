"""Have the newest checkpoint cosigned by the witnesses of our policy."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand

from ledger import witnessing


class Command(BaseCommand):
    """Safe at any time, at once from two places, and again after a crash."""

    help = "Offer the newest checkpoint to each witness that is due, and keep what they cosign."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """No arguments of its own."""

    def handle(self, **_options: object) -> None:
        """Ask, and say how many cosigned; what each said is in `log_status`."""
        cosigned = witnessing.cosign_newest(lambda: datetime.now(UTC))
        self.stdout.write(f"cosigned by {cosigned}")
