"""The offline program: two files in, a verdict out, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.core.evidence import BYTES_MAX
from ledger.verifier import __main__ as program
from tests.vectors.build_evidence import FOLDER
from tests.vectors.defects import VECTORS

POLICY = str(FOLDER / "policy.json")
GOOD = str(FOLDER / "good.json")
AT = "2026-03-03T09:00:00+01:00"
ROOT = Path(__file__).parents[3]

BLOCKED = """
import sys
for name in ("cryptography", "django", "psycopg2", "rest_framework", "celery", "supplychain"):
    sys.modules[name] = None
from ledger.verifier.__main__ import main
code = main()
known = {"ecdsa", "six", "ledger", "gmpy2"}
roots = {name.partition(".")[0] for name, module in sys.modules.items() if module}
strangers = roots - known - set(sys.stdlib_module_names) - {"__main__", "sitecustomize"}
before = {name for name in strangers if name.startswith("_") or "distutils" in name}
assert not strangers - before, strangers
sys.exit(code)
"""


def run(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ledger.verifier", *arguments],
        cwd=ROOT,
        check=False,
        text=True,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = program.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_good_evidence_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, GOOD, "--policy", POLICY, "--at", AT)
    assert (code, err) == (0, "")
    assert out.startswith("VALID\n")
    assert "as of 2026-03-03T08:00:00Z" in out


@pytest.mark.parametrize("name", ["output-used-twice", "signer-is-another", "entry-algorithm-none"])
def test_bad_evidence_is_not_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, str(FOLDER / f"{name}.json"), "--policy", POLICY, "--at", AT)
    assert code == 1
    assert out.startswith("NOT VALID\n")
    assert all(finding in out for finding in VECTORS[name].codes)


def test_the_clock_is_asked_when_no_moment_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    early = "2026-03-02T08:00:00Z"
    assert said(capsys, GOOD, "--policy", POLICY)[0] == 0
    assert said(capsys, GOOD, "--policy", POLICY, "--at", early)[0] == 1


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, GOOD, "--policy", POLICY, "--json")
    assert (code, json.loads(out)["valid"]) == (0, True)


@pytest.mark.parametrize(
    ("evidence", "policy", "fault"),
    [
        ("no such file", POLICY, "FILE_UNREADABLE"),
        (GOOD, "no such file", "FILE_UNREADABLE"),
        (str(FOLDER), POLICY, "FILE_UNREADABLE"),
        (POLICY, POLICY, "EVIDENCE_MALFORMED"),
        (GOOD, GOOD, "POLICY_FORMAT_UNKNOWN"),
    ],
)
def test_unusable_input_is_said_to_be_so(
    evidence: str, policy: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, evidence, "--policy", policy)
    assert (code, out) == (2, "")
    assert err.startswith(f"UNUSABLE  {fault}: ")
    code, out, err = said(capsys, evidence, "--policy", policy, "--json")
    assert (code, err) == (2, "")
    assert json.loads(out)["code"] == fault
    assert json.loads(out)["valid"] is False


@pytest.mark.parametrize("at", ["2026-03-03T08:00:00", "yesterday", "0001-01-01T00:00:00+01:00"])
def test_a_moment_has_a_zone_and_a_place_in_the_calendar(
    at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, GOOD, "--policy", POLICY, "--at", at)
    assert code == 2
    assert "AT_MALFORMED" in err


def test_a_file_is_read_up_to_its_limit_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(BYTES_MAX + 1)
    assert "TOO_LARGE" in said(capsys, str(large), "--policy", POLICY)[2]
    assert "TOO_LARGE" in said(capsys, GOOD, "--policy", str(large))[2]
    assert "TOO_LARGE" in said(capsys, "/dev/zero", "--policy", POLICY)[2]


def test_a_fault_of_the_verifier_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> object:
        raise RecursionError

    monkeypatch.setattr(program, "verify", broken)
    code, _, err = said(capsys, GOOD, "--policy", POLICY)
    assert code == 2
    assert err.startswith("UNUSABLE  VERIFIER_FAULT: ")


def test_no_arguments_are_unusable_input() -> None:
    done = run()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_terminal_without_unicode_gets_a_report() -> None:
    evidence = str(FOLDER / "good-about-the-registry.json")
    done = subprocess.run(
        [sys.executable, "-m", "ledger.verifier", evidence, "--policy", POLICY, "--json"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_leaves_early_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(GOOD, "--policy", POLICY, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("output-used-twice", 1)])
def test_the_standard_library_and_ecdsa_are_enough(name: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(FOLDER / f"{name}.json"), "--policy", POLICY],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (code, "")
