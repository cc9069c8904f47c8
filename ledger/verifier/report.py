"""What the verifier prints: for people, and for programs."""

import json
from collections.abc import Iterator
from datetime import datetime

from ledger.core.evidence import Evidence
from ledger.core.links import OutputRef
from ledger.core.policy import Policy
from ledger.core.tlog_policy import NONE
from ledger.core.verification import Fact, Finding, Findings, Member

WITHOUT_INDEX = "that nothing newer was left out: this may be an old or a partial story"
BEYOND_INDEX = "that nothing about the subject was logged from index {} on"
OTHER_OUTPUTS = "anything about other outputs of the subject than these: they are left out"
WITHOUT_WITNESSES = "that everybody is shown the same log: the policy asks for no witnesses"
ALWAYS = (
    "that the times are true: a time is what the signer says; what witnesses prove stands beside",
    "what the statements amount to: custody, quantities and temperatures are not judged here",
)


def not_proven(evidence: Evidence, policy: Policy, findings: Findings) -> list[str]:
    """Give the sentences on what nobody should read into the answer."""
    index = findings.complete_to
    said = [WITHOUT_INDEX if index is None else BEYOND_INDEX.format(index)]
    if evidence.outputs:
        said.append(OTHER_OUTPUTS)
    if policy.trust.quorum == NONE:
        said.append(WITHOUT_WITNESSES)
    return [*said, *ALWAYS]


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
        "outputs": [
            {"output": str(ref), "used_by": user} for ref, user in _outputs(evidence, findings)
        ],
        "at": _time(at),
        "checkpoint": checkpoint and {"size": checkpoint.size, "root": checkpoint.root.hex()},
        "witnessed_at": _time_or_none(findings.witnessed_at),
        "complete_to": findings.complete_to,
        "entries": [_fact_members(fact) for fact in findings.facts],
        "members": [_member_members(one) for one in findings.members],
        "findings": [_finding_members(finding) for finding in findings],
        "not_proven": not_proven(evidence, policy, findings),
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
    for ref, user in _outputs(evidence, findings):
        yield f"Output      {ref}, used up by {user or 'nothing that is shown'}"
    yield f"Checkpoint  {f'size {checkpoint.size}' if checkpoint else 'none that can be trusted'}"
    yield f"Witnessed   {_time_or_none(findings.witnessed_at) or 'by no quorum of the policy'}"
    index = findings.complete_to
    yield f"Complete    {'not proven' if index is None else f'below index {index}'}"
    yield f"Checked     as of {_time(at)}, {len(evidence.items)} items shown"
    yield ""
    yield "Entries of the subject that passed every check (index, time said, party, type):"
    for fact in findings.facts:
        yield from _fact_lines(fact)
    if not findings.facts:
        yield "  none"
    yield ""
    for member in findings.members:
        yield from _member_lines(member)
    yield "Findings:"
    for finding in findings:
        yield from _finding_lines(finding)
    if not findings.findings:
        yield "  none"
    yield ""
    yield "Not proven:"
    yield from (f"  - {sentence}" for sentence in not_proven(evidence, policy, findings))


def _outputs(evidence: Evidence, findings: Findings) -> list[tuple[OutputRef, str | None]]:
    """The outputs that this is about, each with the entry that uses it up, if any."""
    users = ((ref, findings.user_of(ref)) for ref in evidence.outputs)
    return [(ref, user.entry.entry_id if user else None) for ref, user in users]


def _fact_lines(fact: Fact) -> Iterator[str]:
    statement, signer = fact.entry.statement, fact.signer
    who = f"{party_name(fact)} ({signer.party}, key: {signer.custody})"
    yield f"  {fact.index:>8}  {_time(statement.at)}  {who}  {statement.type}"
    after, before = _time_or_none(fact.not_before), _time_or_none(fact.not_after)
    if after or before:
        yield f"            witnesses: after {after or 'the beginning'}, before {before or 'now'}"


def _member_lines(member: Member) -> Iterator[str]:
    """One element in a set, or not in it, and an empty line."""
    word = "is" if member.present else "is not"
    path = ".".join(map(str, member.path))
    yield f"'{member.element}' {word} among the {member.count} that {path} stands for"
    yield f"  in entry {member.entry_id}"
    yield ""


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
        "not_before": _time_or_none(fact.not_before),
        "not_after": _time_or_none(fact.not_after),
        "party": fact.signer.party,
        "name": party_name(fact),
        "custody": fact.signer.custody,
        "kid": fact.entry.envelope.kid,
        "type": statement.type,
        "body": fact.entry.opened,
    }


def _member_members(member: Member) -> dict[str, object]:
    return {
        "element": member.element,
        "entry_id": member.entry_id,
        "path": list(member.path),
        "count": member.count,
        "present": member.present,
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


def _time_or_none(at: datetime | None) -> str | None:
    return None if at is None else _time(at)
