"""``python -m ledger.verifier EVIDENCE --policy POLICY [--json] [--at ISO]``.

Checks an evidence file with no server, no database and no framework: the standard library and
the `ecdsa` package. Exit code 0: valid; 1: not valid; 2: unusable input.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ledger.core import evidence as evidence_format
from ledger.core import policy as policy_format
from ledger.core.errors import LedgerError
from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.verification import verify
from ledger.verifier import report
from ledger.verifier.ecdsa_signatures import EcdsaSignatures

VALID, NOT_VALID, UNUSABLE = 0, 1, 2


class UnusableError(Exception):
    """Nothing can be checked; `code` and a plain sentence say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; whatever happens, an exit code and a sentence, never a traceback."""
    options = _parser().parse_args(argv)
    try:
        code, text = check(options, datetime.now(UTC))
    except UnusableError as fault:
        return _say_unusable(fault.code, str(fault), as_json=options.json)
    except Exception as fault:  # noqa: BLE001  a fault of ours must not pass for an answer
        return _say_unusable("VERIFIER_FAULT", repr(fault), as_json=options.json)
    _say(text)
    return code


def check(options: argparse.Namespace, now: datetime) -> tuple[int, str]:
    """Read both files, verify, and give the exit code and the report."""
    at = _moment(options.at) if options.at else now
    policy = _read_policy(options.policy)
    evidence = _read_evidence(options.evidence)
    findings = verify(evidence, policy, at, EcdsaSignatures())
    write = report.as_json if options.json else report.as_text
    return (VALID if findings.valid else NOT_VALID), write(evidence, policy, at, findings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.verifier",
        description="Check an evidence file against your own policy, offline.",
        epilog="Exit code 0: valid. 1: not valid. 2: unusable input.",
    )
    parser.add_argument("evidence", type=Path, help="the evidence file")
    parser.add_argument("--policy", type=Path, required=True, help="whom you trust: your file")
    parser.add_argument("--json", action="store_true", help="report for programs")
    parser.add_argument("--at", help="check as of this moment (ISO 8601 with zone); else now")
    return parser


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise UnusableError("AT_MALFORMED", f"--at has no zone (Z is UTC): {text!a}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise UnusableError("AT_MALFORMED", f"--at is no moment of ISO 8601: {text!a}") from fault


def _read_policy(path: Path) -> Policy:
    data = _read(path, policy_format.BYTES_MAX, "policy")
    try:
        return Policy.parse(data)
    except LedgerError as fault:
        raise UnusableError(fault.code, f"The policy can not be used. {fault.message}") from fault


def _read_evidence(path: Path) -> Evidence:
    data = _read(path, evidence_format.BYTES_MAX, "evidence")
    try:
        return Evidence.parse(data)
    except LedgerError as fault:
        raise UnusableError(fault.code, f"The evidence can not be read. {fault.message}") from fault


def _read(path: Path, most: int, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as fault:
        message = f"The {what} file can not be opened: {fault.strerror}: {path}"
        raise UnusableError("FILE_UNREADABLE", message) from fault
    if len(data) > most:
        raise UnusableError("TOO_LARGE", f"The {what} file has more than {most} bytes: {path}")
    return data


def _say_unusable(code: str, message: str, *, as_json: bool) -> int:
    if as_json:
        _say(report.unusable_as_json(code, message))
    else:
        plain = message.encode("ascii", "backslashreplace").decode()
        sys.stderr.write(f"UNUSABLE  {code}: {plain}\n")
    return UNUSABLE


def _say(text: str) -> None:
    # A name may hold characters that this terminal can not show.
    shown = text.encode(sys.stdout.encoding or "ascii", "backslashreplace")
    try:
        sys.stdout.buffer.write(shown)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough; the exit code still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
