"""Recalls: whom one reaches, who has answered, and what the answers still leave open."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from ledger.core.entry import stream_id
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.recall_reach import Contact, Reach, Whereabout, reach
from supplychain.domain.statements import Receive
from supplychain.formats.recall_lists import ListedLot
from supplychain.models import Descent, Flag, Leg, Lot, Notice, Output, Pack, RecallAnswer, Trade
from supplychain.queries.descent import made_into
from supplychain.queries.lot_lines import FlagLine, LotLine, lot_line, lot_lines

NEWEST = 200
_CHUNK = 2_000
_UNTOLD = (None, None)
# Who dispensed has nothing left, and is the only one who knows the patients.
_TOLD_STATES = ("held", "quarantined", "returned", "in_transit", "dispensed")


@dataclass(frozen=True, slots=True)
class Recalled:
    """A recall in force, its lot, and how far it has come."""

    line: LotLine
    flag: FlagLine
    reach: Reach


@dataclass(frozen=True, slots=True)
class RecallToAnswer:
    """A recall that concerns a party, through its `own` lots: the recalled one or what it became.

    `answer` is what it said last; None where it said nothing.
    """

    line: LotLine
    flag: FlagLine
    own: tuple[LotKey, ...]
    units: int
    answer: RecallAnswer | None


@dataclass(frozen=True, slots=True)
class PackWhere:
    """A pack of a recalled lot or of one made of it, and where the tables have it."""

    lot: LotKey
    serial: str
    holder: str
    receiver: str
    state: str
    container: str


def recalls_in_force(makers: str | None) -> list[tuple[LotLine, FlagLine]]:
    """The newest recalls: of a maker's own lots, or all of them for who sees all (None)."""
    flags = Flag.objects.filter(kind="recall", lifted_by__isnull=True)
    if makers is not None:
        own = Lot.objects.filter(maker=makers).values("stream_id")
        flags = flags.filter(Q(by=makers) | Q(stream_id__in=own))
    newest = list(flags.order_by("-at")[:NEWEST])
    lots = lot_lines({flag.stream_id for flag in newest})
    found = [(lots[flag.stream_id], flag.entry_id) for flag in newest]
    return [(line, flag) for line, entry in found for flag in line.flags if flag.entry_id == entry]


def recall_of(lot: LotKey, entry_id: str = "") -> Recalled | None:
    """The lot's recall of that entry, or its first one; None where there is no such recall."""
    line = lot_line(lot)
    flags = [one for one in line.flags if one.kind == "recall"] if line else []
    flag = next((one for one in flags if entry_id in ("", one.entry_id)), None)
    if line is None or flag is None:
        return None
    return Recalled(line, flag, reach_of(line, flag))


def reach_of(line: LotLine, flag: FlagLine) -> Reach:
    """How far the recall has come."""
    places = [place for lot in family(line.key) for place in _places(lot)]
    makers, back = frozenset({line.maker}), _sent_back(line, flag.at)
    return reach(places, _contacts(flag.entry_id), makers, back)


def family(lot: LotKey) -> list[LotKey]:
    """The lot, and all that was made of it: a recall of it is a recall of them."""
    return [lot, *made_into(lot)]


def whom_to_tell(lot: LotKey) -> set[str]:
    """Who has units, waits for some, or gave some to patients: whom a recall must reach."""
    streams = [stream_id(one.stream) for one in family(lot)]
    rows = Output.objects.filter(
        stream_id__in=streams, spent_by__isnull=True, state__in=_TOLD_STATES
    )
    pairs = rows.order_by().values_list("holder", "receiver").distinct()
    return {gln for pair in pairs for gln in pair if gln}


def recalls_to(gln: str) -> list[RecallToAnswer]:
    """The recalls of lots that the party had to do with, those without its answer first."""
    traded = Trade.objects.filter(gln=gln).values("stream_id")
    sources = Descent.objects.filter(stream_id__in=traded).values("ancestor")
    concerned = Q(stream_id__in=traded) | Q(stream_id__in=sources)
    flags = Flag.objects.filter(concerned, kind="recall", lifted_by__isnull=True)
    newest = list(flags.order_by("-at")[:NEWEST])
    answers = {
        row.recall: row
        for row in RecallAnswer.objects.filter(gln=gln, recall__in=[f.entry_id for f in newest])
    }
    found = [_to_answer(gln, flag, answers.get(flag.entry_id)) for flag in newest]
    mine = [one for one in found if one.line.maker != gln]
    return sorted(mine, key=lambda one: one.answer is not None)


def recall_to(gln: str, lot: LotKey, entry_id: str) -> RecallToAnswer | None:
    """That one recall; None where it does not concern the party."""
    found = recalls_to(gln)
    return next((o for o in found if o.line.key == lot and o.flag.entry_id == entry_id), None)


def packs_of_recall(lot: LotKey) -> Iterator[PackWhere]:
    """Each pack that it reaches, by lot and serial; read in pieces, for a lot may be large."""
    for one in family(lot):
        stream = stream_id(one.stream)
        outputs = {row.holding: row for row in _unused(stream) if row.holding}
        packs = Pack.objects.filter(stream_id=stream).order_by("serial")
        for pack in packs.iterator(chunk_size=_CHUNK):
            at = outputs[pack.holding]
            yield PackWhere(one, pack.serial, at.holder, at.receiver, at.state, pack.container)


def known_lots(listed: Sequence[ListedLot]) -> dict[LotKey, str]:
    """Those of the listed lots that are registered here, and their makers."""
    pairs = {(str(gtin), str(one.lot)) for one in listed for gtin in one.gtins}
    rows = Lot.objects.filter(lot__in={lot for _, lot in pairs})
    return {
        LotKey(Gtin(row.gtin), LotNumber(row.lot)): row.maker
        for row in rows
        if (row.gtin, row.lot) in pairs
    }


def _to_answer(gln: str, flag: Flag, answer: RecallAnswer | None) -> RecallToAnswer:
    line = lot_lines((flag.stream_id,))[flag.stream_id]
    streams = {stream_id(one.stream): one for one in family(line.key)}
    traded = Trade.objects.filter(gln=gln, stream_id__in=streams)
    own = sorted(streams[one] for one in traded.values_list("stream_id", flat=True))
    rows = Output.objects.filter(
        Q(holder=gln, state__in=("held", "quarantined", "returned")) | Q(receiver=gln),
        stream_id__in=streams,
        spent_by__isnull=True,
    )
    units = sum(rows.values_list("quantity", flat=True))
    shown = next(one for one in line.flags if one.entry_id == flag.entry_id)
    return RecallToAnswer(line, shown, tuple(own), units, answer)


def _places(lot: LotKey) -> list[Whereabout]:
    rows = _unused(stream_id(lot.stream)).order_by()
    sums = rows.values("holder", "state", "receiver").annotate(total=Sum("quantity"))
    return [
        Whereabout(lot, row["holder"], State(row["state"]), row["total"], row["receiver"])
        for row in sums
    ]


def _sent_back(line: LotLine, since: datetime) -> dict[str, int]:
    """Units that the maker received since, by who sent them."""
    stream = stream_id(line.key.stream)
    legs = Leg.objects.filter(
        stream_id=stream, made_as=Receive.type, receiver=line.maker, at__gte=since
    )
    givers = dict(legs.values_list("entry_id", "giver"))
    rows = Output.objects.filter(stream_id=stream, entry_id__in=givers, holder=line.maker)
    sums: Counter[str] = Counter()
    for entry_id, quantity in rows.values_list("entry_id", "quantity"):
        sums[givers[entry_id]] += quantity
    return sums


def _contacts(recall: str) -> dict[str, Contact]:
    notices = Notice.objects.filter(kind="recall", entry_id=recall)
    told = {one.gln: (one.made_at, one.sent_at) for one in notices}
    answers = {one.gln: one for one in RecallAnswer.objects.filter(recall=recall)}
    return {gln: _contact(told.get(gln, _UNTOLD), answers.get(gln)) for gln in {*told, *answers}}


def _contact(
    notice: tuple[datetime | None, datetime | None], answer: RecallAnswer | None
) -> Contact:
    told, mailed = notice
    if answer is None:
        return Contact(told, mailed)
    return Contact(told or answer.at, mailed, answer.at, answer.found, answer.note)


def _unused(stream: UUID) -> QuerySet[Output]:
    return Output.objects.filter(stream_id=stream, spent_by__isnull=True)
