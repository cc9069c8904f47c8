"""Keep who scanned what, and tell both sites when a pack is in two places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from django.db import connection, transaction

from supplychain.domain.barcodes import Scanned
from supplychain.domain.parties import Party, Role
from supplychain.domain.standing import asks_for_all
from supplychain.domain.two_places import Doubt, Raised, Seen, Stay, two_places
from supplychain.domain.verdicts import Verdict, already_scanned_here
from supplychain.models import Notice, Organisation, PackDoubt, Sighting
from supplychain.queries.chains import Chain
from supplychain.queries.judgements import Ground, Judgement, all_judged
from supplychain.queries.responders import responder_here
from supplychain.queries.scans import code_of, seen_here
from supplychain.queries.sightings import pack_of, seen_elsewhere, stays_of

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
    (found,) = keep_sightings(chain, party, [known])
    return found


def keep_sightings(chain: Chain, party: Party, known: Sequence[Ground]) -> list[Judgement]:
    """The same for many packs, as if one was scanned after the other; all are asked about at once.

    A pack that is there twice waits for the next round, which finds its first sighting.
    """
    found: dict[int, Judgement] = {}
    waiting = dict(enumerate(known))
    while waiting:
        some = {_round(on, n): n for n, on in reversed(waiting.items())}
        turn = {n: waiting.pop(n) for n in sorted(some.values())}
        found |= zip(turn, _kept(chain, party, list(turn.values())), strict=True)
    return [found[n] for n in range(len(known))]


def _round(on: Ground, place: int) -> str:
    return code_of(on.facts.scanned) if _is_kept(on) else str(place)


def _is_kept(on: Ground) -> bool:
    return on.facts.scanned.serial is not None and on.facts.lookalike is None


def _kept(chain: Chain, party: Party, known: Sequence[Ground]) -> list[Judgement]:
    """Judge scans of packs, none of them twice, between keeping them and keeping what was told."""
    codes = [code_of(on.facts.scanned) if _is_kept(on) else "" for on in known]
    again = seen_here(str(party.gln), set(codes) - {""}, known[0].facts.at)
    new = [on for on, code in zip(known, codes, strict=True) if code and code not in again]
    rows = open_sightings(chain, party, new)
    found = [
        replace(one, verdict=already_scanned_here(one.verdict)) if code in again else one
        for one, code in zip(all_judged(known), codes, strict=True)
    ]
    verdicts = {code: one.verdict for one, code in zip(found, codes, strict=True)}
    close_sightings({row: verdicts[row.code] for row in rows})
    return found


def open_sightings(chain: Chain, site: Party, scans: Sequence[Ground]) -> list[Sighting]:
    """Keep that a site scans packs, each once; their verdicts come later.

    Where the scan says where the pack is, whatever it puts in doubt is raised, after it was kept:
    so that of two sites that scan at once one finds the other.
    """
    counting = {on.facts.scanned: on for on in scans if _counts(chain, site, on)}
    stays = stays_of(counting)
    carries = site.roles == {Role.CARRIER}
    now = {
        read: Seen(site.gln, on.facts.at, _expects(stays.get(read), site, carries=carries))
        for read, on in counting.items()
    }
    rows = Sighting.objects.bulk_create(_row(on, site, now.get(on.facts.scanned)) for on in scans)
    before = seen_elsewhere({pack_of(read): seen for read, seen in now.items()})
    for read, on in counting.items():
        pack = pack_of(read)
        found = two_places(now[read], stays.get(read), before.get(pack, ()), on.way)
        _raise(read, pack, found)
    return rows


def _expects(stay: Stay | None, site: Party, *, carries: bool) -> bool:
    return stay is not None and stay.expects(site.gln, carries=carries)


def _row(on: Ground, site: Party, seen: Seen | None) -> Sighting:
    read, gln = on.facts.scanned, str(site.gln)
    row = Sighting(gln=gln, code=code_of(read), at=on.facts.at, verdict="")
    if seen is not None:
        row.pack, row.expected = pack_of(read), seen.expected
    return row


def _counts(chain: Chain, party: Party, known: Ground) -> bool:
    """Whether the scan says where a pack is of which records say where it may be.

    They do not where the evidence is broken, nor of a lot without serial numbers; and makers,
    authorities and auditors ask about goods of others.
    """
    has_serials = known.facts.pack is not None
    return has_serials and not chain.errors and not asks_for_all(chain.history, party)


_CLOSE = """
UPDATE supplychain_sighting row SET verdict = told.verdict
    FROM unnest(%s::bigint[], %s::text[]) AS told (id, verdict) WHERE row.id = told.id
"""


def close_sightings(told: Mapping[Sighting, Verdict]) -> None:
    """Keep what the site was told of each."""
    if told:
        with connection.cursor() as cursor:
            ids, words = [row.pk for row in told], [one.code.value for one in told.values()]
            cursor.execute(_CLOSE, [ids, words])


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
