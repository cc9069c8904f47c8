"""A client for tiled logs, written from C2SP tlog-tiles, tlog-checkpoint and signed-note alone.

It stands for software that nobody here wrote: it imports nothing of ours. `fetch` gets a path
below the log's prefix and returns the body, or raises.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class Head:
    """What a verified checkpoint says."""

    origin: str
    size: int
    root: bytes


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def mth(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, from leaf hashes."""
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\x01", mth(hashes[:k]), mth(hashes[k:]))


def open_note(note: str, vkey: str) -> str:
    """The text of a note, if the key of this vkey has signed it with Ed25519."""
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    assert key[:1] == b"\x01"
    assert len(key) == 33
    assert sha256(name.encode(), b"\n", key)[:4].hex() == key_id
    text, _, block = note.rpartition("\n\n")
    text += "\n"
    verified = 0
    for line in block.splitlines():
        dash, who, signature = line.split(" ")
        assert dash == "\N{EM DASH}"
        raw = base64.b64decode(signature, validate=True)
        if who == name and raw[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text.encode())
            verified += 1
    assert verified
    return text


def head(fetch: Fetch, vkey: str) -> Head:
    text = open_note(fetch("checkpoint").decode("utf-8"), vkey)
    origin, size, root = text.split("\n")[:3]
    assert str(int(size)) == size
    return Head(origin, int(size), base64.b64decode(root, validate=True))


def tile_path(level: str, number: int, width: int) -> str:
    groups: list[str] = []
    rest = number
    while True:
        groups.insert(0, f"{rest % 1000:03d}")
        rest //= 1000
        if not rest:
            break
    marked = [f"x{group}" for group in groups[:-1]] + groups[-1:]
    return f"tile/{level}/" + "/".join(marked) + ("" if width == 256 else f".p/{width}")


def level_hashes(fetch: Fetch, level: int, size: int) -> list[bytes]:
    """All hashes of a level of the tree of this size."""
    count = size // 256**level
    hashes: list[bytes] = []
    for number in range((count + 255) // 256):
        width = min(256, count - 256 * number)
        tile = fetch(tile_path(str(level), number, width))
        assert len(tile) == 32 * width
        hashes += [tile[at : at + 32] for at in range(0, len(tile), 32)]
    return hashes


def entries(fetch: Fetch, size: int) -> list[bytes]:
    """All entries of the tree of this size."""
    found: list[bytes] = []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        bundle = fetch(tile_path("entries", number, width))
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            assert len(bundle) >= 2 + length
            found.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
        assert len(found) == 256 * number + width
    return found


def walk(fetch: Fetch, vkey: str) -> tuple[Head, list[bytes]]:
    """Check a whole log, every tile of every level and every entry; return all entries."""
    newest = head(fetch, vkey)
    leaves = level_hashes(fetch, 0, newest.size)
    assert mth(leaves) == newest.root
    level, below = 1, leaves
    while newest.size // 256**level:
        hashes = level_hashes(fetch, level, newest.size)
        assert hashes == [mth(below[at : at + 256]) for at in range(0, len(below) - 255, 256)]
        level, below = level + 1, hashes
    found = entries(fetch, newest.size)
    assert [sha256(b"\x00", entry) for entry in found] == leaves
    return newest, found


def check_proof(proof: str, entry: bytes, vkey: str) -> Head:
    """C2SP tlog-proof: whether an entry is in the log; returns the checkpoint it is proven to."""
    above, _, note = proof.partition("\n\n")
    first, index_line, *lines = above.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    word, index = index_line.split(" ")
    assert word == "index"
    proven = head(lambda _: note.encode(), vkey)
    path = [base64.b64decode(line, validate=True) for line in lines]
    assert int(index) < proven.size
    computed = climb(int(index), proven.size, sha256(b"\x00", entry), path)
    assert computed == proven.root
    return proven


def climb(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that a path leads to: RFC 6962 section 2.1.1 read from the root down."""
    if size == 1:
        assert not path
        return leaf
    k = 1
    while 2 * k < size:
        k *= 2
    if index < k:
        return sha256(b"\x01", climb(index, k, leaf, path[:-1]), path[-1])
    return sha256(b"\x01", path[-1], climb(index - k, size - k, leaf, path[:-1]))
