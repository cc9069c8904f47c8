"""The stream in which a party says who may open what it has sealed, and we say who did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger import proofs
from ledger.core.entry import Entry, stream_id
from ledger.core.registry import KeyHolder
from supplychain.domain.disclosing import DisclosureAct, Grants, decide
from supplychain.domain.disclosure_statements import (
    Disclosing,
    Grant,
    Read,
    Revoke,
    Sealed,
    owner_of,
    read,
)
from supplychain.domain.identifiers import Gln
from supplychain.models import DisclosureGrant, DisclosureRead
from supplychain.queries.disclosures import standing_grants
from supplychain.queries.scans import asking_party
from supplychain.recording.submissions import Submission

Row = dict[str, Any]


@dataclass(slots=True)
class DisclosureBook:
    """What an owner has granted, and what the judged entries will change."""

    owner: Gln
    stream: UUID
    grants: Grants
    _granted: list[DisclosureGrant] = field(default_factory=list)
    _revoked: list[tuple[str, str]] = field(default_factory=list)
    _reads: list[DisclosureRead] = field(default_factory=list)

    @classmethod
    def open(cls, stream: str) -> "DisclosureBook":
        """Read what stands, under the lock of the stream. Raises Invalid for another stream."""
        owner = owner_of(stream)
        return cls(owner, stream_id(stream), standing_grants(owner))

    def judge(self, entry: Entry, holder: KeyHolder, _brought: Submission) -> Callable[[int], None]:
        """Judge an entry; what comes back lets it stand. Raises Invalid or RuleBroken."""
        said = read(entry)
        act = DisclosureAct(
            entry_id=entry.entry_id,
            owner=self.owner,
            signer=holder.party,
            statement=said,
            authors=_authors(said),
            **_parties(said),
        )
        after = decide(self.grants, act)
        return lambda _number: self._take(act, after, entry.statement.at)

    def _take(self, act: DisclosureAct, after: Grants, at: datetime) -> None:
        self.grants = after
        head: Row = {"stream_id": self.stream, "entry_id": act.entry_id, "owner": str(self.owner)}
        match act.statement:
            case Grant(what=what, to=to):
                row = DisclosureGrant(**head, **_columns(what), grantee=str(to), at=at)
                self._granted.append(row)
            case Revoke(grant=grant):
                self._revoked.append((grant, act.entry_id))
            case Read(what=what, reader=reader, grant=grant):
                words = _columns(what) | {"grant": grant or "", "reader": str(reader)}
                self._reads.append(DisclosureRead(**head, **words, at=at))

    def sql(self) -> str:
        """Nothing that has to go with the entries in one statement."""
        return ""

    def write(self) -> None:
        """Write the rows, in the transaction of the entries."""
        DisclosureGrant.objects.bulk_create(self._granted)
        DisclosureRead.objects.bulk_create(self._reads)
        for grant, by in self._revoked:
            rows = DisclosureGrant.objects.filter(stream_id=self.stream, entry_id=grant)
            rows.update(revoked_by=by)


def _columns(what: Sealed) -> Row:
    return {
        "gtin": str(what.lot.gtin),
        "lot": str(what.lot.lot),
        "members": [one.value for one in what.members],
        "entries": list(what.entries),
    }


def _authors(said: Disclosing) -> dict[str, str]:
    """Who signed the entries that it names, as far as its lot has them."""
    if isinstance(said, Revoke):
        return {}
    return proofs.signers_of(said.what.lot.stream, said.what.entries)


def _parties(said: Disclosing) -> dict[str, frozenset[Gln]]:
    """Which of the parties that it names are admitted, and which of these are authorities."""
    named = [said.to] if isinstance(said, Grant) else []
    named += [said.reader] if isinstance(said, Read) else []
    found = [party for party in map(asking_party, _texts(named)) if party is not None]
    return {
        "parties": frozenset(one.gln for one in found),
        "authorities": frozenset(one.gln for one in found if one.is_authority),
    }


def _texts(named: Iterable[Gln | None]) -> list[str]:
    return [str(one) for one in named if one is not None]
