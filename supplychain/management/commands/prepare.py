"""Make ready what the project needs to run: its secrets, its folders and its tables."""

import os
import secrets
from argparse import ArgumentParser
from base64 import b64encode
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    """Idempotent: what is there already stays as it is."""

    help = "Make the secrets in var/local.env, the folders and the database tables."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """No arguments of its own."""

    def handle(self, **_options: object) -> None:
        """Secrets first: everything later reads them."""
        made = make_local_env(settings.VAR_DIR / "local.env")
        if made:
            self.stdout.write(f"made {settings.VAR_DIR / 'local.env'} with new secrets")
        queues = [settings.BROKER_DIR / name for name in ("queue", "control")]
        for folder in (*queues, settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)


def make_local_env(path: Path) -> bool:
    """Write a file of fresh secrets that only its owner can read; False when it is there."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    key = b64encode(secrets.token_bytes(settings.KEY_BYTES)).decode()
    with os.fdopen(file, "w") as stream:
        stream.write("# Secrets of this installation. Without them custodial keys are lost.\n")
        stream.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\n")
        stream.write(f"CUSTODIAL_KEKS=first:{key}\n")
    return True
