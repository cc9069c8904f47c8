"""Figures and how they are written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Median, 99th percentile and number of measurements."""

    p50: float
    p99: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        if not values:
            raise ValueError("nothing was measured")
        ranked = sorted(values)
        return cls(_rank(ranked, 0.5), _rank(ranked, 0.99), len(ranked))


def _rank(ranked: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is words, the others are figures."""
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    lines += ["| " + " | ".join(map(figure, row)) + " |" for row in rows]
    return "\n".join(lines)


def figure(value: object) -> str:
    """Three digits that count."""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
