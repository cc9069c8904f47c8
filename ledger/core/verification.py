"""Verification: what evidence proves under a policy, in numbered steps.

One pure function; no clock, no network, no database. The same steps, written for the author of
a verifier in another language, stand in ``docs/spec/verification.md``.
"""

from datetime import datetime

from ledger.core import completeness, log_steps, memberships, steps
from ledger.core.case import Case
from ledger.core.evidence import Evidence
from ledger.core.findings import CODES, Fact, Finding, Findings, Member, Severity
from ledger.core.keys import Signatures
from ledger.core.policy import Policy
from ledger.core.registry import Registry

__all__ = ["CODES", "Fact", "Finding", "Findings", "Member", "Severity", "verify"]


def verify(evidence: Evidence, policy: Policy, at: datetime, signatures: Signatures) -> Findings:
    """Check evidence against a policy at a moment (aware) and give every finding.

    Never raises, whatever the evidence says. An entry with an error is no fact, and neither is
    an entry that depends on it.

    1.  The checkpoint is of the policy's log and signed with its key.
    2.  As many witnesses as the policy asks for have cosigned, and not too long ago.
    3.  Each earlier state is one that the log of the checkpoint has grown from.
    4.  Each item is a well-formed entry, and no entry appears twice.
    5.  Each entry is meant for this log.
    6.  Each entry is about the subject, or of the registry or the index.
    7.  Each index is below the checkpoint's size, and no two entries share one.
    8.  Each entry's exact text is in the log at its index.
    9.  No key uses a nonce twice.
    10. No entry is dated after this moment.
    11. What the signers have seen of the log is its past, and fits what they say of the time.
    12. Each disclosure opens one sealed member of its entry.
    13. The registry entries, in the order of indices, are allowed and signed by who may.
    14. Each other entry is signed with a key that is valid at its index.
    15. Each used output is of an earlier, proven entry of its stream, and is used once.
    16. No entry was signed with a key after it was stolen; else it is suspect, and still a fact.
    17. Something is said about the subject.
    18. The index of the log counts no other entries than those that are shown.
    19. Each proof about a set leads to the root that a sound entry of the subject says.
    """
    start = Registry(policy.terms)
    case = Case(evidence, policy, at, signatures, start)
    log_steps.open_note(case)  # 1
    log_steps.count_witnesses(case)  # 2
    log_steps.check_history(case)  # 3
    steps.read_entries(case)  # 4
    steps.check_log(case)  # 5
    steps.check_streams(case)  # 6
    steps.check_indices(case)  # 7
    steps.check_inclusion(case)  # 8
    steps.check_nonces(case)  # 9
    steps.check_dates(case)  # 10
    log_steps.check_seen(case)  # 11
    steps.check_disclosures(case)  # 12
    steps.replay_registry(case)  # 13
    steps.check_signers(case)  # 14
    steps.check_links(case)  # 15
    steps.find_suspects(case)  # 16
    steps.check_subject(case)  # 17
    completeness.check_completeness(case)  # 18
    memberships.check_sets(case)  # 19
    return Findings(
        findings=tuple(case.findings),
        facts=case.facts(),
        checkpoint=case.checkpoint,
        registry=case.registry if case.checkpoint else start,
        witnessed_at=case.witnessed_at,
        complete_to=case.complete_to,
        members=tuple(case.members) if case.checkpoint else (),
    )
