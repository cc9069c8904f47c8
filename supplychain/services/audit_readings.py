"""Hold stored temperature readings against what was signed about them, lot after lot, for ever."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import proofs
from ledger.alarms import raise_alarm
from supplychain.domain.facts import LegState
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import ConditionsRecord, Receive, Return, Ship
from supplychain.models import CheckpointCursor
from supplychain.queries.chains import chain_of
from supplychain.queries.readings import legs_of

NAME = "readings"
_TYPES = (Ship.type, Return.type, Receive.type, ConditionsRecord.type)
_WRONG = {
    LegState.DISAGREES: (
        "READINGS_CHANGED",
        "The stored temperature readings are not those that were signed.",
    ),
    LegState.UNKNOWN: ("READINGS_LOST", "Temperature readings that were signed are gone."),
}


@dataclass(frozen=True, slots=True)
class Audited:
    """What one step looked at: entries that speak of temperature, and those that are wrong.

    `done`: it came to the end of the log; the next step begins anew.
    """

    entries: int
    wrong: tuple[str, ...]
    done: bool


def audit_readings(*, at: datetime, most: int = 200) -> Audited:
    """Work out root, summary and judgement again for the next entries of the log, `most` at once.

    What does not agree becomes an alarm about its entry; the log itself goes on. Where the audit
    stands is kept after each step, so that it may be stopped at any time.
    """
    CheckpointCursor.objects.get_or_create(name=NAME)
    with transaction.atomic():
        cursor = CheckpointCursor.objects.select_for_update().get(name=NAME)
        newest = proofs.latest_checkpoint()
        end = newest.size if newest else 0
        stop = min(cursor.size + most, end)
        found = _audit(cursor.size, stop, at)
        cursor.size = 0 if stop >= end else stop
        cursor.save(update_fields=["size"])
    return Audited(found[0], found[1], stop >= end)


def _audit(start: int, stop: int, at: datetime) -> tuple[int, tuple[str, ...]]:
    by_lot: dict[str, set[str]] = {}
    for one in proofs.logged_between(start, stop, _TYPES):
        by_lot.setdefault(one.stream, set()).add(one.entry_id)
    wrong: list[str] = []
    for stream, entries in by_lot.items():
        chain = chain_of(LotKey.from_stream(stream), at)
        legs = (leg for one in sorted(entries) for leg in legs_of(chain, {one}, in_full=one))
        for leg in legs:
            if leg.state in _WRONG:
                code, message = _WRONG[leg.state]
                raise_alarm(code=code, about=leg.act.entry_id, message=message, at=at, blocks=False)
                wrong.append(leg.act.entry_id)
    return sum(map(len, by_lot.values())), tuple(wrong)
