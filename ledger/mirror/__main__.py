"""``python -m ledger.mirror URL --log VKEY --folder DIR [--once] [--serve PORT]``.

Follows a log, checks everything, and keeps a full copy: with the standard library and `ecdsa`
only. Exit code 0: all is well; 1: the log contradicts itself; 2: nothing could be done.
"""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from ledger.core.checkpoint import Checkpoint, Vkey
from ledger.core.errors import LedgerError
from ledger.core.links import OutputRef
from ledger.core.tiled_tree import WIDTH
from ledger.folder_store import FolderStore
from ledger.mirror import serving
from ledger.mirror.checked_tiles import Contradiction, Fetch
from ledger.mirror.following import CONTRADICTIONS, Mirror
from ledger.mirror.source import Source, SourceFailed
from ledger.verifier.ecdsa_signatures import EcdsaSignatures

WELL, CONTRADICTED, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; whatever the log does, an exit code and a sentence, never a traceback."""
    options = _parser().parse_args(argv)
    try:
        _run(options)
    except Contradiction as fault:
        return _shout(fault, options.folder)
    except LedgerError as fault:
        sys.stderr.write(f"UNUSABLE  {fault.code}: {fault.message}\n")
        return UNUSABLE
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"UNUSABLE  {fault}\n")
        return UNUSABLE
    except KeyboardInterrupt:
        pass
    return WELL


def _run(options: argparse.Namespace) -> None:
    copy = FolderStore(options.folder)
    log = Vkey.parse(options.log)
    mirror = Mirror(copy, log, EcdsaSignatures(), hashes_only=options.hashes_only)
    _say(_standing(mirror.held()))
    if options.evidence:
        outputs = [OutputRef.parse(text) for text in options.output]
        options.out.write_bytes(mirror.evidence(options.evidence, outputs).as_bytes())
        return
    if options.serve is not None:
        _serve(copy, options)
    if options.url is not None:
        _follow(mirror, options)
    elif options.serve is not None:
        threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.mirror",
        description="Follow a log, check everything in it, and keep a full copy.",
        epilog="Exit code 0: all is well. 1: the log contradicts itself. 2: nothing could be done.",
    )
    add = parser.add_argument
    add("url", nargs="?", help="the log's prefix, https://…/log; without: only serve")
    add("--log", required=True, metavar="VKEY", help="the log's public key, from whom you trust")
    add("--folder", type=Path, required=True, help="where the copy is kept")
    add("--once", action="store_true", help="take what is new, and end")
    add("--every", type=float, default=2.0, metavar="SECONDS", help="pause between two looks")
    add("--recheck", action="store_true", help="first compare the whole copy with the log")
    add("--hashes-only", action="store_true", help="keep no entries: they need a token")
    add("--authorization", metavar="TOKEN|@FILE", help="what opens the log's entries")
    add("--serve", type=int, metavar="PORT", help="serve the copy as the log does")
    add("--host", default="127.0.0.1", help="where to serve")
    add("--evidence", metavar="STREAM", help="write the evidence about a stream out of the copy")
    add("--output", action="append", default=[], metavar="ENTRY#N", help="about this output only")
    add("--out", type=Path, default=Path("evidence.json"), help="where to write it")
    add("--open-entries", action="store_true", help="serve entries too, to anybody")
    return parser


def _follow(mirror: Mirror, options: argparse.Namespace) -> None:
    """Follow until told to stop. A log that does not answer is asked again, unless `--once`."""
    fetch = Source(options.url, _token(options.authorization)).get
    held = mirror.held()
    if options.recheck and held:
        mirror.recheck(fetch, range(held.size // WIDTH))
    turn = 0
    while True:
        try:
            newest = mirror.follow(fetch)
            if newest != held:
                _say(_standing(newest))
            held = newest
            if options.once:
                return
            turn = _look_back(mirror, held, turn, fetch)
        except SourceFailed as fault:
            if options.once:
                raise
            sys.stderr.write(f"{fault.code}: {fault.message}\n")
        time.sleep(options.every)


def _look_back(mirror: Mirror, held: Checkpoint, turn: int, fetch: Fetch) -> int:
    """Look at one tile of those that are held already, round and round; return the next."""
    full = held.size // WIDTH
    if full:
        mirror.recheck(fetch, [turn % full])
    return turn + 1


def _serve(copy: FolderStore, options: argparse.Namespace) -> None:
    server = serving.server(copy, options.host, options.serve, open_entries=options.open_entries)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _say(f"serving at http://{options.host}:{server.server_address[1]}/")


def _token(text: str | None) -> str | None:
    """The token itself, or the first line of the file that is named with @."""
    if text is None or not text.startswith("@"):
        return text
    return Path(text[1:]).read_text(encoding="ascii").split("\n")[0].strip()


def _standing(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "nothing is held yet"
    return f"held {checkpoint.origin} size {checkpoint.size} root {checkpoint.root.hex()}"


def _shout(fault: Contradiction, folder: Path) -> int:
    sys.stderr.write(
        f"\nTHE LOG CONTRADICTS ITSELF  {fault.code}: {fault.message}\n"
        f"Keep {folder}: its checkpoint and {folder / CONTRADICTIONS} are the proof.\n"
        "Show both to the other witnesses and to the regulator.\n"
    )
    return CONTRADICTED


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
