"""The shape of the source: names that keep their promise, short functions, no dead files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from supplychain.domain.verdicts import VerdictCode

FUNCTION_LINES_MAX = 60
CORE_FILE_LINES_MAX = 300
ROOTS = ("ledger", "supplychain")
# What Django, gunicorn, celery or a person starts by name.
ENTRY_POINTS = {
    "ledger.admin",
    "ledger.apps",
    "ledger.mirror.__main__",
    "ledger.verifier.__main__",
    "ledger.witness.__main__",
    "supplychain.api.gs1_urls",
    "supplychain.api.urls",
    "supplychain.admin.urls",
    "supplychain.web.urls",
    "supplychain.admin.apps",
    "supplychain.admin.site",
    "supplychain.apps",
    "supplychain.settings",
    "supplychain.tasks",
    "supplychain.urls",
    "supplychain.wsgi",
}
BY_NAME = (".management.commands.", ".migrations.", ".templatetags.")


def sources(project: Path) -> Iterator[tuple[str, ast.Module]]:
    for root in ROOTS:
        for file in sorted((project / root).rglob("*.py")):
            if "migrations" not in file.parts:
                yield str(file.relative_to(project)), ast.parse(file.read_text())


def test_every_service_file_defines_the_function_of_its_name(project: Path) -> None:
    for file in sorted((project / "supplychain" / "services").glob("[a-z]*.py")):
        tree = ast.parse(file.read_text())
        public = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        assert public == [file.stem], f"{file.name} should define {file.stem}() and only that"


def test_services_take_keyword_arguments_only(project: Path) -> None:
    for file in sorted((project / "supplychain" / "services").glob("[a-z]*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name == file.stem:
                assert not [a.arg for a in node.args.args], f"{file.name}: put * first"


def test_every_verdict_has_a_page_and_every_page_a_verdict(project: Path) -> None:
    pages = {page.stem for page in (project / "templates/scan/verdicts").glob("*.html")}
    assert pages == {code.lower() for code in VerdictCode}


def test_no_function_is_longer_than_a_page(project: Path) -> None:
    long = [
        f"{name}:{node.lineno} {node.name} has {length} lines"
        for name, tree in sources(project)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long


@pytest.mark.parametrize("core", ["ledger/core", "supplychain/domain"])
def test_no_file_of_a_core_is_too_long_to_read_at_once(project: Path, core: str) -> None:
    long = {
        file.name: lines
        for file in (project / core).glob("*.py")
        if (lines := len(file.read_text().splitlines())) > CORE_FILE_LINES_MAX
    }
    assert not long


def test_no_module_is_dead() -> None:
    """Every module is imported by another one, or started by name."""
    graph = grimp.build_graph(*ROOTS, cache_dir=None)
    dead = [
        module
        for module in sorted(graph.modules)
        if not graph.find_children(module)
        and not graph.find_modules_that_directly_import(module)
        and module not in ENTRY_POINTS
        and not any(part in module for part in BY_NAME)
        and not _is_empty_package(module)
    ]
    assert not dead


def _is_empty_package(module: str) -> bool:
    return Path(module.replace(".", "/")).is_dir()


def test_sources_name_no_drawer_for_everything(project: Path) -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
    found = [
        str(file.relative_to(project))
        for root in ROOTS
        for file in (project / root).rglob("*.py")
        if file.stem in vague
    ]
    assert not found
