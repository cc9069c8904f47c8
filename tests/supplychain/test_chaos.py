"""Parts are killed while entries are posted: a short version of `make chaos`, and its judgement."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bench.chaos.crew import bearing
from bench.chaos.lots import Signed
from bench.chaos.reckoning import Leaf, Log, lost
from bench.chaos.watcher import Notes, inconsistent
from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.merkle import leaf_hash, root
from ledger.core.signatures import LogKey

ORIGIN = "log.example/chaos"
LEAVES = [leaf_hash(bytes([n])) for n in range(7)]
SENT = {f"e{n}": Signed("", f"e{n}", leaf) for n, leaf in enumerate(LEAVES)}
KEY = LogKey.generate()
SEQUENCER_THEN_DATABASE = 112
"""A seed of this order."""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
Chaos = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def chaos(project: Path, tmp_path: Path) -> Iterator[Chaos]:
    """A run in a session of its own; what it says is in `tmp_path`."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / "said").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "bench.chaos", "--senders=2", *options],
                cwd=project,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(60)


def until_said(what: str, tmp_path: Path) -> str:
    end = time.monotonic() + 90
    while what not in (tmp_path / "said").read_text():
        assert time.monotonic() < end, (tmp_path / "said").read_text()
        time.sleep(0.05)
    return (tmp_path / "said").read_text()


def words(processes: list[int]) -> set[bytes]:
    """All that stands in their command lines, word by word, without folders and colons."""
    lines = [Path(f"/proc/{one}/cmdline").read_bytes() for one in processes]
    return {word.rpartition(b"/")[2] for line in lines for word in re.split(rb"[\0: ]", line)}


@pytest.mark.slow
@linux_only
def test_nothing_acknowledged_is_lost_when_database_and_sequencer_are_killed(
    chaos: Chaos, tmp_path: Path
) -> None:
    code = chaos("--rounds=2", f"--seed={SEQUENCER_THEN_DATABASE}").wait(180)
    said = (tmp_path / "said").read_text()
    assert code == 0, said
    assert re.findall(r"^ +\d  (.*): rec", said, re.MULTILINE) == ["sequencer", "database server"]
    figures = dict(re.findall(r"^(\S.*?)  +(\d+)$", said, re.MULTILINE))
    assert int(figures["entries acknowledged"]) > 10
    assert figures["acknowledged and lost"] == figures["promises broken"] == "0"


@pytest.mark.slow
@linux_only
def test_an_interrupt_leaves_no_process_and_no_folder(chaos: Chaos, tmp_path: Path) -> None:
    process = chaos("--rounds=1000")
    said = until_said("all parts are at work", tmp_path)
    folder = Path(said.split()[1].rstrip(","))
    assert {b"postgres", b"gunicorn", b"sequence"} <= words(bearing(folder))
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 2
    assert bearing(folder) == []
    assert not folder.exists()


# --- the judgement ----------------------------------------------------------------------------


def log(*, entries: int = 7, leaves: Sequence[bytes] = LEAVES) -> Log:
    found = [Leaf(index, f"e{index}", leaf) for index, leaf in enumerate(leaves)]
    return Log(found, frozenset(f"e{n}" for n in range(entries)))


def note(size: int, leaves: Sequence[bytes] = LEAVES, key: LogKey = KEY) -> str:
    return sign_checkpoint(Checkpoint(ORIGIN, size, root(leaves[:size])), key)


def shown(*notes: str) -> Notes:
    found = Notes("the file", Vkey(ORIGIN, KEY.public))
    for one in notes:
        found.show(one)
    return found


def test_a_log_that_has_all_that_was_acknowledged_is_good() -> None:
    assert lost(SENT, {"e3": 3}, log()) == []


def test_an_acknowledged_entry_that_is_gone_is_lost() -> None:
    assert [one[:8] for one in lost(SENT, {}, log(entries=6))] == ["lost: e6"]
    assert [one[:8] for one in lost(SENT, {}, log(leaves=LEAVES[:6]))] == ["lost: e6"]


def test_other_bytes_another_index_and_a_gap_are_found() -> None:
    assert lost(SENT, {}, log(leaves=[*LEAVES[:6], bytes(32)]))[0].startswith("altered: ")
    assert lost(SENT, {"e3": 2}, log())[0].startswith("moved: ")
    gap = Log(log().leaves[1:], log().entries)
    assert "the indices of the log are not contiguous" in lost({}, {}, gap)


def test_every_checkpoint_that_was_shown_is_of_the_final_log() -> None:
    honest = shown(note(2), note(2), note(5), note(7))
    assert honest.broken == []
    assert inconsistent(honest.seen, LEAVES) == []


def test_a_checkpoint_of_another_log_or_of_a_longer_one_is_found() -> None:
    other = [bytes(32), *LEAVES[1:]]
    assert len(inconsistent(shown(note(5, other)).seen, LEAVES)) == 1
    assert len(inconsistent(shown(note(7)).seen, LEAVES[:6])) == 1


def test_a_checkpoint_that_goes_back_or_that_another_signed_is_found() -> None:
    assert len(shown(note(5), note(4)).broken) == 1
    assert len(shown(note(5), note(5, [bytes(32), *LEAVES[1:]])).broken) == 1
    assert len(shown(note(5, key=LogKey.generate())).broken) == 1
