"""The default broker: messages as files in a folder, with nothing to install.

kombu's own file transport opens a message under its final name and writes it afterwards; a reader
that comes between takes an empty file, and the worker ends. Here a file appears only when whole.
"""

import fcntl
import os
import time
from itertools import count
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"
_numbers = count()


class Channel(filesystem.Channel):
    """As kombu's, but for the two writes that others read."""

    def _put(  # type: ignore[override]  # the bases in the stubs disagree on its names
        self, queue: str, payload: dict[str, Any], **_options: Any
    ) -> None:
        name = f"{time.monotonic_ns():020d}_{os.getpid()}_{next(_numbers)}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str
    ) -> None:
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # not in the stubs
        file.parent.mkdir(parents=True, exist_ok=True)
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            queues = self.get_table(exchange)
            if bound not in queues:
                write_whole(file, dumps([bound, *queues]))


class Transport(filesystem.Transport):
    """kombu's file transport with whole files."""

    Channel = Channel


def write_whole(file: Path, text: str) -> None:
    """Write a file that no reader ever sees in part: under another name, then moved."""
    staged = file.with_name(f"{file.name}.{os.getpid()}.{next(_numbers)}.part")
    staged.write_text(text, encoding="utf-8")
    staged.replace(file)


def announce() -> None:
    """Let kombu know the scheme of our URLs."""
    TRANSPORT_ALIASES[SCHEME] = "supplychain.broker:Transport"
