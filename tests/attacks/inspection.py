"""Two verifiers that share no cryptography look at evidence, and must say the same."""

from datetime import datetime

from ledger import signers
from ledger.core.evidence import Evidence
from ledger.core.findings import Findings
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.proofs import evidence_of
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger.world import LOT, World
from tests.vectors.world import AT
from tests.vectors.world import World as PureWorld

NOT_PROVEN = "COMPLETENESS_NOT_PROVEN"


def inspect(evidence: Evidence, policy: Policy | None = None, at: datetime = AT) -> Findings:
    """What both verifiers say of a file, by the policy of the pure world unless told otherwise."""
    file = Evidence.parse(evidence.as_bytes())
    first, second = (
        verify(file, policy or PureWorld().policy, at, signatures)
        for signatures in (OPENSSL, EcdsaSignatures())
    )
    assert first == second
    return first


def found(evidence: Evidence, policy: Policy | None = None, at: datetime = AT) -> set[str]:
    """The codes that both find; that completeness is not proven goes without saying here."""
    return set(inspect(evidence, policy, at).codes - {NOT_PROVEN})


def about(findings: Findings, code: str) -> set[str | None]:
    """The entries that a finding is about."""
    return {one.entry_id for one in findings if one.code == code}


def shown(stream: str = LOT) -> Evidence:
    """What the server shows about a lot of the small ledger."""
    evidence = evidence_of(stream).evidence
    assert evidence is not None
    return evidence


def found_in(world: World, stream: str = LOT) -> set[str]:
    """The codes that both verifiers find in what the server shows."""
    return found(shown(stream), signers.policy(), world.now)
