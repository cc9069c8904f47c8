"""The hashes of all proofs of an evidence file: since version 2 each stands in it once.

The entries of one pack lie close together in the log, so that their proofs have most hashes in
common: a file of one pack would be half as large again. Format: ``docs/spec/evidence.md``.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ledger.core.canonical import Json
from ledger.core.encoding import b64
from ledger.core.evidence_parts import (
    ITEMS_MAX,
    PROOF_HASHES_MAX,
    bad,
    read_hash,
    read_list,
    read_number,
)

HASHES_MAX = ITEMS_MAX * PROOF_HASHES_MAX


class Hashes:
    """Hashes in ascending order; proofs name them by their positions, and each is named."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        """Take them in their order, each once."""
        self._hashes = hashes
        self._positions = {one: position for position, one in enumerate(hashes)}
        self._named: set[int] = set()

    @classmethod
    def of(cls, proofs: Iterable[tuple[bytes, ...]]) -> "Hashes":
        """All that these proofs have."""
        return cls(sorted({one for proof in proofs for one in proof}))

    @classmethod
    def parse(cls, value: Json) -> "Hashes":
        """Read `as_json`. Raises Malformed."""
        hashes = [read_hash(one) for one in read_list(value, HASHES_MAX, "hashes")]
        if any(left >= right for left, right in pairwise(hashes)):
            raise bad("The hashes of an evidence file stand in their order, each once.")
        return cls(hashes)

    def as_json(self) -> list[Json]:
        """Write them."""
        return [b64(one) for one in self._hashes]

    def read(self, value: Json) -> tuple[bytes, ...]:
        """Read a proof. Raises Malformed."""
        positions = read_list(value, PROOF_HASHES_MAX, "hashes of a proof")
        return tuple(map(self._hash, positions))

    def write(self, proof: tuple[bytes, ...]) -> list[Json]:
        """Write a proof that is made of these hashes."""
        return [self._positions[one] for one in proof]

    def check_all_named(self) -> None:
        """Raise Malformed where one of them is in no proof that was read."""
        if len(self._named) < len(self._hashes):
            raise bad("Each hash of an evidence file is in a proof.")

    def _hash(self, value: Json) -> bytes:
        position = read_number(value, "position of a hash")
        if position >= len(self._hashes):
            raise bad(f"There is no hash at the position {position}.")
        self._named.add(position)
        return self._hashes[position]
