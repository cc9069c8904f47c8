"""What happened, as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Round:
    """Who was killed, and after how many seconds entries were taken and covered again.

    `followed_s`: until the worker went on; None where it was not killed.
    """

    kinds: tuple[str, ...]
    recovered_s: float
    followed_s: float | None = None


def by_kind(rounds: Sequence[Round], kinds: Iterable[str]) -> str:
    """A line for each kind of victim, and one for all."""
    lines = ["| killed | times | recovered p50 | max |", "|---|---:|---:|---:|"]
    for kind in kinds:
        times = [one.recovered_s for one in rounds if kind in one.kinds]
        kills = sum(one.kinds.count(kind) for one in rounds)
        lines.append(f"| {kind} | {kills} | {_p50_and_max(times)} |")
    alone = [one.recovered_s for one in rounds]
    total = sum(len(one.kinds) for one in rounds)
    lines.append(f"| **all** | {total} | {_p50_and_max(alone)} |")
    followed = [one.followed_s for one in rounds if one.followed_s is not None]
    if followed:
        lines.append(f"| worker back at work | {len(followed)} | {_p50_and_max(followed)} |")
    return "\n".join(lines)


def figures(named: dict[str, object]) -> str:
    """Names and figures."""
    width = max(map(len, named))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in named.items())


def _p50_and_max(times: Sequence[float]) -> str:
    return f"{median(times):.2f} s | {max(times):.2f} s" if times else "– | –"
