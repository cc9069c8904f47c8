"""Threads that post entries and send again what was not acknowledged, as real senders do."""

import threading
import time
from itertools import count
from random import Random

from bench.chaos.lots import Author, Signed, Story
from bench.chaos.tally import Tally
from bench.chaos.wire import Answer, Wire

PAUSE_S_MAX = 0.08
RESEND_S = 0.1
GIVE_UP_S = 90.0
MANY_MAX = 10
ENTRIES = "/api/v1/entries"


class Post:
    """Posting until it is acknowledged, refused or given up."""

    def __init__(self, wire: Wire, tally: Tally) -> None:
        self._wire = wire
        self._tally = tally

    def deliver(self, entries: list[Signed]) -> bool:
        """Send the same bytes until each is answered; False when one was not acknowledged."""
        end = time.monotonic() + GIVE_UP_S
        while time.monotonic() < end:
            answer = self._send(entries)
            if not answer.may_be_resent:
                return self._note(entries, answer)
            self._tally.fail(answer, entries)
            time.sleep(RESEND_S)
        self._tally.give_up(entries, GIVE_UP_S)
        return False

    def _send(self, entries: list[Signed]) -> Answer:
        bodies = [{"entry": one.text} for one in entries]
        return self._wire.post(ENTRIES, bodies[0] if len(bodies) == 1 else {"entries": bodies})

    def _note(self, entries: list[Signed], answer: Answer) -> bool:
        if len(entries) == 1:
            return self._note_one(entries[0], answer.status, answer.body)
        if answer.status != 200:
            return self._note_one(entries[0], answer.status, answer.body)
        notes = [
            self._note_one(signed, one["status"], one.get("receipt") or one["problem"])
            for signed, one in zip(entries, answer.body["results"], strict=True)
        ]
        return all(notes)

    def _note_one(self, signed: Signed, status: int, said: dict[str, object]) -> bool:
        good = status in (200, 201)
        if good:
            self._tally.acknowledge(signed, said)
        else:
            self._tally.refuse(signed, said)
        return good


class Sender(threading.Thread):
    """Tells one story after another, one step or several in a request, until it is over."""

    def __init__(self, number: int, author: Author, wire: Wire, tally: Tally, seed: int) -> None:
        super().__init__(name=f"sender {number}", daemon=True)
        self._number = number
        self._author = author
        self._wire = wire
        self._post = Post(wire, tally)
        self._chance = Random(seed * 1000 + number)
        self._over = threading.Event()

    def run(self) -> None:
        for lot in count():
            story = Story(self._author, f"S{self._number}-{lot}", self._chance)
            while not story.is_told and not self._over.is_set():
                if not self._post.deliver(self._some(story)):
                    break  # what follows would build upon what was not taken
                self._over.wait(self._chance.uniform(0, PAUSE_S_MAX))
            if self._over.is_set():
                break
        self._wire.close()

    def finish(self) -> None:
        """Post no more; what is on its way is still delivered."""
        self._over.set()

    def _some(self, story: Story) -> list[Signed]:
        many = self._chance.randint(2, MANY_MAX) if self._chance.random() < 0.1 else 1
        entries = [story.tell()]
        while len(entries) < many and not story.is_told:
            entries.append(story.tell())
        return entries


class Prober(threading.Thread):
    """Posts a new lot, waits until a checkpoint covers it, and begins again.

    So it is known from when on the whole way worked again: in, stored, logged, signed, shown.
    """

    def __init__(self, author: Author, wire: Wire, tally: Tally, seed: int) -> None:
        super().__init__(name="prober", daemon=True)
        self._author = author
        self._wire = wire
        self._tally = tally
        self._post = Post(wire, tally)
        self._chance = Random(seed * 1000 + 999)
        self._over = threading.Event()
        self.began_at = 0.0
        """When the newest entry was posted for the first time that is now covered."""

    def run(self) -> None:
        for lot in count():
            began_at = time.monotonic()
            signed = Story(self._author, f"P-{lot}", self._chance).tell()
            if self._post.deliver([signed]) and self._until_covered(signed.entry_id):
                self.began_at = began_at
            if self._over.wait(0.05):
                break
        self._wire.close()

    def finish(self) -> None:
        self._over.set()

    def _until_covered(self, entry_id: str) -> bool:
        while not self._over.wait(0.05):
            answer = self._wire.get(f"{ENTRIES}/{entry_id}")
            if answer.status == 404:
                self._tally.broken.append(f"{entry_id} was acknowledged and is unknown")
                return False
            if answer.status == 200 and answer.body["state"] == "logged":
                self._tally.place(entry_id, answer.body["index"])
                return True
        return False
