"""Run everything in the foreground: web, worker, beat and sequencer; one Ctrl-C ends all."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import IO

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from ledger import signers
from ledger.signers import OPERATOR_FILE, POLICY_FILE
from supplychain import embedded_postgres
from supplychain.demo.playing import FILE as DEMO_FILE

PR_SET_PDEATHSIG = 1
STOP_S_MAX = 4.0
POLL_S = 0.1
LIBC = ctypes.CDLL(None)  # loaded here: between fork and exec nothing may be
READY_S_MAX = 60.0
SETTINGS = "supplychain.settings"
WITNESS = "demo-witness"
WITNESS_KEY_FILE = "witness.pem"
CELERY = ("celery", "--quiet", "--app=supplychain.celery")
# Celery says so whenever it runs as root, as it does in a container.
QUIETER = "ignore:You're running the worker with superuser privileges"


class Command(BaseCommand):
    """The one command that a person starts; what it starts ends with it, however it ends."""

    help = "Run the web server, the worker, the scheduler and the sequencer in the foreground."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to fill an empty database with the demonstration."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true", help="make demonstration data once")

    def handle(self, *, host: str, port: int, demo: bool, **_options: object) -> None:
        """Prepare, start, watch, stop."""
        refuse_taken_port(host, port)
        crew = Crew(say=self._say, surroundings=surroundings(host, port))
        try:
            completed = all(crew.complete(name, command) for name, command in steps(demo=demo))
            if completed:
                admit_operator(self._say)
                connection.close()  # the programs have their own
                self._serve(crew, host, port, demo=demo)
        finally:
            crew.stop()
            embedded_postgres.detach()
            self._say("stopped")
        if crew.failed:
            sys.exit(1)

    def _serve(self, crew: "Crew", host: str, port: int, *, demo: bool) -> None:
        witness_port = free_port(host, port + 1) if keeps_witness(demo=demo) else None
        if witness_port:
            trust_witness(host, witness_port)
            crew.start("witness", witness(host, witness_port))
        for name, command in services(host, port).items():
            crew.start(name, command)
        if witness_port and crew.wait_for_port(host, witness_port):
            call_command("cosign_checkpoint", stdout=StringIO())
        if not crew.wait_for_port(host, port):
            return
        if demo:
            call_command("seed_demo", show=True, stdout=self.stdout)
        self._say(f"Unbroken is at http://{host}:{port}/ · Ctrl-C stops it")
        crew.watch()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def manage(*arguments: str) -> list[str]:
    """A command line of this project."""
    return [sys.executable, "-u", str(settings.BASE_DIR / "manage.py"), *arguments]


def module(*arguments: str) -> list[str]:
    """A command line of an installed program."""
    return [sys.executable, "-u", "-m", *arguments]


def steps(*, demo: bool) -> list[tuple[str, list[str]]]:
    """What must be done before anything serves; each step leaves alone what is there."""
    found = [("prepare", manage("prepare"))]
    if not all((settings.KEYS_DIR / name).exists() for name in (OPERATOR_FILE, POLICY_FILE)):
        found.append(("keys", manage("make_keys")))
    if demo and not (settings.VAR_DIR / DEMO_FILE).exists():
        found.append(("demo", manage("seed_demo")))
    if demo and not witness_key().exists():
        words = ["make-key", "--name", f"{WITNESS}.example", "--out", str(witness_key())]
        found.append(("witness", module("ledger.witness", *words)))
    return found


def witness_key() -> Path:
    """The key of the witness that runs beside us, as somebody else's would elsewhere."""
    return settings.VAR_DIR / "witness" / WITNESS_KEY_FILE


def keeps_witness(*, demo: bool) -> bool:
    """Whether to run the demonstration's witness: also later, for the policy asks for it."""
    return demo or witness_key().exists()


def trust_witness(host: str, port: int) -> None:
    """Say in the policy where the witness is now; ask for it unless somebody is asked for."""
    vkey = witness_key().with_name(f"{WITNESS_KEY_FILE}.vkey").read_text().strip()
    quorum = [] if signers.policy().trust.asks else ["--quorum", "all"]
    url = f"http://{host}:{port}"
    call_command("trust_witness", WITNESS, vkey, url, *quorum, stdout=StringIO())


def witness(host: str, port: int) -> list[str]:
    """The program that cosigns our checkpoints, with its own key and its own state."""
    files = ["--key", str(witness_key()), "--state", str(witness_key().with_name("state.json"))]
    log = str(signers.policy().log)
    return module("ledger.witness", *files, "--listen", f"{host}:{port}", "--log", log)


def free_port(host: str, wanted: int) -> int:
    """The port wanted, or another one where somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except (OSError, OverflowError):
            probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def admit_operator(say: Callable[[str], object]) -> None:
    """Have the operator's key in the registry, if the authority's is at hand."""
    try:
        call_command("admit_operator", stdout=StringIO())
    except CommandError as refusal:
        say(f"nothing is proven complete without the operator's key: {refusal}")


def services(host: str, port: int) -> dict[str, list[str]]:
    """The programs that run side by side.

    The worker runs its tasks in threads, so that no child of its own can outlive it.
    """
    web = ["--worker-class=gthread", "--workers=2", "--threads=6", f"--bind={host}:{port}"]
    web += ["--no-control-socket", "--graceful-timeout=3", "--keep-alive=30", "--log-level=warning"]
    web += ["--limit-request-line=8190"]  # so that our own page answers a scan that is too long
    worker = ["--pool=threads", "--concurrency=3", "--loglevel=WARNING", "--without-mingle"]
    beat = [f"--schedule={settings.VAR_DIR / 'beat'}", "--pidfile=", "--loglevel=WARNING"]
    return {
        "sequencer": manage("sequence"),
        "web": module("gunicorn", *web, "supplychain.wsgi:application"),
        "worker": module(*CELERY, "worker", *worker),
        "beat": module(*CELERY, "beat", *beat),
    }


def surroundings(host: str, port: int) -> dict[str, str]:
    """The environment of what we start: ours, and where the site is to be found."""
    ours = {"SITE_URL": f"http://{host}:{port}", "PYTHONWARNINGS": QUIETER}
    return {**ours, **os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS}


def refuse_taken_port(host: str, port: int) -> None:
    """End with a clear sentence when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"cannot listen on {host}:{port}: {error.strerror}"
            raise CommandError(f"{message}; choose another port: make demo PORT=8123") from error


class Crew:
    """Processes that end together.

    Each is the leader of its own session: a Ctrl-C in the terminal reaches us alone, and we end
    them in order. Should we be killed, Linux tells each of them to stop.
    """

    def __init__(self, *, say: Callable[[str], None], surroundings: dict[str, str]) -> None:
        self.failed = False
        self._say = say
        self._surroundings = surroundings
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self._output: dict[str, threading.Thread] = {}
        self._told = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take_order)

    def _take_order(self, _number: int, _frame: FrameType | None) -> None:
        self._told.set()

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a process and pass its output on, each line under its name."""
        ours = os.getpid()

        def stop_with_parent() -> None:
            if sys.platform == "linux":
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != ours:  # the parent went before the line above
                os._exit(1)

        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=settings.BASE_DIR,
            env=self._surroundings,
            start_new_session=True,
            preexec_fn=stop_with_parent,  # noqa: PLW1509 - it takes no lock of Python's
        )
        self._members[name] = process
        told = threading.Thread(target=self._pass_on, args=(name, process.stdout), daemon=True)
        told.start()
        self._output[name] = told
        return process

    def _pass_on(self, name: str, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._say(f"{name:>9} │ {line.decode(errors='replace').rstrip()}")

    def complete(self, name: str, command: list[str]) -> bool:
        """Run a process to its end; False when it failed or we were told to stop."""
        process = self.start(name, command)
        while process.poll() is None and not self._told.is_set():
            time.sleep(POLL_S)
        if process.poll() is None:
            return False
        self._output[name].join(timeout=1)
        del self._members[name]
        if process.returncode != 0:
            self._say(f"{name} failed with exit code {process.returncode}")
            self.failed = True
        return process.returncode == 0

    def wait_for_port(self, host: str, port: int) -> bool:
        """Whether somebody answers before a member dies or we are told to stop."""
        end = time.monotonic() + READY_S_MAX
        while time.monotonic() < end and not self._told.wait(POLL_S) and not self._somebody_died():
            try:
                socket.create_connection((host, port), timeout=1).close()
            except OSError:
                continue
            return True
        return False

    def watch(self) -> None:
        """Return when told to stop, or when any member has died."""
        while not self._told.wait(POLL_S) and not self._somebody_died():
            embedded_postgres.look_after()

    def _somebody_died(self) -> bool:
        dead = [name for name, process in self._members.items() if process.poll() is not None]
        for name in dead:
            self._say(f"{name} ended with code {self._members[name].returncode}: stopping all")
        self.failed = self.failed or bool(dead)
        return bool(dead)

    def stop(self) -> None:
        """End every member: politely first, and whatever is left of its session at once after."""
        for process in self._members.values():
            process.terminate()
        end = time.monotonic() + STOP_S_MAX
        for process in self._members.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
            kill_session(process.pid)
            process.wait()
        for told in self._output.values():  # last words
            told.join(timeout=1)


def kill_session(leader: int) -> None:
    """Kill what is left of a process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
