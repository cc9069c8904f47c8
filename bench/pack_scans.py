"""Packs asked about: a scan, a run, a case, and evidence of one pack that is checked offline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO

from django.core.management import call_command
from django.db import connection

from bench.costs import Cost, cost_of
from bench.installation import wait_until_logged
from bench.pack_trade import PHARMACY
from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.verification import verify
from ledger.signers import policy
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.queries.pack_evidence import pack_evidence
from supplychain.services.check_container import check_container
from supplychain.services.check_run import check_run
from supplychain.services.verify_scan import verify_scan

_FINE = ("OK", "ALREADY_SCANNED_HERE")
_ASKING = str(PHARMACY.gln)


def count_into_index() -> None:
    """Sign an index over all that is logged, as the worker does every few seconds."""
    wait_until_logged()
    call_command("build_index", now=True, stdout=StringIO())
    wait_until_logged()


def scanned(lot: LotKey, serial: Serial) -> Cost:
    """Scan a pack at the pharmacy."""
    code = _code(lot, serial)
    result, cost = cost_of(lambda: verify_scan(scanned=code, at=datetime.now(UTC), asking=_ASKING))
    _prove(result.verdict.code, result.verdict.codes)
    return cost


def run(lot: LotKey, part: Sequence[Serial]) -> Cost:
    """Scan a hundred packs at once."""
    codes = [_code(lot, serial) for serial in part]
    result, cost = cost_of(lambda: check_run(codes=codes, at=datetime.now(UTC), asking=_ASKING))
    _prove(result.verdict.code, result.verdict.codes)
    return cost


def case(container: Container) -> Cost:
    """Scan the label of a case with a hundred packs."""
    result, cost = cost_of(
        lambda: check_container(container=container, at=datetime.now(UTC), asking=_ASKING)
    )
    _prove(result.verdict.code, result.verdict.codes)
    return cost


def taken_away(lot: LotKey, serial: Serial) -> bytes:
    """The evidence of one pack."""
    found = pack_evidence(lot, serial, _ASKING, lambda entry: entry.disclosures)
    if found is None:
        raise RuntimeError("no evidence")
    return found.as_bytes()


def checked(data: bytes) -> Cost:
    """Check a file as `python -m ledger.verifier` does."""
    trusted = policy().as_bytes()
    found, cost = cost_of(
        lambda: verify(
            Evidence.parse(data), Policy.parse(trusted), datetime.now(UTC), EcdsaSignatures()
        )
    )
    if not found.valid or found.complete_to is None or not found.members:
        raise RuntimeError(str(found.findings))
    return cost


def nodes_mb() -> float:
    """How large the kept nodes of all sets are, with their index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('supplychain_packnode') / 1e6")
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def _code(lot: LotKey, serial: Serial) -> str:
    return f"(01){lot.gtin}(10){lot.lot}(21){serial}"


def _prove(code: str, why: object) -> None:
    if code not in _FINE:
        raise RuntimeError(f"{code}: {why}")
