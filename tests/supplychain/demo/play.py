"""Play the demonstration in a test database."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger import signers
from ledger.core.checkpoint import Vkey
from ledger.core.policy import Policy
from ledger.core.signatures import LogKey, PrivateKey
from ledger.sequencing import Sequencer
from supplychain.demo.playing import Play

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def play(folder: Path) -> Play:
    """A demonstration that begins at NOW, with its keys in this folder."""
    authority, log_key = PrivateKey.generate(), LogKey.generate()
    policy = Policy.trusting(Vkey(settings.LOG_ORIGIN, log_key.public), authority.public)
    (folder / signers.POLICY_FILE).write_bytes(policy.as_bytes())
    sequencer = Sequencer(
        log_key,
        settings.LOG_ORIGIN,
        clock=lambda: NOW,
        checkpoint_file=folder / "checkpoint",
        holder="demonstration",
    )
    return Play(
        now=NOW,
        authority=authority,
        chance=secrets.token_bytes,
        log=lambda: all_of(sequencer),
        file=folder / "demo.json",
    )


def all_of(sequencer: Sequencer) -> None:
    """Log whatever was accepted."""
    while sequencer.step():
        pass


def written(folder: Path) -> Any:
    """What the start page reads."""
    return json.loads((folder / "demo.json").read_text())
