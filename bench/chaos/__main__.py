"""Kill the parts at random while entries are posted; then see that nothing was lost.

    python -m bench.chaos [--rounds 50 | --kills 1000] [--seed N] [--senders 4]

Everything lives in a folder of its own: database, keys, log. It is removed in the end, unless a
promise was broken or `--keep` was given. Exit code 0: every promise held. 1: one was broken.
2: stopped before the end.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import django

# What a shell may know and the parts need; all else of theirs is under our folder.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "EMBEDDED_POSTGRES_BINARIES")


def main(argv: Sequence[str] | None = None) -> int:
    """Make the folder, play, say what happened, clear up."""
    options = _parser().parse_args(argv)
    told = obey_orders()
    folder = Path(tempfile.mkdtemp(prefix="unbroken-chaos-"))
    folder.chmod(0o711)  # the account that root runs PostgreSQL as must get through
    print(f"in {folder}, seed {options.seed}", flush=True)
    move_in(folder)
    from bench.chaos.game import Length  # noqa: PLC0415 - its imports read the settings
    from bench.chaos.play import play  # noqa: PLC0415

    length = Length(options.rounds, options.kills)
    code = play(folder, told, length=length, seed=options.seed, senders=options.senders)
    if options.keep or code == 1:
        print(f"kept {folder}")
    else:
        clear_up(folder)
    return code


def obey_orders() -> threading.Event:
    """Have the usual orders to end set an event, and do nothing else."""
    told = threading.Event()

    def take_order(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, take_order)
    return told


def move_in(folder: Path) -> None:
    """Let this process, and all that it starts, know of nothing but the folder."""
    ours = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(ours)
    os.environ["DJANGO_SETTINGS_MODULE"] = "supplychain.settings"
    os.environ["UNBROKEN_VAR"] = str(folder)
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()


def clear_up(folder: Path) -> None:
    """Remove the folder, and the database where it had to live elsewhere."""
    moved = folder / "postgres" / "moved-to"
    if moved.exists():
        shutil.rmtree(moved.read_text().strip())
    shutil.rmtree(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument(
        "--kills", type=int, default=0, help="go on until so many were killed, more of them a round"
    )
    parser.add_argument("--seed", type=int, default=1, help="of everything that is left to chance")
    parser.add_argument("--senders", type=int, default=4, help="how many post at once")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
