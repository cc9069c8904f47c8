"""The rounds: load, blows, recovery."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from django.db import DatabaseError

from bench.chaos import reckoning
from bench.chaos.blows import VICTIMS, strike
from bench.chaos.crew import Crew
from bench.chaos.house import HOST, House
from bench.chaos.senders import Prober, Sender
from bench.chaos.table import Round, by_kind, figures
from bench.chaos.tally import Tally
from bench.chaos.watcher import Watcher
from bench.chaos.wire import Wire

TICK_S = 0.02
START_S_MAX = 60.0
RECOVERY_S_MAX = 60.0
FINISH_S_MAX = 100.0
LOAD_S = (0.2, 1.5)
BETWEEN_BLOWS_S = (0.0, 0.4)
ANOTHER, ANOTHER_OF_MANY = 0.4, 0.75
"""How likely it is that a further blow follows a blow; and when there are many to deal."""
FOLLOWED_KINDS = frozenset({"celery worker", "scheduler"})


@dataclass(frozen=True)
class Length:
    """How long to play: so many rounds or, unless that is 0, until so many were killed."""

    rounds: int
    kills: int = 0

    def is_over(self, rounds: Sequence[Round]) -> bool:
        if self.kills:
            return sum(len(one.kinds) for one in rounds) >= self.kills
        return len(rounds) >= self.rounds


class Stopped(Exception):  # noqa: N818 - it is an order, not an error
    """Somebody wants us to end."""


class Stuck(Exception):  # noqa: N818 - it is a finding, not an error
    """Something that had to happen did not."""


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


class Game:
    """One run in one house."""

    def __init__(self, house: House, told: threading.Event, *, seed: int, senders: int) -> None:
        self._house = house
        self._told = told
        self._chance = Random(seed)
        self._deck: list[str] = []
        self._crew = Crew(house.folder, house.port)
        self._tally = Tally()
        self._rounds: list[Round] = []
        self._another = ANOTHER
        self._senders = [
            Sender(number, house.author, self._wire(), self._tally, seed)
            for number in range(senders)
        ]
        self._prober = Prober(house.author, self._wire(), self._tally, seed)
        self._watcher = Watcher(house.checkpoint_file, self._wire(), house.policy.log)

    def play(self, length: Length) -> list[str]:
        """Play and reckon; return the promises that were broken. Raises Stopped."""
        stuck: list[str] = []
        try:
            try:
                self._open()
                self._play_rounds(length)
                self._close()
            except Stuck as found:
                stuck.append(str(found))
            broken = stuck + reckoning.reckon(self._house, self._tally, self._watcher)
        finally:
            for sender in self._senders:
                sender.finish()
            self._prober.finish()
            self._watcher.finish()
            self._crew.stop()
        self._report(broken)
        return broken

    # --- the course -------------------------------------------------------------------------------

    def _open(self) -> None:
        """Start everything, and wait until a first entry was taken and covered."""
        for thread in (self._prober, self._watcher):
            thread.start()
        self._until(self._works_since(time.monotonic()), START_S_MAX, "the first start")
        for sender in self._senders:
            sender.start()
        say("all parts are at work")

    def _play_rounds(self, length: Length) -> None:
        self._another = ANOTHER_OF_MANY if length.kills else ANOTHER
        for number in count(1):
            if length.is_over(self._rounds):
                return
            self._wait(self._chance.uniform(*LOAD_S))
            played = self._play_one(f"round {number}")
            self._rounds.append(played)
            back = "" if played.followed_s is None else f", worker {played.followed_s:.2f} s"
            kinds = " + ".join(played.kinds)
            say(f"{number:>3}  {kinds}: recovered in {played.recovered_s:.2f} s{back}")

    def _play_one(self, name: str) -> Round:
        kinds = self._strike()
        began = time.monotonic()
        what = f"{name}, after {' + '.join(kinds)}: no recovery"
        recovered_s = self._until(self._works_since(began), RECOVERY_S_MAX, what)
        if FOLLOWED_KINDS.isdisjoint(kinds):
            return Round(kinds, recovered_s)
        size = reckoning.followed()
        self._until(lambda: reckoning.followed() > size, RECOVERY_S_MAX, f"{what} of the worker")
        return Round(kinds, recovered_s, time.monotonic() - began)

    def _close(self) -> None:
        """Let the senders finish, see that the log goes on, and let what waits come through."""
        say("the senders finish; then comes the audit")
        for sender in self._senders:
            sender.finish()
        self._until(lambda: not any(map(Sender.is_alive, self._senders)), FINISH_S_MAX, "senders")
        self._until(self._works_since(time.monotonic()), RECOVERY_S_MAX, "a new entry in the end")
        self._prober.finish()
        self._until(lambda: not self._prober.is_alive(), FINISH_S_MAX, "the prober")
        self._until(lambda: reckoning.waiting() == 0, RECOVERY_S_MAX, "the inbox")
        size = len(reckoning.stored().leaves)
        self._until(lambda: reckoning.followed() == size, RECOVERY_S_MAX, "the worker in the end")
        self._watcher.finish()
        self._until(lambda: not self._watcher.is_alive(), FINISH_S_MAX, "the watcher")
        self._watcher.look()

    # --- its parts --------------------------------------------------------------------------------

    def _wire(self) -> Wire:
        return Wire(HOST, self._house.port, self._house.token)

    def _strike(self) -> tuple[str, ...]:
        """Deal the blows of a round: every kind comes first in its turn, others follow at will."""
        struck = []
        kind = self._draw()
        while True:
            if strike(kind, self._crew, self._house.folder, self._chance):
                struck.append(kind)
            if struck and self._chance.random() >= self._another:
                return tuple(struck)
            self._wait(self._chance.uniform(*BETWEEN_BLOWS_S))
            kind = self._chance.choice(list(VICTIMS)) if struck else kind

    def _draw(self) -> str:
        if not self._deck:
            self._deck = list(VICTIMS)
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def _works_since(self, moment: float) -> Callable[[], bool]:
        """Whether all are alive, and an entry posted since then was taken and is covered."""
        return lambda: self._crew.is_complete and self._prober.began_at > moment

    def _wait(self, seconds: float) -> None:
        """Let time pass, with an eye on the crew and an ear for orders."""
        end = time.monotonic() + seconds
        while True:
            if self._told.is_set():
                raise Stopped
            self._crew.mind()
            if time.monotonic() >= end:
                return
            time.sleep(TICK_S)

    def _until(self, true: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until something holds; return the seconds that it took. Raises Stuck."""
        began = time.monotonic()
        while not _holds(true):
            if time.monotonic() - began > seconds:
                raise Stuck(f"{what}: not within {seconds:.0f} s")
            self._wait(TICK_S)
        return time.monotonic() - began

    def _report(self, broken: list[str]) -> None:
        tally, members = self._tally, self._crew.members.values()
        say("")
        say(by_kind(self._rounds, VICTIMS))
        say("")
        failures = ", ".join(f"{name}: {count}" for name, count in tally.failures.most_common())
        named = {
            "rounds": len(self._rounds),
            "kills": sum(len(one.kinds) for one in self._rounds),
            "entries acknowledged": len(tally.acknowledged),
            "entries resent": tally.resent,
            "… that stood already": tally.known,
            "acknowledged and lost": sum(one.startswith("lost") for one in broken),
            "checkpoints witnessed": len({*self._watcher.of_file.seen, *self._watcher.of_web.seen}),
            "requests not answered": failures or "none",
            "starts anew": ", ".join(f"{one.name} {one.deaths}" for one in members),
            "promises broken": len(broken),
        }
        say(figures(named))


def _holds(true: Callable[[], bool]) -> bool:
    """Whether it holds; what cannot be asked does not."""
    try:
        return true()
    except DatabaseError:
        return False
