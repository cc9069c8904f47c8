"""Say how the log stands."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import BaseCommand

from ledger import alarms, auditing, inbox, proofs, witnessing
from ledger.index_shown import newest_epoch
from ledger.models import SequencerLease
from ledger.sequencing import CLOCK_BACK_MAX
from ledger.witnessing import Standing

LEASE_OVER_MAX = timedelta(seconds=10)
"""How long nobody may have sequenced while entries wait."""


UNWITNESSED_MAX = timedelta(seconds=60)
"""How long a signed checkpoint may wait for the witnesses that the policy asks for."""
_LISTS = ("alarms", "witnesses", "wrong")


class Command(BaseCommand):
    """Exit code 0: all is well. 1: something is wrong: signing, cosigning or the clock."""

    help = "Say the size of the log, its newest checkpoint, the last audit and what is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *, json: bool, **_options: object) -> None:
        """Say it."""
        status = _status(datetime.now(UTC))
        self.stdout.write(_as_json(status) if json else _as_text(status))
        if status["wrong"]:
            sys.exit(1)


def _status(now: datetime) -> dict[str, Any]:
    latest = proofs.latest_checkpoint()
    lease = SequencerLease.objects.first()
    waiting = inbox.waiting()
    return {
        "size": latest.size if latest else 0,
        "root": bytes(latest.root).hex() if latest else None,
        "signed_at": latest.at.isoformat() if latest else None,
        "waiting": waiting,
        "sequencer": lease.holder if lease else None,
        "fence": lease.fence if lease else None,
        "index": _index(now),
        "audit": _audit(now),
        "witnesses": [_witness(one) for one in witnessing.standings(now)],
        "wrong": _wrong(now, waiting, lease, latest.at if latest else now),
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


def _index(now: datetime) -> dict[str, Any] | None:
    """The newest completeness index, and how old it is in seconds."""
    newest = newest_epoch()
    if newest is None:
        return None
    size, keys, at = newest
    return {"size": size, "keys": keys, "age_s": round((now - at).total_seconds())}


def _witness(one: Standing) -> dict[str, Any]:
    """A witness of our policy: the size that it cosigned last, and how old that is in seconds."""
    return {
        "name": one.name,
        "size": one.size,
        "age_s": one.age_s,
        "answer": one.answer,
        "failures": one.failures,
    }


def _audit(now: datetime) -> dict[str, Any] | None:
    """The last audit that came to its end, and how old it is in seconds."""
    last = auditing.last_run()
    if last is None or last.finished_at is None:
        return None
    return {
        "finished_at": last.finished_at.isoformat(),
        "age_s": round((now - last.finished_at).total_seconds()),
        "entries": last.entries,
        "second_opinions": last.second_opinions,
        "findings": len(last.findings),
    }


def _wrong(
    now: datetime, waiting: int, lease: SequencerLease | None, signed_at: datetime
) -> list[str]:
    found = []
    if alarms.blocking().exists():
        found.append("nothing is signed while an alarm stands")
    if waiting and (lease is None or now - lease.expires_at > LEASE_OVER_MAX):
        found.append("entries wait and nobody sequences")
    since = witnessing.unwitnessed_since()
    if since and now - since > UNWITNESSED_MAX:
        found.append("too few witnesses cosign what is signed")
    if signed_at - now > CLOCK_BACK_MAX:
        found.append("the clock is behind the last checkpoint")
    return found


def _as_json(status: dict[str, Any]) -> str:
    return json.dumps(status, indent=2)


def _as_text(status: dict[str, Any]) -> str:
    facts = {name: value for name, value in status.items() if name not in _LISTS}
    found, audit = status["alarms"], status["audit"]
    if index := status["index"]:
        covers = f"over {index['size']} entries, {index['keys']} keys"
        facts["index"] = f"{covers}, {index['age_s']} s ago"
    if audit:
        facts["audit"] = f"{audit['age_s']} s ago, {audit['findings']} findings"
    lines = [f"{name:10} {'-' if value is None else value}" for name, value in facts.items()]
    lines += [
        f"witness    {one['name']} at {one['size']}: {one['answer']}" for one in status["witnesses"]
    ]
    lines += [f"WRONG      {one}" for one in status["wrong"]]
    for alarm in found:
        who = alarm["acknowledged_by"]
        state = f"acknowledged by {who}" if who else "STANDS"
        lines.append(f"alarm {alarm['number']:<4} {alarm['code']} {alarm['about']} ({state})")
        lines.append(f"           {alarm['message']}")
    return "\n".join(lines if found else [*lines, "no alarm stands"])
