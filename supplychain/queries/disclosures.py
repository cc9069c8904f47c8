"""Who may open what a party has sealed, and who did."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ledger.core.entry import stream_id
from ledger.core.envelope import Disclosure
from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry, sealed_entries
from supplychain.domain.disclosing import Grants
from supplychain.domain.disclosure_statements import Grant, Sealed, SealedMember, stream_of
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.models import DisclosureGrant, DisclosureRead
from supplychain.queries.organisations import names_of

Named = Mapping[str, frozenset[str]]
"""Which sealed members of which entries."""


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant that stands or stood, with the names of both sides."""

    entry_id: str
    what: Sealed
    owner: str
    owner_name: str
    grantee: str
    grantee_name: str
    at: datetime
    revoked_by: str | None


@dataclass(frozen=True, slots=True)
class ReadLine:
    """That somebody was shown what a party has sealed; `grant` is empty for an authority."""

    entry_id: str
    what: Sealed
    owner: str
    reader: str
    reader_name: str
    grant: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """What of one owner's a party may open now, and by which grant; None for an authority."""

    owner: Gln
    what: Sealed
    grant: str | None


def standing_grants(owner: Gln) -> Grants:
    """The grants of an owner that nobody revoked."""
    rows = DisclosureGrant.objects.filter(
        stream_id=stream_id(stream_of(owner)), revoked_by__isnull=True
    )
    return {row.entry_id: Grant(_sealed(row), Gln(row.grantee)) for row in rows}


def grants_by(owner: str) -> list[GrantLine]:
    """What the party has granted, the newest first, revoked ones too."""
    return _grant_lines(DisclosureGrant.objects.filter(owner=owner))


def grants_to(grantee: str) -> list[GrantLine]:
    """What the party may open now."""
    return _grant_lines(DisclosureGrant.objects.filter(grantee=grantee, revoked_by__isnull=True))


def reads_of(owner: str) -> list[ReadLine]:
    """Who was shown what the party has sealed, the newest first."""
    rows = list(DisclosureRead.objects.filter(owner=owner).order_by("-at", "-entry_id"))
    names = names_of({row.reader for row in rows})
    return [
        ReadLine(
            entry_id=row.entry_id,
            what=_sealed(row),
            owner=row.owner,
            reader=row.reader,
            reader_name=names.get(row.reader, row.reader),
            grant=row.grant,
            at=row.at,
        )
        for row in rows
    ]


def openings_for(gln: str, lot: LotKey, *, authority: bool) -> list[Opening]:
    """What others have sealed about the lot and the party may open: by grants, or all of it."""
    sealed = {
        one.entry_id: (one.party, members_of(one))
        for one in sealed_entries(lot.stream)
        if one.party != gln
    }
    if authority:
        owners = sorted({party for party, _ in sealed.values()})
        every = tuple(SealedMember)
        rights: list[tuple[str, Sealed, str | None]] = [
            (owner, Sealed(lot, every), None) for owner in owners
        ]
    else:
        rights = [(line.owner, line.what, line.entry_id) for line in _rights(gln, lot)]
    found = (_opening(sealed, *right) for right in rights)
    return [one for one in found if one is not None]


def named_by(openings: Iterable[Opening]) -> Named:
    """All that these openings name, entry by entry."""
    found: dict[str, frozenset[str]] = {}
    for one in openings:
        for entry in one.what.entries:
            found[entry] = found.get(entry, frozenset()) | {name.value for name in one.what.members}
    return found


def members_of(entry: StoredEntry) -> frozenset[str]:
    """The names of its sealed members; one that can not be read has none."""
    return frozenset(name for name, _ in _disclosures(entry))


def shown_of(entry: StoredEntry, names: Collection[str]) -> tuple[str, ...]:
    """The disclosures of the entry that open these members."""
    return tuple(text for name, text in _disclosures(entry) if name in names)


def _disclosures(entry: StoredEntry) -> Iterator[tuple[str, str]]:
    for text in entry.disclosures:
        try:
            yield Disclosure.parse(text).name, text
        except Malformed:  # rewritten in the database: it opens nothing
            continue


def _opening(
    sealed: Mapping[str, tuple[str, frozenset[str]]], owner: str, what: Sealed, grant: str | None
) -> Opening | None:
    """What there is to open of all that a right is about; None where there is nothing."""
    wanted = {one.value for one in what.members}
    entries = [
        entry
        for entry, (party, names) in sealed.items()
        if party == owner and names & wanted and (not what.entries or entry in what.entries)
    ]
    if not entries:
        return None
    there = frozenset[str]().union(*(sealed[entry][1] for entry in entries))
    members = tuple(one for one in what.members if one.value in there)
    return Opening(Gln(owner), Sealed(what.lot, members, tuple(sorted(entries))), grant)


def _rights(gln: str, lot: LotKey) -> list[GrantLine]:
    return [line for line in grants_to(gln) if line.what.lot == lot]


def _grant_lines(found: QuerySet[DisclosureGrant]) -> list[GrantLine]:
    rows = list(found.order_by("-at", "-entry_id"))
    names = names_of({gln for row in rows for gln in (row.owner, row.grantee)})
    return [
        GrantLine(
            entry_id=row.entry_id,
            what=_sealed(row),
            owner=row.owner,
            owner_name=names.get(row.owner, row.owner),
            grantee=row.grantee,
            grantee_name=names.get(row.grantee, row.grantee),
            at=row.at,
            revoked_by=row.revoked_by,
        )
        for row in rows
    ]


def _sealed(row: DisclosureGrant | DisclosureRead) -> Sealed:
    lot = LotKey(Gtin(row.gtin), LotNumber(row.lot))
    return Sealed(lot, tuple(map(SealedMember, row.members)), tuple(row.entries))
