"""Messages in a folder are seen whole or not at all."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from supplychain import broker

QUEUES = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "queue").mkdir()
    return tmp_path


def connect(folder: Path) -> Connection:
    broker.announce()
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.01,
    }
    return Connection(f"{broker.SCHEME}://localhost", transport_options=options)


@pytest.fixture
def queue(folder: Path, request: pytest.FixtureRequest) -> Iterator[SimpleQueue]:
    name = request.node.name  # kombu remembers for a whole process what is bound
    with connect(folder) as connection, connection.SimpleQueue(name) as queue:
        yield queue


def test_messages_come_in_the_order_in_which_they_were_sent(queue: SimpleQueue) -> None:
    for number in range(20):
        queue.put({"number": number})
    assert [queue.get(timeout=5).payload["number"] for _ in range(20)] == list(range(20))


def test_a_message_that_is_still_being_written_is_not_taken(
    folder: Path, queue: SimpleQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda _staged, _target: None)
        queue.put({"number": 1})
    assert [path.suffix for path in (folder / "queue").iterdir()] == [".part"]
    with pytest.raises(Empty):
        queue.get(block=False)


def test_a_queue_that_binds_while_others_read_is_never_seen_half(folder: Path) -> None:
    stop, seen = threading.Event(), []
    with ExitStack() as stack:
        reading: Any = stack.enter_context(connect(folder)).channel()

        def read() -> None:
            while not stop.is_set():
                seen.append(len(reading.get_table("all")))

        reader = threading.Thread(target=read)
        reader.start()
        binding: Any = stack.enter_context(connect(folder)).channel()
        for number in range(QUEUES):
            binding._queue_bind("all", "", "", f"queue-{number}")
        stop.set()
        reader.join()
        bound = binding.get_table("all")
    assert seen == sorted(seen)
    assert len(bound) == QUEUES
