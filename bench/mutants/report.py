"""What a run says: for each file how many mutants died, and each one that lived with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.figures import table
from bench.mutants.mutant import Mutant
from bench.mutants.trial import Outcome

Tried = Sequence[tuple[Mutant, Outcome]]
Reasons = Mapping[tuple[str, str, str], str]

HEADS = ("file", "mutants", "tried", "killed", "survived", "share killed")
_BAR = " │ "


def report(everything: Mapping[str, int], tried: Tried, reasons: Reasons) -> str:
    """The table, and the list of those that survived."""
    rows = [_row(path, everything[path], _of(path, tried)) for path in sorted(everything)]
    shown = [row for row in rows if row[2]]
    total = _row("all", sum(row[1] for row in shown), [outcome for _, outcome in tried])
    lived = [mutant for mutant, outcome in tried if outcome is Outcome.SURVIVED]
    return f"{table(HEADS, [*shown, total])}\n\n## Who survived\n\n{_list(lived, reasons)}\n"


def _of(path: str, tried: Tried) -> list[Outcome]:
    return [outcome for mutant, outcome in tried if mutant.path == path]


def _row(
    name: str, everything: int, outcomes: Sequence[Outcome]
) -> tuple[str, int, int, int, int, str]:
    killed, survived = outcomes.count(Outcome.KILLED), outcomes.count(Outcome.SURVIVED)
    share = f"{killed / (killed + survived):.1%}" if killed + survived else ""
    return name, everything, killed + survived, killed, survived, share


def _list(lived: Iterable[Mutant], reasons: Reasons) -> str:
    return "\n".join(
        _line(mutant, reasons.get(key(mutant), "**nobody argued**")) for mutant in lived
    )


def _line(mutant: Mutant, reason: str) -> str:
    return f"* `{mutant.where}` `{mutant.before}` → `{mutant.after}`: {reason}"


def key(mutant: Mutant) -> tuple[str, str, str]:
    """A mutant by its words: lines move."""
    return mutant.path, mutant.before, mutant.after


def read_reasons(file: Path) -> dict[tuple[str, str, str], str]:
    """`path │ before │ after │ reason` on each line; lines with `#` in front are for readers."""
    lines = (line for line in file.read_text().splitlines() if line and not line.startswith("#"))
    parts = (line.split(_BAR) for line in lines)
    return {(path, before, after): reason for path, before, after, reason in parts}
