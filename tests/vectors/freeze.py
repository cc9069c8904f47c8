"""Freeze the golden evidence for ever: ``python -m tests.vectors.freeze``.

Each line of ``frozen.txt`` is the hash of a file, the hash of what is expected of it, and its name.
Lines are only ever added: what a release has carried stays as it was, byte for byte, and every
later release says of it what that one said.
"""

import json
from hashlib import sha256

from tests.vectors.build_evidence import FOLDER

FROZEN = FOLDER.parent / "frozen.txt"


def lines() -> list[str]:
    """One line for each golden file as it is now, in the order of the names."""
    expected = json.loads((FOLDER / "expected.json").read_bytes())
    named = {
        f"{name}.json": what | {"at": expected["at"]} for name, what in expected["vectors"].items()
    }
    names = sorted(path.name for path in FOLDER.iterdir() if path.name != "expected.json")
    return [f"{_hash(name)} {_told(named.get(name))} {name}" for name in names]


def frozen() -> list[str]:
    """The lines that were frozen."""
    return FROZEN.read_text().splitlines() if FROZEN.exists() else []


def _hash(name: str) -> str:
    return sha256((FOLDER / name).read_bytes()).hexdigest()


def _told(expected: dict[str, object] | None) -> str:
    """Hash what is expected; the numbers of steps may change, the codes may not."""
    if expected is None:
        return "-"
    codes = sorted({code for _, code in expected["findings"]})  # type: ignore[attr-defined]  # pairs
    return sha256(json.dumps(expected | {"findings": codes}, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    before = frozen()
    FROZEN.write_text(
        "".join(f"{line}\n" for line in [*before, *sorted(set(lines()) - set(before))])
    )
