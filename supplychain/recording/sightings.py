"""Keep who scanned what, and tell both sites when a pack is in two places."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from supplychain.domain.barcodes import Scanned
from supplychain.domain.parties import Party, Role
from supplychain.domain.standing import asks_for_all
from supplychain.domain.two_places import Doubt, Raised, Seen, Stay, two_places
from supplychain.domain.verdicts import Verdict, already_scanned_here
from supplychain.models import Notice, Organisation, PackDoubt, Sighting
from supplychain.queries.chains import Chain
from supplychain.queries.judgements import Ground, Judgement, judged
from supplychain.queries.responders import responder_here
from supplychain.queries.scans import code_of, seen_here
from supplychain.queries.sightings import pack_code, seen_elsewhere, stay_of

GRAVE, LATE = "two_places", "seen_elsewhere"
_SUBJECT = "Two packs with one number"
_HERE = (
    "You scanned it, and by the records or by another scan it is in another place. Set your pack"
    " aside, do not pass it on, and ask who delivered it."
)
_MAKER = (
    "Its number was in two places that cannot both be true, and both sites are told to set theirs"
    " aside. Look into it; when there is just one pack after all, settle it."
)
_THERE = {
    Doubt.ENDED: (
        "By the records it left the trade with you, and its number was scanned in another place."
        " Look up what became of yours, and report it as suspect."
    ),
    Doubt.SEEN: (
        "You scanned it, and its number was scanned in another place at a time when yours cannot"
        " have been there. Set your pack aside and look at it closely."
    ),
    Doubt.HELD: (
        "By the records you have it, and its number was scanned in another place. If you passed it"
        " on, record that; if you still have it, set it aside and look at it closely."
    ),
}


def keep_sighting(chain: Chain, party: Party, known: Ground) -> Judgement:
    """Judge a site's scan of a pack, and keep it as a sighting with what it puts in doubt.

    The same pack at the same site in minutes is the same sighting. What was misread says nothing
    of where it is.
    """
    if known.facts.scanned.serial is None or known.facts.lookalike is not None:
        return judged(known)
    row = open_sighting(
        known.facts.scanned,
        site=party,
        at=known.facts.at,
        counts=_counts(chain, party, known),
        way=known.way,
    )
    found = judged(known)
    if row is None:
        return replace(found, verdict=already_scanned_here(found.verdict))
    close_sighting(row, found.verdict)
    return found


def _counts(chain: Chain, party: Party, known: Ground) -> bool:
    """Whether the scan says where a pack is of which records say where it may be.

    They do not where the evidence is broken, nor of a lot without serial numbers; and makers,
    authorities and auditors ask about goods of others.
    """
    has_serials = known.facts.pack is not None
    return has_serials and not chain.errors and not asks_for_all(chain.history, party)


def open_sighting(
    read: Scanned, *, site: Party, at: datetime, counts: bool, way: Collection[Stay]
) -> Sighting | None:
    """Keep that a site scans a pack; its verdict comes later. None for a good one's repetition.

    `counts`: the scan says where the pack is, and records of serial numbers where it may be. Then
    whatever it puts in doubt is raised, after it was kept, so that of two sites that scan at once
    one finds the other. `way` is the pack's by the records.
    """
    code, gln = code_of(read), str(site.gln)
    if seen_here(gln, code, at):
        return None
    if not counts:
        return Sighting.objects.create(gln=gln, code=code, at=at, verdict="")
    pack, stay = pack_code(read.gtin, read.serial), stay_of(read)
    carries = site.roles == {Role.CARRIER}
    expected = stay is not None and stay.expects(site.gln, carries=carries)
    now = Seen(site.gln, at, expected)
    row = Sighting.objects.create(
        gln=gln, code=code, at=at, verdict="", pack=pack, expected=expected
    )
    _raise(read, pack, two_places(now, stay, seen_elsewhere(pack, now), way))
    return row


def close_sighting(row: Sighting, verdict: Verdict) -> None:
    """Keep what the site was told."""
    Sighting.objects.filter(pk=row.pk).update(verdict=verdict.code.value)


def _raise(read: Scanned, pack: str, found: Iterable[Raised]) -> None:
    """Keep the doubts and tell both sites, each of its own pack and neither of the other's trade.

    The maker is told of grave ones, and of no site.
    While a doubt stands, the same again is nothing new.
    """
    for one in found:
        with transaction.atomic():
            if _is_new(read, pack, one):
                _tell(read, pack, one)


def _is_new(read: Scanned, pack: str, one: Raised) -> bool:
    """Whether the doubt did not stand before, or was settled; it stands now."""
    key = {
        "pack": pack,
        "doubt": one.doubt.value,
        "site": str(one.site),
        "other": str(one.other),
    }
    words = {"gtin": str(read.gtin), "serial": str(read.serial), "lot": str(read.lot)}
    _, made = PackDoubt.objects.get_or_create(**key, defaults={**words, "at": one.at})
    settled = PackDoubt.objects.filter(**key, settled_at__lt=one.at)
    return made or bool(settled.update(at=one.at, lot=words["lot"], settled_at=None))


def _tell(read: Scanned, pack: str, one: Raised) -> None:
    told = {str(one.site): _HERE, str(one.other): _THERE[one.doubt]}
    maker = responder_here(read.gtin) if one.doubt.grave else None
    if maker is not None:
        told.setdefault(str(maker), _MAKER)
    emails = dict(Organisation.objects.filter(gln__in=told).values_list("gln", "email"))
    name = f"GTIN {read.gtin}, serial {read.serial}, lot {read.lot}"
    notices = [
        Notice(
            kind=GRAVE if one.doubt.grave else LATE,
            gln=gln,
            email=emails.get(gln, ""),
            stream="" if read.key is None else read.key.stream,
            entry_id=sha256(f"{pack}/{one}".encode()).hexdigest(),
            subject=f"{_SUBJECT}: {name}",
            body=f"{name}.\n{what}\n",
            made_at=one.at,
            due_at=one.at,
        )
        for gln, what in told.items()
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
