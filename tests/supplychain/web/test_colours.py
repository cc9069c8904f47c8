"""Words are readable on what they stand on: WCAG 2.2, 1.4.3 (4.5:1) and 1.4.11 (3:1)."""

import re
from pathlib import Path

import pytest

WORDS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink-soft", "paper"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent-strong", "accent-tint"),
    ("on-accent", "accent"),
    ("on-ok", "ok"),
    ("on-caution", "caution"),
    ("on-stop", "stop"),
    ("ink", "again-tint"),
    ("ink", "cannot-tint"),
    ("ink", "already-tint"),
    ("ok", "surface"),
    ("ok", "ok-tint"),
    ("caution-ink", "surface"),
    ("caution-ink", "caution-tint"),
    ("stop", "surface"),
    ("stop", "stop-tint"),
    ("again", "again-tint"),
    ("cannot", "surface"),
    ("cannot", "cannot-tint"),
]
EDGES = [("line-strong", "surface"), ("line-strong", "paper"), ("accent", "paper")]


@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out_from_their_ground(project: Path, ink: str, ground: str) -> None:
    assert _contrast(project, ink, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_stand_out(project: Path, edge: str, ground: str) -> None:
    assert _contrast(project, edge, ground) >= 3


def _contrast(project: Path, one: str, other: str) -> float:
    tokens = dict(
        re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (project / "static/css/tokens.css").read_text())
    )
    dark, light = sorted(_luminance(tokens[name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
