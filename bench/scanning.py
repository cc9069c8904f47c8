"""Verdicts: on the server, and offline with nothing but two files."""

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.cast import Cast
from bench.figures import Spread
from bench.installation import ROOT, VAR
from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.verification import verify
from ledger.proofs import evidence_of
from ledger.signers import policy
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.lots import LotKey
from supplychain.services.verify_scan import verify_scan


def scans(cast: Cast, lots: Sequence[LotKey], times: int) -> Spread:
    """Milliseconds from a code to its verdict, by the last pharmacy, on lots of 20 entries."""
    asking = str(cast.pharmacies[-1].gln)
    took: list[float] = []
    for lot in random.Random(7).choices(lots, k=times):
        start = time.perf_counter()
        result = verify_scan(
            scanned=f"(01){lot.gtin}(10){lot.lot}", at=datetime.now(UTC), asking=asking
        )
        took.append(1000 * (time.perf_counter() - start))
        if result.verdict.code != "OK":
            raise RuntimeError(f"{result.verdict.code}: {result.verdict.codes}")
    return Spread.of(took)


def offline(lot: LotKey, times: int) -> tuple[Spread, Spread]:
    """Milliseconds of the check itself with `ecdsa`, and of the whole program with its start."""
    evidence, trusted = VAR / "evidence.json", VAR / "policy.json"
    found = evidence_of(lot.stream).evidence
    if found is None:
        raise RuntimeError("no evidence")
    evidence.write_bytes(found.as_bytes())
    trusted.write_bytes(policy().as_bytes())
    inside = Spread.of([_check(evidence, trusted) for _ in range(times)])
    return inside, Spread.of([_program(evidence, trusted) for _ in range(max(3, times // 3))])


def _check(evidence: Path, trusted: Path) -> float:
    start = time.perf_counter()
    read, told = Evidence.parse(evidence.read_bytes()), Policy.parse(trusted.read_bytes())
    found = verify(read, told, datetime.now(UTC), EcdsaSignatures())
    took = time.perf_counter() - start
    if not found.valid:
        raise RuntimeError(str(found.findings))
    return 1000 * took


def _program(evidence: Path, trusted: Path) -> float:
    command = [sys.executable, "-m", "ledger.verifier", str(evidence), "--policy", str(trusted)]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)
