"""What the verifier prints: for people, and for programs."""

import json
from collections.abc import Iterator
from datetime import datetime

from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.verification import Fact, Finding, Findings

NOT_PROVEN = (
    "that nothing newer was left out: this evidence may be old, or a part of the story",
    "that everybody is shown the same log: no witnesses were read",
    "that the times are true: a time is what the signer says",
    "what the statements amount to: custody, quantities and temperatures are not judged here",
)


def as_text(evidence: Evidence, policy: Policy, at: datetime, findings: Findings) -> str:
    """Give the report for people, ending with what is not proven."""
    return "\n".join(_lines(evidence, policy, at, findings)) + "\n"


def as_json(evidence: Evidence, policy: Policy, at: datetime, findings: Findings) -> str:
    """Give the report for programs: one JSON object, ASCII only."""
    checkpoint = findings.checkpoint
    report = {
        "usable": True,
        "valid": findings.valid,
        "log": policy.log.name,
        "subject": evidence.subject,
        "at": _time(at),
        "checkpoint": checkpoint and {"size": checkpoint.size, "root": checkpoint.root.hex()},
        "entries": [_fact_members(fact) for fact in findings.facts],
        "findings": [_finding_members(finding) for finding in findings],
        "not_proven": list(NOT_PROVEN),
    }
    return json.dumps(report, indent=2) + "\n"


def unusable_as_json(code: str, message: str) -> str:
    """Give the report for programs when nothing could be checked."""
    report = {"usable": False, "valid": False, "code": code, "message": message}
    return json.dumps(report, indent=2) + "\n"


def party_name(fact: Fact) -> str:
    """Give the name in the signer's profile; the party's identifier where there is none."""
    name = fact.signer.profile.get("name")
    return name if isinstance(name, str) else fact.signer.party


def _lines(evidence: Evidence, policy: Policy, at: datetime, findings: Findings) -> Iterator[str]:
    checkpoint = findings.checkpoint
    yield "VALID" if findings.valid else "NOT VALID"
    yield ""
    yield f"Log         {policy.log.name}"
    yield f"Subject     {evidence.subject}"
    yield f"Checkpoint  {f'size {checkpoint.size}' if checkpoint else 'none that can be trusted'}"
    yield f"Checked     as of {_time(at)}, {len(evidence.items)} items shown"
    yield ""
    yield "Entries of the subject that passed every check (index, time said, party, type):"
    yield from (_fact_line(fact) for fact in findings.facts)
    if not findings.facts:
        yield "  none"
    yield ""
    yield "Findings:"
    for finding in findings:
        yield from _finding_lines(finding)
    yield ""
    yield "Not proven:"
    yield from (f"  - {sentence}" for sentence in NOT_PROVEN)


def _fact_line(fact: Fact) -> str:
    statement, signer = fact.entry.statement, fact.signer
    who = f"{party_name(fact)} ({signer.party}, key: {signer.custody})"
    return f"  {fact.index:>8}  {_time(statement.at)}  {who}  {statement.type}"


def _finding_lines(finding: Finding) -> Iterator[str]:
    severity = finding.severity.value
    yield f"  {severity:<7}  step {finding.step:>2}  {finding.code}: {finding.message}"
    if finding.entry_id:
        yield f"           entry {finding.entry_id}"


def _fact_members(fact: Fact) -> dict[str, object]:
    statement = fact.entry.statement
    return {
        "index": fact.index,
        "entry_id": fact.entry.entry_id,
        "at": _time(statement.at),
        "party": fact.signer.party,
        "name": party_name(fact),
        "custody": fact.signer.custody,
        "kid": fact.entry.envelope.kid,
        "type": statement.type,
        "body": fact.entry.opened,
    }


def _finding_members(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "step": finding.step,
        "message": finding.message,
        "entry_id": finding.entry_id,
    }


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
