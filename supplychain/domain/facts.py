"""The facts that a verdict rests on, each of which may be unknown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from supplychain.domain.barcodes import ScanFault, Scanned
from supplychain.domain.findings import Finding
from supplychain.domain.histories import Broken
from supplychain.domain.lots import Lot, LotKey
from supplychain.domain.pack_traces import PackTrace
from supplychain.domain.recalls import Flags
from supplychain.domain.standing import Scope
from supplychain.domain.two_places import Doubt


class LogHealth(StrEnum):
    """Whether the log itself may be relied on."""

    HEALTHY = "healthy"
    ALARM = "alarm"  # also: no checkpoint, or tables that are behind the checkpoint
    UNKNOWN = "unknown"


class LegState(StrEnum):
    """What is known of the temperature on one hand-off, or during a stay."""

    IN_RANGE = "IN_RANGE"
    REVIEW = "REVIEW"
    EXCURSION = "EXCURSION"
    FREEZE = "FREEZE"
    DATA_GAP = "DATA_GAP"
    NO_DATA = "NO_DATA"
    NOT_REQUIRED = "NOT_REQUIRED"
    TRACKED = "TRACKED"  # a tracker told of all of it: what it told stands in records of its own
    DISAGREES = "DISAGREES"  # stored readings are not those whose root was signed
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Leg:
    """A dispatch, a receipt or a record, by its entry, and what is known of its temperature."""

    entry_id: str
    state: LegState
    findings: frozenset[Finding] = frozenset()


TWO_HISTORIES = frozenset({"COSIGNATURE_BAD", "HISTORY_CONTRADICTED", "SEEN_CONTRADICTED"})
"""Codes of bad findings that say: somebody was shown another log than this one."""


@dataclass(frozen=True, slots=True)
class Forebear:
    """A lot that the scanned one was made of, directly or not, and what stands against it.

    `flags` is None where that is not proven; `agrees`: its record says that it became what the
    younger lot says it came from, None where that is not known. `legs` are those that the goods
    went through before they became others, `decided` those that quality decided on; `monitored`:
    the older lot's storage profile asks for readings.
    """

    key: LotKey
    flags: Flags | None
    agrees: bool | None
    legs: tuple[Leg, ...] = ()
    decided: frozenset[str] = frozenset()
    monitored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Settings of the answer."""

    near_expiry: timedelta = timedelta(days=30)
    evidence_age: timedelta = timedelta(hours=24)
    patience: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a verdict rests on. None says: not known; and what is not known is never OK.

    `lot` is what was registered under the scanned GTIN and lot; None where nothing was.
    `lookalike` explains an unknown lot or serial number by a keyboard's fault: a known one is one
    such away.
    `evidence_errors` are the codes of bad findings, () when all was checked and is good.
    `suspects` are the entries behind the answer that may be signed with a stolen key.
    `as_of` is when the log was last known to be complete; `pending` counts entries of this lot
    that are accepted but not under a checkpoint yet; `broken` are its broken custody rules.
    `waiting_since` is when the first of what waits for log or witnesses began to wait.
    `pack` is the way of the scanned pack, None where the lot has no serial numbers.
    `corrections` are entries that add a word to one that the answer depends on.
    `forebears` are the lots that it was made of, up to the first ones.
    `doubts` are those that stand whether it is the only pack of its number.
    `witnessed`: as many have cosigned the checkpoint as are asked for; `old`: too long ago.
    """

    at: datetime
    scanned: Scanned
    lot: Lot | None = None
    maker_connected: bool | None = None
    lookalike: ScanFault | None = None
    evidence_errors: tuple[str, ...] | None = None
    suspects: tuple[str, ...] | None = None
    log: LogHealth = LogHealth.UNKNOWN
    as_of: datetime | None = None
    witnessed: bool = True
    old: bool = False
    pending: int | None = None
    waiting_since: datetime | None = None
    broken: tuple[Broken, ...] | None = None
    flags: Flags | None = None
    scope: Scope | None = None
    pack: PackTrace | None = None
    doubts: frozenset[Doubt] = frozenset()
    corrections: tuple[str, ...] = ()
    forebears: tuple[Forebear, ...] = ()
    legs: tuple[Leg, ...] | None = None

    @property
    def registered(self) -> Lot | None:
        """The lot, when it is the very one that was scanned."""
        return self.lot if self.lot is not None and self.lot.key == self.scanned.key else None
