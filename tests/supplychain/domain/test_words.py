"""Words that go into signed statements, answers and others' programs are those of their names."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from ledger.core import findings, registry_acts
from supplychain import domain
from supplychain.domain import disclosure_statements, statements
from supplychain.domain.device_summaries import LoggerFlag
from supplychain.domain.exception_cases import Wanted
from supplychain.domain.verification_answers import AdditionalInfo, FailureReason

# Whose words others chose; their own tests hold them against the standard.
OTHERS = {LoggerFlag, Wanted, FailureReason, AdditionalInfo}
MODULES = [
    importlib.import_module(f"{domain.__name__}.{m.name}")
    for m in pkgutil.iter_modules(domain.__path__)
]
CLOSED = {
    found
    for module in (*MODULES, findings)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
}


@pytest.mark.parametrize(
    "words", sorted(CLOSED - OTHERS, key=str), ids=lambda one: one.__qualname__
)
def test_a_word_is_its_name_in_capitals_or_in_small_letters(words: type[StrEnum]) -> None:
    assert [one.value for one in words if one.value not in (one.name, one.name.lower())] == []


def test_a_loggers_flag_is_a_finding_of_the_same_name() -> None:
    assert {one.value for one in LoggerFlag} <= {f"LOGGER_{one.name}" for one in LoggerFlag}


@pytest.mark.parametrize(
    ("page", "types"),
    [
        ("statements", statements.TYPES),
        ("disclosures", disclosure_statements.TYPES),
        ("registry", registry_acts.TYPES),
    ],
)
def test_the_specification_lists_every_type_by_its_name(
    page: str, types: Mapping[str, object], project: Path
) -> None:
    table = (project / f"docs/spec/{page}.md").read_text().splitlines()
    first = [line.split("|")[1] for line in table if line.startswith("| `")]
    listed = {name for cell in first for name in re.findall(r"`([a-z]+(?:\.[a-z]+)+)`", cell)}
    assert types.keys() <= listed
