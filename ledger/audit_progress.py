"""How far an audit has come: all that it must know to go on, in a form that can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ledger.recomputing import AuditFinding
from ledger.regrowing import LastTile

LOG, STREAMS, INDEX, DONE = "log", "streams", "index", "done"
FINDINGS_MAX = 2_000
"""Findings that are kept; who has so many needs a backup, not a longer list."""


@dataclass
class Progress:
    """First the log is walked by its indices, then the streams by their ids; then it is indexed.

    Only what has been checked stands here: it is kept after each step, never before.
    """

    walk: str = LOG
    last_tiles: list[LastTile] = field(default_factory=list)
    checkpoint: int = 0
    """Size of the last checkpoint that was checked."""
    stream: UUID | None = None
    """The last stream that was checked; the registry is checked anew in each step."""
    is_registry_counted: bool = False
    size: int = 0
    entries: int = 0
    second_opinions: int = 0
    findings: list[AuditFinding] = field(default_factory=list)

    def find(self, *findings: AuditFinding) -> None:
        """Note what is wrong, each thing once."""
        known = {(one.code, one.about) for one in self.findings}
        for one in findings:
            if (one.code, one.about) not in known and len(self.findings) < FINDINGS_MAX:
                known.add((one.code, one.about))
                self.findings.append(one)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept; the findings are kept beside it."""
        return {
            "walk": self.walk,
            "last_tiles": [[number, hashes.hex()] for number, hashes in self.last_tiles],
            "checkpoint": self.checkpoint,
            "stream": self.stream and str(self.stream),
            "is_registry_counted": self.is_registry_counted,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Progress":
        """Read it again; nothing kept is the beginning."""
        if not kept:
            return cls()
        tiles = [(int(number), bytes.fromhex(hashes)) for number, hashes in kept["last_tiles"]]
        stream = kept["stream"] and UUID(kept["stream"])
        counted = kept["is_registry_counted"]
        return cls(kept["walk"], tiles, kept["checkpoint"], stream, counted)


def findings_as_json(findings: list[AuditFinding]) -> list[dict[str, Any]]:
    """Return findings as they are kept."""
    return [
        {
            "code": one.code,
            "about": one.about,
            "message": one.message,
            "stream": one.stream_id and str(one.stream_id),
        }
        for one in findings
    ]


def findings_of(kept: list[Mapping[str, Any]]) -> list[AuditFinding]:
    """Read them again."""
    return [
        AuditFinding(
            one["code"],
            one["about"],
            one["message"],
            UUID(one["stream"]) if one["stream"] else None,
        )
        for one in kept
    ]
