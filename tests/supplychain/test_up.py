"""One command starts everything, and leaves nothing behind however it ends."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger import signers
from supplychain.management.commands.up import (
    WITNESS,
    Crew,
    free_port,
    keeps_witness,
    manage,
    services,
    steps,
    trust_witness,
    witness,
    witness_key,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

# A miniature of the command: a crew of given programs, watched until something ends.
MINIATURE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from supplychain.management.commands.up import Crew
def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()
crew = Crew(say=say, surroundings=dict(os.environ))
for number, program in enumerate(sys.argv[1:]):
    crew.start(f"member{number}", ["/bin/sh", "-c", program])
say("watching")
crew.watch()
crew.stop()
sys.exit(crew.failed)
"""
OBEDIENT = "echo here $0; exec sleep 60"
STUBBORN = "trap '' TERM; echo here; while :; do sleep 1; done"
PARENT = "sleep 61 & echo here; wait"


@pytest.fixture
def mark() -> str:
    """A word in the environment of everything that a test starts."""
    return f"UNBROKEN_TEST_MARK={os.getpid()}-{time.monotonic_ns()}"


def bearing(mark: str) -> list[int]:
    """The living processes with the mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            dead = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            if not dead and mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


Miniature = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def heard() -> list[str]:
    """What the miniature said until everybody was there."""
    return []


@pytest.fixture
def miniature(project: Path, mark: str, heard: list[str]) -> Iterator[Miniature]:
    started: list[subprocess.Popen[str]] = []

    def start(*programs: str) -> "subprocess.Popen[str]":
        name, _, value = mark.partition("=")
        process = subprocess.Popen(
            [sys.executable, "-c", MINIATURE, *programs],
            cwd=project,
            env={**os.environ, name: value},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        expected = {"watching", *(f"member{n}" for n in range(len(programs)))}
        assert process.stdout is not None
        while expected:
            heard.append(process.stdout.readline())
            expected.discard(heard[-1].split()[0])
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert not bearing(mark)


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_an_order_to_stop_ends_every_member(
    miniature: Miniature, mark: str, order: signal.Signals
) -> None:
    process = miniature(OBEDIENT, OBEDIENT, PARENT)
    began = time.monotonic()
    process.send_signal(order)
    assert process.wait(6) == 0
    assert time.monotonic() - began < 3
    assert bearing(mark) == []


def test_a_ctrl_c_in_the_terminal_reaches_the_whole_group_and_still_ends_in_order(
    miniature: Miniature, mark: str
) -> None:
    process = miniature(OBEDIENT, OBEDIENT)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(6) == 0
    assert bearing(mark) == []


def test_a_member_that_will_not_listen_is_killed_within_five_seconds(
    miniature: Miniature, mark: str
) -> None:
    process = miniature(STUBBORN, OBEDIENT)
    began = time.monotonic()
    process.terminate()
    process.wait(8)
    assert time.monotonic() - began < 5.5
    assert bearing(mark) == []


def test_any_death_ends_all_and_is_a_failure(miniature: Miniature, mark: str) -> None:
    process = miniature(OBEDIENT, "echo here; sleep 0.3; exit 3")
    assert process.wait(8) == 1
    assert process.stdout is not None
    assert "member1 ended with code 3: stopping all" in process.stdout.read()
    assert bearing(mark) == []


def test_a_killed_command_takes_its_members_along(miniature: Miniature, mark: str) -> None:
    process = miniature(OBEDIENT, OBEDIENT)
    process.kill()
    process.wait()
    end = time.monotonic() + 5
    while bearing(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert bearing(mark) == []


def test_each_line_bears_the_name_of_its_member(miniature: Miniature, heard: list[str]) -> None:
    process = miniature("printf 'first\\nsecond\\nhere\\n' >&2; exec sleep 60")
    process.terminate()
    lines = [*heard, *process.communicate()[0].splitlines(keepends=True)]
    named = [line for line in lines if line.startswith("  member0 │ ")]
    assert named == [f"  member0 │ {word}\n" for word in ("first", "second", "here")]


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"127.0.0.1:{port}.*PORT="):
            call_command("up", port=port)


def test_web_worker_beat_and_sequencer_run_side_by_side() -> None:
    assert set(services("127.0.0.1", 8000)) == {"web", "worker", "beat", "sequencer"}


def test_the_demonstrations_witness_has_a_key_before_anything_serves(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR = tmp_path
    assert "witness" in dict(steps(demo=True))
    assert "witness" not in dict(steps(demo=False))
    assert not keeps_witness(demo=False)
    witness_key().parent.mkdir()
    witness_key().touch()
    assert "witness" not in dict(steps(demo=True))
    assert keeps_witness(demo=False)


def test_the_witness_is_trusted_where_it_is_now_and_then_asked_for(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    call_command("make_keys", stdout=io.StringIO())
    subprocess.run(dict(steps(demo=True))["witness"], check=True, stdout=subprocess.DEVNULL)
    trust_witness("127.0.0.1", 8001)
    trust_witness("127.0.0.1", 8002)
    trust = signers.policy().trust
    assert trust.witnesses[WITNESS].url == "http://127.0.0.1:8002"
    assert (trust.asks, trust.is_met_by([WITNESS])) == (True, True)
    assert str(signers.policy().log) in witness("127.0.0.1", 8002)


def test_a_port_that_is_taken_is_not_wanted() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) not in (0, port)
    assert free_port("127.0.0.1", port) == port
    assert free_port("127.0.0.1", 65_536) > 0


def test_demonstration_data_are_made_only_when_asked_for() -> None:
    assert ("demo", manage("seed_demo")) in steps(demo=True)
    assert "demo" not in dict(steps(demo=False))


def test_an_installation_from_before_gets_an_operators_key(
    settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    (tmp_path / "policy.json").touch()
    assert ("keys", manage("make_keys")) in steps(demo=False)
    (tmp_path / "operator.pem").touch()
    assert "keys" not in dict(steps(demo=False))


def test_a_crew_gives_its_members_their_surroundings() -> None:
    said: list[str] = []
    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        crew = Crew(say=said.append, surroundings={"COLOUR": "green"})
        assert crew.complete("step", ["/bin/sh", "-c", "echo $COLOUR"])
        assert not crew.complete("step", ["/bin/sh", "-c", "exit 2"])
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert said[0].endswith("│ green")
    assert said[-1] == "step failed with exit code 2"
    assert crew.failed
