"""The steps of verification that look at the log: its checkpoint and its past.

As in `ledger.core.steps`, each notes its findings in a `Case` and goes on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ledger.core.case import CLOCK_SKEW, Case, Exhibit
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.cosignature import cosigned_at
from ledger.core.errors import LedgerError
from ledger.core.evidence import Earlier
from ledger.core.merkle import verify_consistency
from ledger.core.note import SignatureLine, split_note

_NOTE_CODES = {
    "NOTE_UNSIGNED": "CHECKPOINT_NOT_SIGNED",
    "NOTE_SIGNATURE_BAD": "CHECKPOINT_SIGNATURE_BAD",
    "ORIGIN_MISMATCH": "CHECKPOINT_OTHER_LOG",
}


def open_note(case: Case) -> None:
    """1. The checkpoint is of the policy's log and signed with its key."""
    try:
        case.checkpoint = open_checkpoint(
            case.evidence.checkpoint, case.policy.log, case.signatures
        )
    except LedgerError as fault:
        code = _NOTE_CODES.get(fault.code, "CHECKPOINT_MALFORMED")
        case.find(1, code, f"The checkpoint proves nothing. {fault.message}")


def count_witnesses(case: Case) -> None:
    """2. As many witnesses as the policy asks for have cosigned, and not too long ago."""
    if case.checkpoint is None:
        return
    _, lines = split_note(case.evidence.checkpoint)
    times = _cosigned(case, 2, case.checkpoint, lines)
    if not case.policy.trust.is_met_by(times):
        message = f"The policy asks for the quorum '{case.policy.trust.quorum}'; cosigned: "
        named = ", ".join(sorted(times)) or "by none that it knows"
        case.find(2, "WITNESS_QUORUM_NOT_MET", f"{message}{named}.")
    case.witnessed_at = case.policy.trust.met_at(times)
    case.states.add(case.checkpoint.size, case.checkpoint.root, case.witnessed_at)
    if case.witnessed_at and not case.policy.trust.is_met_by(_recent(case, times)):
        message = f"The checkpoint was cosigned at {case.witnessed_at.isoformat()}, long ago."
        case.find(2, "CHECKPOINT_OLD", message)


def _recent(case: Case, times: Mapping[str, datetime]) -> set[str]:
    """Who cosigned as late as the policy asks for: one alone does not make an old state new."""
    most = case.policy.checkpoint_age_max
    if most is None:
        return set(times)
    return {name for name, at in times.items() if -CLOCK_SKEW <= case.at - at <= most}


def check_history(case: Case) -> None:
    """3. Each earlier state is one that the log of the checkpoint has grown from."""
    if case.checkpoint is None:
        return
    for one in case.evidence.history:
        if not _is_past(one, case.checkpoint):
            message = f"The log of the checkpoint has not grown from this state of size {one.size}."
            case.find(3, "HISTORY_CONTRADICTED", message)
            continue
        state = Checkpoint(case.checkpoint.origin, one.size, one.root)
        times = _cosigned(case, 3, state, _read_lines(case, one))
        case.states.add(one.size, one.root, case.policy.trust.met_at(times))


def _is_past(one: Earlier, checkpoint: Checkpoint) -> bool:
    return one.size < checkpoint.size and verify_consistency(
        size1=one.size,
        size2=checkpoint.size,
        root1=one.root,
        root2=checkpoint.root,
        proof=one.proof,
    )


def _read_lines(case: Case, one: Earlier) -> list[SignatureLine]:
    try:
        return [SignatureLine.parse(line) for line in one.cosignatures]
    except LedgerError as fault:
        case.find(3, "COSIGNATURE_BAD", f"At size {one.size}: {fault.message}")
        return []


def _cosigned(
    case: Case, step: int, state: Checkpoint, lines: Iterable[SignatureLine]
) -> dict[str, datetime]:
    try:
        return cosigned_at(state, lines, case.policy.trust.witness_keys, case.signatures)
    except LedgerError as fault:
        case.find(step, "COSIGNATURE_BAD", f"At size {state.size}: {fault.message}")
        return {}


def check_seen(case: Case) -> None:
    """11. What the signers have seen of the log is its past, and fits what they say of the time."""
    if case.checkpoint is None:
        return
    for exhibit in case.exhibits:
        if exhibit.entry.statement.stream == case.evidence.subject:
            _check_state_seen(case, exhibit)
            _check_time_said(case, exhibit)


def _check_state_seen(case: Case, exhibit: Exhibit) -> None:
    seen, index = exhibit.entry.statement.seen, exhibit.item.index
    root = case.states.root(seen.size)
    if seen.size > index:
        message = f"At index {index}, the signer says to have seen {seen.size} before."
        case.find(11, "SEEN_AHEAD", message, exhibit)
    elif seen.size and root is None:
        message = (
            f"That the log had grown from what the signer saw at size {seen.size} is not shown."
        )
        case.find(11, "SEEN_NOT_PROVEN", message, exhibit)
    elif seen.size and root != seen.root:
        message = f"The signer was shown another log of size {seen.size} than we are."
        case.find(11, "SEEN_CONTRADICTED", message, exhibit)


def _check_time_said(case: Case, exhibit: Exhibit) -> None:
    at = exhibit.entry.statement.at
    not_before, not_after = case.bracket(exhibit)
    if not_after and at - not_after > CLOCK_SKEW:
        message = f"Dated {at.isoformat()}, and witnessed already at {not_after.isoformat()}."
        case.find(11, "DATED_AFTER_LOGGED", message, exhibit)
    if not_before and not_before - at > CLOCK_SKEW:
        message = f"Dated {at.isoformat()}, and signed after {not_before.isoformat()}."
        case.find(11, "RECORDED_LATE", message, exhibit)
