"""Verification: what evidence proves under a policy, in fifteen numbered steps.

One pure function; no clock, no network, no database. The same steps, written for the author of
a verifier in another language, stand in ``docs/spec/verification.md``.
"""

from datetime import datetime

from ledger.core import steps
from ledger.core.case import Case
from ledger.core.evidence import Evidence
from ledger.core.findings import CODES, Fact, Finding, Findings, Severity
from ledger.core.keys import Signatures
from ledger.core.policy import Policy
from ledger.core.registry import Registry

__all__ = ["CODES", "Fact", "Finding", "Findings", "Severity", "verify"]


def verify(evidence: Evidence, policy: Policy, at: datetime, signatures: Signatures) -> Findings:
    """Check evidence against a policy at a moment (aware) and give every finding.

    Never raises, whatever the evidence says. An entry with an error is no fact, and neither is
    an entry that depends on it.

    1.  The checkpoint is of the policy's log and signed with its key.
    2.  As many witnesses as the policy asks for have cosigned; none can be read yet.
    3.  Each item is a well-formed entry, and no entry appears twice.
    4.  Each entry is meant for this log.
    5.  Each entry is about the subject or of the registry.
    6.  Each index is below the checkpoint's size, and no two entries share one.
    7.  Each entry's exact text is in the log at its index.
    8.  No key uses a nonce twice.
    9.  No entry is dated after this moment, nor has it seen a checkpoint that covers it.
    10. Each disclosure opens one sealed member of its entry.
    11. The registry entries, in the order of indices, are allowed and signed by who may.
    12. Each other entry is signed with a key that is valid at its index.
    13. Each used output is of an earlier, proven entry of its stream, and is used once.
    14. Something is said about the subject.
    15. That nothing newer was held back is not proven by this format.
    """
    start = Registry.start(policy.authorities)
    case = Case(evidence, policy, at, signatures, start)
    steps.open_note(case)  # 1
    steps.count_witnesses(case)  # 2
    steps.read_entries(case)  # 3
    steps.check_log(case)  # 4
    steps.check_streams(case)  # 5
    steps.check_indices(case)  # 6
    steps.check_inclusion(case)  # 7
    steps.check_nonces(case)  # 8
    steps.check_dates(case)  # 9
    steps.check_disclosures(case)  # 10
    steps.replay_registry(case)  # 11
    steps.check_signers(case)  # 12
    steps.check_links(case)  # 13
    steps.check_subject(case)  # 14
    steps.confess_incompleteness(case)  # 15
    registry = case.registry if case.checkpoint else start
    return Findings(tuple(case.findings), case.facts(), case.checkpoint, registry)
