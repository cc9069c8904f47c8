"""Processor time of the parts, so that a figure can be read on a busy machine too."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
MACHINE = "machine"


def used(roots: Mapping[str, int]) -> dict[str, float]:
    """Seconds of processor that each part has used, its children with it, and all of the machine.

    `roots` are the parts' first processes by their names.
    """
    stats = dict(_stats())
    parts = {
        name: sum(_seconds(stats[pid]) for pid in _family(pid, stats))
        for name, pid in roots.items()
    }
    return parts | {MACHINE: _machine()}


def _stats() -> list[tuple[int, list[str]]]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "stat").read_text()
        except OSError:
            continue
        found.append((int(process.name), text.rpartition(")")[2].split()))
    return found


def _family(pid: int, stats: Mapping[int, list[str]]) -> list[int]:
    family = [pid] if pid in stats else []
    for one in family:
        family += [child for child, fields in stats.items() if int(fields[1]) == one]
    return family


def _seconds(fields: list[str]) -> float:
    """A process and its children that ended: user and system time."""
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / _TICKS_PER_S


def _machine() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    return (
        sum(int(field) for place, field in enumerate(fields) if place not in (3, 4)) / _TICKS_PER_S
    )
