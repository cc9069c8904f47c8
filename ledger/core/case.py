"""The working sheet of one verification: what the steps share, and nothing that they check."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from ledger.core.checkpoint import Checkpoint
from ledger.core.entry import Entry
from ledger.core.errors import Malformed
from ledger.core.evidence import Evidence, Item
from ledger.core.findings import CODES, Fact, Finding, Member, Severity
from ledger.core.keys import Signatures
from ledger.core.policy import Policy
from ledger.core.registry import KeyHolder, Registry
from ledger.core.states import States

K = TypeVar("K")

CLOCK_SKEW = timedelta(minutes=5)
"""How far clocks may be apart before it is worth a finding."""


@dataclass
class Exhibit:
    """One readable item on trial: sound until an error is found about it.

    ``closed`` says why its disclosures can not be opened; the entry then stands without them.
    """

    item: Item
    entry: Entry
    closed: Malformed | None = None
    sound: bool = True
    signer: KeyHolder | None = None


@dataclass
class Case:
    """The working sheet of one verification; ``exhibits`` are in the order of their indices."""

    evidence: Evidence
    policy: Policy
    at: datetime
    signatures: Signatures
    registry: Registry
    checkpoint: Checkpoint | None = None
    states: States = field(default_factory=States)
    exhibits: list[Exhibit] = field(default_factory=list)
    witnessed_at: datetime | None = None
    complete_to: int | None = None
    members: list[Member] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, step: int, code: str, message: str, about: Exhibit | None = None) -> None:
        """Note a finding; an error about an entry takes its soundness."""
        severity = CODES[code]
        entry_id = about.entry.entry_id if about else None
        self.findings.append(Finding(code, severity, step, message, entry_id))
        if about and severity is Severity.ERROR:
            about.sound = False

    def facts(self) -> tuple[Fact, ...]:
        """Give what is sound about the subject: nothing at all without a good checkpoint."""
        if self.checkpoint is None:
            return ()
        return tuple(
            Fact(one.entry, one.item.index, one.signer, *self.bracket(one))
            for one in self.exhibits
            if one.sound and one.signer and one.entry.statement.stream == self.evidence.subject
        )

    def bracket(self, exhibit: Exhibit) -> tuple[datetime | None, datetime | None]:
        """Give the moments between which witnesses place the signing of an entry.

        The state that its signer had seen may have been cosigned long after he saw it, when
        witnesses were away. What the log had grown beyond by then had been cosigned before.
        """
        seen, index = exhibit.entry.statement.seen.size, exhibit.item.index
        return self.states.cosigned_below(seen), self.states.cosigned_above(index)


def shared(
    exhibits: Sequence[Exhibit], keys_of: Callable[[Exhibit], Iterable[K]]
) -> Iterator[tuple[Exhibit, K, str]]:
    """Give each entry that shares a key with another one: the entry, one such key, whose else."""
    owners: dict[K, list[Exhibit]] = {}
    for exhibit in exhibits:
        for key in keys_of(exhibit):
            owners.setdefault(key, []).append(exhibit)
    for exhibit in exhibits:
        for key in keys_of(exhibit):
            if len(owners[key]) > 1:
                first, second, *_ = owners[key]
                yield exhibit, key, (second if first is exhibit else first).entry.entry_id
                break
