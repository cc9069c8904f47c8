"""Four eyes: which organisations ask for a second person, and what waits for one."""

from dataclasses import dataclass
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.quality_statements import same_person
from supplychain.models import Organisation, ReleaseProposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A release that waits for a second person; `named` is the first, `by` the way he came in."""

    id: int
    lot: LotKey
    state: State
    outputs: tuple[OutputRef, ...]
    reason: str
    named: str
    by: str
    at: datetime

    def is_of(self, name: str) -> bool:
        """Whether who goes by this name made it."""
        return same_person(self.by, name) or same_person(self.named, name)


def asks_for_four_eyes(gln: str) -> bool:
    """Whether a release by the organisation's quality needs a second person."""
    return Organisation.objects.filter(gln=gln, four_eyes=True).exists()


def open_proposals(gln: str) -> list[Proposal]:
    """The organisation's, in their order."""
    rows = ReleaseProposal.objects.filter(gln=gln, closed_at__isnull=True)
    return [proposal_of(row) for row in rows]


def proposal_for(gln: str, lot: LotKey) -> Proposal | None:
    """The oldest one about this lot."""
    return next((one for one in open_proposals(gln) if one.lot == lot), None)


def proposal_of(row: ReleaseProposal) -> Proposal:
    """The proposal in this row."""
    return Proposal(
        id=row.pk,
        lot=LotKey.from_stream(row.stream),
        state=State(row.state),
        outputs=tuple(map(OutputRef.parse, row.outputs)),
        reason=row.reason,
        named=row.named,
        by=row.by,
        at=row.at,
    )
