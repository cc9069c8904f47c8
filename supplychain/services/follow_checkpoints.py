"""Follow what was logged: whom a recall, a hold or a temperature concerns gets a notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import proofs
from ledger.core.entry import stream_id
from ledger.proofs import Logged
from supplychain.domain.lots import LotKey
from supplychain.domain.quality import UNDECIDED
from supplychain.domain.statements import (
    ConditionsRecord,
    HoldPlace,
    RecallIssue,
    Receive,
    Return,
    Ship,
)
from supplychain.models import CheckpointCursor, Flag, Leg, Notice, Organisation
from supplychain.queries.recalls import whom_to_tell

NAME = "notices"
BATCH = 5_000
_SPEAKING = (Ship.type, Return.type, Receive.type, ConditionsRecord.type)
_TYPES = (RecallIssue.type, HoldPlace.type, *_SPEAKING)


@dataclass(frozen=True, slots=True)
class _News:
    """Something that some organisations have to know."""

    kind: str
    logged: Logged
    subject: str
    body: str
    to: frozenset[str]


def follow_checkpoints(*, at: datetime) -> int:
    """Make notices about what checkpoints newly cover; return how many indices were followed.

    Safe to run at any time, at once from two places, and again after a crash: the cursor moves in
    the transaction that makes the notices, and a notice is made once.
    """
    newest = proofs.latest_checkpoint()
    if newest is None:
        return 0
    CheckpointCursor.objects.get_or_create(name=NAME)
    with transaction.atomic():
        cursor = CheckpointCursor.objects.select_for_update().get(name=NAME)
        stop = min(newest.size, cursor.size + BATCH)
        logged = proofs.logged_between(cursor.size, stop, _TYPES)
        _tell([*_flags(logged), *_temperatures(logged)], at)
        followed, cursor.size = max(stop - cursor.size, 0), max(stop, cursor.size)
        cursor.save(update_fields=["size"])
    return followed


def _flags(logged: Sequence[Logged]) -> Iterable[_News]:
    for one in logged:
        if one.type not in (RecallIssue.type, HoldPlace.type):
            continue
        flag = Flag.objects.filter(stream_id=stream_id(one.stream), entry_id=one.entry_id).first()
        if flag is not None:
            yield _flag_news(one, flag)


def _flag_news(logged: Logged, flag: Flag) -> _News:
    lot = LotKey.from_stream(logged.stream)
    if flag.kind == "recall":
        what = f"Recall class {flag.recall_class}: {lot}"
        do = "Stop using it, quarantine what you have, and return or destroy it."
    else:
        what = f"On hold: {lot}"
        do = "Set it aside and do not move it until the hold is lifted."
    body = f"{what}.\nReason: {flag.reason}\nBy: {flag.by}\n{do}\nEntry: {logged.entry_id}\n"
    return _News(flag.kind, logged, what, body, frozenset(whom_to_tell(lot)))


def _temperatures(logged: Sequence[Logged]) -> Iterable[_News]:
    speaking = {one.entry_id: one for one in logged if one.type in _SPEAKING}
    streams = {stream_id(one.stream) for one in speaking.values()}
    legs = Leg.objects.filter(stream_id__in=streams, entry_id__in=speaking, state__in=UNDECIDED)
    for leg in legs:
        one = speaking[leg.entry_id]
        what = f"{UNDECIDED[leg.state]}: {LotKey.from_stream(one.stream)}"
        kept = leg.giver == leg.receiver
        where = f"kept by {leg.giver}" if kept else f"from {leg.giver} to {leg.receiver}"
        body = (
            f"{what}, {where}.\n"
            f"Keep it in quarantine until a qualified person has decided.\nEntry: {leg.entry_id}\n"
        )
        yield _News("excursion", one, what, body, frozenset({leg.giver, leg.receiver}))


def _tell(news: Sequence[_News], at: datetime) -> None:
    glns = {gln for one in news for gln in one.to}
    emails = dict(Organisation.objects.filter(gln__in=glns).values_list("gln", "email"))
    notices = [
        Notice(
            kind=one.kind,
            gln=gln,
            email=emails.get(gln, ""),
            stream=one.logged.stream,
            entry_id=one.logged.entry_id,
            subject=one.subject,
            body=one.body,
            made_at=at,
            due_at=at,
        )
        for one in news
        for gln in sorted(one.to)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
