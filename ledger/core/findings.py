"""What verification says: findings with stable codes, and the facts that hold.

`CODES` is the whole list; ``docs/spec/verification.md`` explains each, and each has a bad
evidence file in ``tests/vectors/evidence``. A code is never given a second meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.core.checkpoint import Checkpoint
from ledger.core.entry import Entry
from ledger.core.links import OutputRef
from ledger.core.registry import KeyHolder, Registry


class Severity(StrEnum):
    """An error makes evidence not valid; a warning and an information do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_ERRORS = (
    "CHECKPOINT_MALFORMED",
    "CHECKPOINT_NOT_SIGNED",
    "CHECKPOINT_SIGNATURE_BAD",
    "CHECKPOINT_OTHER_LOG",
    "COSIGNATURE_BAD",
    "WITNESS_QUORUM_NOT_MET",
    "HISTORY_CONTRADICTED",
    "ENTRY_MALFORMED",
    "ENTRY_REPEATED",
    "LOG_MISMATCH",
    "STREAM_FOREIGN",
    "STREAM_WRONG",
    "INDEX_OUTSIDE_LOG",
    "INDEX_REPEATED",
    "INCLUSION_NOT_PROVEN",
    "NONCE_REUSED",
    "CLOCK_AHEAD",
    "SEEN_AHEAD",
    "SEEN_NOT_PROVEN",
    "SEEN_CONTRADICTED",
    "DISCLOSURE_MALFORMED",
    "DISCLOSURE_UNMATCHED",
    "DISCLOSURE_CLASHES",
    "DISCLOSURE_REPEATED",
    "REGISTRY_TYPE_UNKNOWN",
    "REGISTRY_LINKS",
    "REGISTRY_BODY",
    "NOT_PERMITTED",
    "PARTY_KNOWN",
    "PARTY_UNKNOWN",
    "PARTY_SUSPENDED",
    "PARTY_ALREADY_SUSPENDED",
    "PARTY_NOT_SUSPENDED",
    "APPROVAL_BAD",
    "AUTHORITY_NOT_IN_OFFICE",
    "AUTHORITY_QUORUM_NOT_MET",
    "KEY_KNOWN",
    "KEY_OF_AUTHORITY",
    "POSSESSION_NOT_PROVEN",
    "REVOCATION_AHEAD",
    "KEY_ALREADY_REVOKED",
    "KEY_NOT_SUSPECT",
    "KEY_UNKNOWN",
    "KEY_NOT_YET_VALID",
    "KEY_REVOKED",
    "SIGNATURE_BAD",
    "COUNTERSIGNATURE_BAD",
    "PARENT_MISSING",
    "PARENT_NOT_BEFORE",
    "PARENT_NOT_PROVEN",
    "OUTPUT_UNKNOWN",
    "OUTPUT_OTHER_STREAM",
    "OUTPUT_USED",
    "NOTHING_ABOUT_SUBJECT",
    "SUBJECT_NOT_MADE",
    "INDEX_MALFORMED",
    "INDEX_NOT_PROVEN",
    "INDEX_CONTRADICTED",
    "ENTRIES_LEFT_OUT",
    "SET_NOT_PROVEN",
)
CODES: Mapping[str, Severity] = {
    **dict.fromkeys(_ERRORS, Severity.ERROR),
    "CHECKPOINT_OLD": Severity.WARNING,
    "DATED_AFTER_LOGGED": Severity.WARNING,
    "ENTRY_SUSPECT": Severity.WARNING,
    "RECORDED_LATE": Severity.INFO,
    "COMPLETENESS_NOT_PROVEN": Severity.INFO,
}


@dataclass(frozen=True)
class Finding:
    """One thing that a step of verification found, about one entry or about the whole."""

    code: str
    severity: Severity
    step: int
    message: str
    entry_id: str | None = None


@dataclass(frozen=True)
class Fact:
    """An entry of the subject that passed every check, its index, and who signed it.

    Witnesses bracket the moment of signing: later than ``not_before``, when a state that was older
    than the one its signer had seen was cosigned, earlier than ``not_after``, when it was covered.
    """

    entry: Entry
    index: int
    signer: KeyHolder
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Member:
    """That an element is ``present`` in a set, or absent from it, as a sound entry commits to it.

    The set has ``count`` members; its root stands at ``path`` in the body of the entry.
    """

    element: str
    entry_id: str
    path: tuple[str | int, ...]
    count: int
    present: bool


@dataclass(frozen=True)
class Findings:
    """All that verification found.

    ``facts`` are in the order of their indices; there are none without a good ``checkpoint``, and
    no ``members`` of sets either.
    ``registry`` is what the shown registry entries tell of parties and keys. ``witnessed_at`` is
    when the policy's quorum had cosigned the checkpoint. Below index ``complete_to`` nothing about
    the subject was left out; None where that is not proven.
    """

    findings: tuple[Finding, ...]
    facts: tuple[Fact, ...]
    checkpoint: Checkpoint | None
    registry: Registry
    witnessed_at: datetime | None = None
    complete_to: int | None = None
    members: tuple[Member, ...] = ()

    @property
    def valid(self) -> bool:
        """True when no finding is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all findings."""
        return frozenset(finding.code for finding in self.findings)

    def user_of(self, output: OutputRef) -> Fact | None:
        """Give the fact that uses up this output; None where nothing that is shown does.

        That nothing else does is proven for the outputs that the evidence is about, and for all
        outputs of a whole stream, below ``complete_to``.
        """
        uses = (fact for fact in self.facts if output in fact.entry.statement.consumes)
        return next(uses, None)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings, in the order of the steps."""
        return iter(self.findings)
