"""One reading of a signed series, shown to be in it without the others (RFC 9162, 2.1.3)."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from ledger.core.canonical import Json
from ledger.core.merkle import inclusion_proof, leaf_hash, root, verify_inclusion
from supplychain.domain.conditions import LEAF, READINGS_MAX, Reading, Series, fault
from supplychain.domain.members import hex_32, members, sequence, whole

_PATH_MAX = READINGS_MAX.bit_length()
_SECONDS_MAX = 2**53 - 1
_CENTI_C_MAX = 100_000


@dataclass(frozen=True, slots=True)
class ReadingProof:
    """Reading `index` of a series of `count`, and the hashes from its leaf to the root."""

    index: int
    count: int
    reading: Reading
    path: tuple[bytes, ...]

    @classmethod
    def of(cls, series: Series, at: int) -> Self:
        """The proof of the reading at this second. Raises ReadingsFault READING_UNKNOWN."""
        readings = series.readings
        found = next((n for n, one in enumerate(readings) if one.at == at), None)
        if found is None:
            raise fault("READING_UNKNOWN", "There is no reading at that second.", value=at)
        leaves = [_leaf(one) for one in readings]
        path = inclusion_proof(found, len(leaves), partial(_subtree, leaves))
        return cls(found, len(leaves), readings[found], tuple(path))

    def holds(self, signed_root: str, count: int) -> bool:
        """Whether the reading is in the series whose root and count were signed."""
        return self.count == count and verify_inclusion(
            index=self.index,
            size=count,
            leaf=_leaf(self.reading),
            proof=self.path,
            root=bytes.fromhex(signed_root),
        )

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read what `as_json` writes. Raises Invalid."""
        found = members(value, "proof", ("index", "count", "at", "centi_c", "path"))
        count = whole(found["count"], "proof.count", 1, READINGS_MAX)
        return cls(
            index=whole(found["index"], "proof.index", 0, count - 1),
            count=count,
            reading=Reading(
                whole(found["at"], "proof.at", 0, _SECONDS_MAX),
                whole(found["centi_c"], "proof.centi_c", -_CENTI_C_MAX, _CENTI_C_MAX),
            ),
            path=() if found["path"] == [] else _path(found["path"]),
        )

    def as_json(self) -> dict[str, Json]:
        """`at` in seconds since 1970 UTC, `centi_c` in hundredths of a degree Celsius."""
        return {
            "index": self.index,
            "count": self.count,
            "at": self.reading.at,
            "centi_c": self.reading.centi_c,
            "path": [one.hex() for one in self.path],
        }


def _path(value: object) -> tuple[bytes, ...]:
    listed = sequence(value, "proof.path", _PATH_MAX)
    return tuple(bytes.fromhex(hex_32(one, "proof.path")) for one in listed)


def _leaf(reading: Reading) -> bytes:
    return leaf_hash(LEAF.pack(*reading))


def _subtree(leaves: list[bytes], level: int, index: int) -> bytes:
    return root(leaves[index << level : (index + 1) << level])
