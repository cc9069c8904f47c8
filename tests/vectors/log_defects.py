"""Defects of the checkpoint, its witnesses and its past: steps 1 to 3 of verification."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.cosignature import cosign
from ledger.core.encoding import b64
from ledger.core.evidence import Evidence
from ledger.core.note import WITNESS_KEY, SignatureLine
from tests.vectors.stories import good, story
from tests.vectors.world import (
    MORNING,
    WITNESS,
    World,
    a_log_key,
)


def note_without_signatures() -> Evidence:
    evidence = good()
    return replace(evidence, checkpoint="".join(evidence.checkpoint.splitlines(keepends=True)[:3]))


def note_by_a_stranger() -> Evidence:
    world = story()
    world.log_key = a_log_key("a stranger")
    return world.evidence()


def note_with_another_root() -> Evidence:
    """The tree was rebuilt over edited entries, and the old signature kept."""
    evidence = good()
    size = evidence.checkpoint.splitlines()[1]
    lines = [World().origin, size, b64(bytes(32)), *evidence.checkpoint.splitlines()[3:]]
    return replace(evidence, checkpoint="\n".join(lines) + "\n")


def note_of_another_log() -> Evidence:
    """The log's own key signed a checkpoint under another origin."""
    world = story()
    text = Checkpoint("log.example/another", world.size, world.root()).text
    vkey = Vkey(world.origin, world.log_key.public)
    signature = b64(vkey.id + world.log_key.sign(text.encode()))
    note = f"{text}\n\u2014 {vkey.name} {signature}\n"
    return replace(world.evidence(), checkpoint=note)


def signed_anew_by_another_log() -> Evidence:
    """A whole log under the same name, with entries, tree and key of somebody else."""
    world = story()
    return replace(
        world.evidence(),
        checkpoint=sign_checkpoint(
            Checkpoint("log.example/another", world.size, world.root()), a_log_key("another")
        ),
    )


def witnessed(*names: str, at: datetime = MORNING + timedelta(hours=3)) -> Evidence:
    world = story()
    for name in names:
        world.witness(at, name=name)
    return world.evidence()


def witnessed_by_two() -> Evidence:
    return witnessed(WITNESS, "witness.example/w3", "stranger.example")


def witnessed_by_an_impostor() -> Evidence:
    world = story()
    world.witness(MORNING, key=a_log_key("an impostor"))
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    lines = SignatureLine.parse(world.cosigned[world.size].pop())
    world.cosigned[world.size].append(stolen.line(lines.signature))
    return world.evidence()


def witnessed_without_a_time() -> Evidence:
    world = story()
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    text = world.state_at(world.size).text.encode()
    world.cosigned[world.size] = [stolen.line(a_log_key(WITNESS).sign(text))]
    return world.evidence()


def witnessed_beyond_all_time() -> Evidence:
    world = story()
    line = cosign(world.state_at(world.size), name=WITNESS, key=a_log_key(WITNESS), at=MORNING)
    signature = b"\xff" * 8 + SignatureLine.parse(line).signature[8:]
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    world.cosigned[world.size] = [stolen.line(signature)]
    return world.evidence()


def _history(**changes: Any) -> Evidence:
    evidence = good()
    return replace(evidence, history=(replace(evidence.history[0], **changes),))


def history_of_another_log() -> Evidence:
    """Somebody was shown another log when it had nine entries."""
    return _history(root=bytes(32))


def history_with_a_broken_cosignature() -> Evidence:
    return _history(cosignatures=("\u2014 witness.example/w1 AAAA",))
