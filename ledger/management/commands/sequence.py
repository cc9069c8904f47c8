"""The sequencer's process: log what was accepted, sign checkpoints, until told to stop."""

import logging
import os
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, connection

from ledger import cosignatures, signers
from ledger.lease import LeaseHeld
from ledger.patrol import patrol
from ledger.sequencing import Sequencer, SigningRefused

log = logging.getLogger("ledger.sequencer")

IDLE_S = 0.1
BUSY_S = 0.03
STANDBY_S = 1.0
PATROL_S = 1.0
BACKOFF_S_MAX = 5.0
WAKE_S = 0.05


class Command(BaseCommand):
    """One sequencer works; others stand by until its lease ends."""

    help = "Give accepted entries their places in the log and sign checkpoints, for ever."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only what tests and a first start need."""
        parser.add_argument("--once", action="store_true", help="take what waits, sign, and end")

    def handle(self, *, once: bool, **_options: object) -> None:
        """Run until SIGTERM or SIGINT; the lease is given back at the end."""
        try:
            sequencer = make_sequencer()
        except signers.KeysMissing as missing:
            raise CommandError(str(missing)) from missing
        if once:
            self._once(sequencer)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        log.info("sequencing %s", settings.LOG_ORIGIN)
        waker = Waker(wake_worker)
        Loop(sequencer, waker.wake).run(stop)

    def _once(self, sequencer: Sequencer) -> None:
        logged = 0
        try:
            while step := sequencer.step():
                logged += step
        except (SigningRefused, LeaseHeld) as refusal:
            raise CommandError(f"{refusal.code}: {refusal}") from refusal
        finally:
            sequencer.release()
        self.stdout.write(f"logged {logged}")


def make_sequencer() -> Sequencer:
    """The sequencer of this installation, named by machine and process."""
    return Sequencer(
        signers.log_key(),
        settings.LOG_ORIGIN,
        clock=lambda: datetime.now(UTC),
        checkpoint_file=Path(settings.CHECKPOINT_FILE),
        holder=f"{socket.gethostname()[:80]}:{os.getpid()}:{time.monotonic_ns()}",
    )


def wake_worker() -> None:
    """Have the worker look for what is to be cosigned; a wake-up that is lost only delays."""
    if cosignatures.trust().witnesses:
        current_app.send_task(settings.CHECKPOINT_TASK, expires=2, retry=False)


class Waker:
    """Tells others that a checkpoint was signed, and never keeps the sequencer waiting for them."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._signed = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def wake(self) -> None:
        """Tell soon; several at once are told as one."""
        self._signed.set()

    def _run(self) -> None:
        trouble = ""
        while self._signed.wait():
            self._signed.clear()
            try:
                self._tell()
                trouble = ""
            except Exception as fault:  # noqa: BLE001  whatever a queue may raise: the schedule helps
                if repr(fault) != trouble:
                    log.warning("the worker was not woken: %s", fault)
                trouble = repr(fault)
            time.sleep(WAKE_S)


class Loop:
    """Steps, with a pause after each that says how the last one went."""

    def __init__(self, sequencer: Sequencer, signed: Callable[[], None] = lambda: None) -> None:
        self._sequencer = sequencer
        self._signed = signed
        self._trouble = ""
        self._backoff_s = IDLE_S
        self._tile = 0
        self._patrolled = 0.0

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set; then give the lease back if the database can be reached."""
        while not stop.is_set():
            stop.wait(self._step())
        try:
            self._sequencer.release()
        except (DatabaseError, InterfaceError):
            log.warning("the lease was not given back; it ends by itself")
        connection.close()

    def _step(self) -> float:
        """Make one step and return how long to pause, in seconds."""
        try:
            logged = self._sequencer.step()
            if logged:
                self._signed()
            else:
                self._patrol()
        except SigningRefused as refusal:
            return self._wait(f"nothing is signed: {refusal.code} {refusal.about}: {refusal}")
        except LeaseHeld as held:
            return self._wait(str(held))
        except (DatabaseError, InterfaceError, OSError) as fault:
            connection.close()
            self._backoff_s = min(2 * self._backoff_s, BACKOFF_S_MAX)
            what = "the checkpoint's file" if isinstance(fault, OSError) else "the database"
            self._say(f"{what}: {fault}".strip())
            return self._backoff_s
        if self._trouble:
            log.warning("signing goes on")
        self._trouble, self._backoff_s = "", IDLE_S
        return BUSY_S if logged else IDLE_S

    def _patrol(self) -> None:
        """Look over one tile, when there is nothing else to do and a second has gone by."""
        if time.monotonic() - self._patrolled >= PATROL_S:
            self._tile = patrol(self._tile, at=datetime.now(UTC))
            self._patrolled = time.monotonic()

    def _wait(self, trouble: str) -> float:
        self._say(trouble)
        return STANDBY_S

    def _say(self, trouble: str) -> None:
        """Say each trouble once, not once a second."""
        if trouble != self._trouble:
            log.error("%s", trouble)
        self._trouble = trouble
