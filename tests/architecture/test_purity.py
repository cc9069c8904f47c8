"""The cores load in a fresh process without any framework, driver or cryptography."""

import subprocess
import sys
from pathlib import Path

import pytest

FRAMEWORKS = {"celery", "cryptography", "django", "ecdsa", "kombu", "psycopg2", "rest_framework"}
NETWORK = {"asyncio", "http.client", "socket", "sqlite3", "ssl", "subprocess", "urllib.request"}
LOAD = """
import sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
for name in sys.argv[2].split():
    __import__(name)
print(*sorted(set(sys.modules) - before))
"""


def loaded_by(project: Path, *modules: str) -> set[str]:
    """All that a fresh interpreter has loaded after importing some modules."""
    asked = [sys.executable, "-I", "-c", LOAD, str(project), " ".join(modules)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def modules_of(project: Path, package: str) -> list[str]:
    folder = project / package.replace(".", "/")
    return [f"{package}.{file.stem}" for file in sorted(folder.glob("[a-z]*.py"))]


@pytest.mark.parametrize("package", ["ledger.core", "supplychain.domain"])
def test_a_core_loads_nothing_foreign(project: Path, package: str) -> None:
    modules = [name for name in modules_of(project, package) if name != "ledger.core.signatures"]
    assert modules
    assert not loaded_by(project, *modules) & (FRAMEWORKS | NETWORK)


def test_readers_of_files_load_no_framework(project: Path) -> None:
    """The standard library's own reader of XML loads its network modules."""
    assert not loaded_by(project, *modules_of(project, "supplychain.formats")) & FRAMEWORKS


def test_only_the_signatures_module_loads_cryptography(project: Path) -> None:
    assert "cryptography" in loaded_by(project, "ledger.core.signatures")
    assert "django" not in loaded_by(project, "ledger.core.signatures")


def test_the_offline_verifier_needs_ecdsa_and_nothing_else_of_ours(project: Path) -> None:
    loaded = loaded_by(project, "ledger.verifier.__main__")
    assert not loaded & {"django", "cryptography", "psycopg2", "rest_framework", "celery"}
    assert not [name for name in loaded if name.startswith("supplychain")]


def test_a_mirror_needs_ecdsa_and_nothing_else_of_ours(project: Path) -> None:
    loaded = loaded_by(project, "ledger.mirror.__main__")
    assert not loaded & {"django", "cryptography", "psycopg2", "rest_framework", "celery"}
    assert not [name for name in loaded if name.startswith("supplychain")]


def test_packages_say_nothing_in_their_init_files(project: Path) -> None:
    """Else a package drags in what only one of its modules needs. Django wants the models."""
    speaking = [
        str(file.relative_to(project))
        for root in ("ledger", "supplychain")
        for file in (project / root).rglob("__init__.py")
        if file.read_text().strip()
    ]
    assert set(speaking) <= {"supplychain/models/__init__.py"}
