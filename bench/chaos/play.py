"""From the first stone to the last process: make the house, play, reckon, end everything."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from bench.chaos.crew import bearing
from bench.chaos.game import Game, Length, Stopped, say
from bench.chaos.house import furnish
from supplychain import embedded_postgres

GONE_S_MAX = 15.0


def play(folder: Path, told: threading.Event, *, length: Length, seed: int, senders: int) -> int:
    """Play the rounds; 0 when every promise held, 1 when not, 2 when stopped before the end."""
    broken: list[str] = []
    stopped = False
    try:
        broken += Game(furnish(folder), told, seed=seed, senders=senders).play(length)
    except Stopped:
        stopped = True
    finally:
        embedded_postgres.detach()
        broken += left_over(folder)
    for one in broken:
        say(f"BROKEN: {one}")
    if stopped:
        say("stopped before the end")
    return 1 if broken else 2 * stopped


def left_over(folder: Path) -> list[str]:
    """Name the processes that should have ended with us, and end them."""
    end = time.monotonic() + GONE_S_MAX
    while bearing(folder) and time.monotonic() < end:
        time.sleep(0.1)
    found = bearing(folder)
    for process in found:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return [f"process {process} was left behind" for process in found]
