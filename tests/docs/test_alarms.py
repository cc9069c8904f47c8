"""Each alarm that the code can raise is in the runbook, with what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ledger import alarms

RAISING = (
    "audit_index", "audit_log", "audit_registry", "audit_rows", "audit_streams", "checkpoint_file",
    "index_rows", "indexing", "patrol", "publishing", "recomputing", "regrowing", "sequencing",
    "witnessing",
)  # fmt: skip
HANDING_ON = {"alarms", "audit_progress", "auditing"}
NO_ALARM = {"INDEX_BUSY", "STORE_UNKNOWN"}
"""What stops a program that can not start, or need not."""
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
REFUSALS = "SIGNATURE_BAD"
"""Stands in the runbook for all codes of refusals, which docs/spec explains."""


def constants(project: Path) -> Iterator[str]:
    for name in RAISING:
        tree = ast.parse((project / "ledger" / f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def rows(project: Path) -> list[list[str]]:
    """The rows of the table under the heading *Alarms*."""
    _, _, rest = (project / "docs" / "operate.md").read_text().partition("## Alarms")
    lines = [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_list_holds_every_code_that_is_raised(project: Path) -> None:
    raised = {text for text in constants(project) if CODE.fullmatch(text)}
    assert raised - NO_ALARM == set(alarms.CODES)


def test_no_module_raises_alarms_unseen(project: Path) -> None:
    raising = {
        file.stem
        for file in (project / "ledger").glob("*.py")
        if re.search(r"raise_alarm\(|AuditFinding\(|SigningRefused\(", file.read_text())
    }
    assert raising <= {*RAISING, *HANDING_ON}


def test_the_runbook_tells_about_each_alarm_and_about_nothing_else(project: Path) -> None:
    told = [code for row in rows(project) for code in row[0].split(", ")]
    assert sorted(told) == sorted([*alarms.CODES, REFUSALS])


def test_the_runbook_says_of_each_alarm_what_it_means_and_what_to_do(project: Path) -> None:
    short = [row[0] for row in rows(project) if len(row) != 3 or min(map(len, row[1:])) < 20]
    assert not short
