"""Say how the log stands."""

import json
from argparse import ArgumentParser

from django.core.management import BaseCommand

from ledger import alarms, proofs
from ledger.models import Inbox, SequencerLease


class Command(BaseCommand):
    """Size, newest checkpoint, what waits, who sequences, and the alarms that stand."""

    help = "Say the size of the log, its newest checkpoint and the alarms that stand."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *, json: bool, **_options: object) -> None:
        """Say it."""
        self.stdout.write(_as_json() if json else _as_text())


def _status() -> dict[str, object]:
    latest = proofs.latest_checkpoint()
    lease = SequencerLease.objects.first()
    return {
        "size": latest.size if latest else 0,
        "root": bytes(latest.root).hex() if latest else None,
        "signed_at": latest.at.isoformat() if latest else None,
        "waiting": Inbox.objects.count(),
        "sequencer": lease.holder if lease else None,
        "alarms": [
            {
                "number": alarm.pk,
                "code": alarm.code,
                "about": alarm.about,
                "message": alarm.message,
                "acknowledged_by": alarm.acknowledged_by or None,
            }
            for alarm in alarms.standing()
        ],
    }


def _as_json() -> str:
    return json.dumps(_status(), indent=2)


def _as_text() -> str:
    status = _status()
    found = status.pop("alarms")
    lines = [f"{name:10} {'-' if value is None else value}" for name, value in status.items()]
    for alarm in found if isinstance(found, list) else []:
        who = alarm["acknowledged_by"]
        state = f"acknowledged by {who}" if who else "STANDS"
        lines.append(f"alarm {alarm['number']:<4} {alarm['code']} {alarm['about']} ({state})")
        lines.append(f"           {alarm['message']}")
    return "\n".join(lines if found else [*lines, "no alarm stands"])
