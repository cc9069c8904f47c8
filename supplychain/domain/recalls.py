"""What stands against a whole lot: recalls and holds (R11)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.lots import LotKey


@dataclass(frozen=True, slots=True)
class RecallOrder:
    """A lot that is to be called back, and why."""

    lot: LotKey
    recall_class: RecallClass
    reason: str


@dataclass(frozen=True, slots=True)
class Recall:
    """The lot is called back by the entry `entry_id`."""

    entry_id: str
    issuer: Gln
    recall_class: RecallClass
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Nobody moves the lot until the hold placed by the entry `entry_id` is lifted."""

    entry_id: str
    placer: Gln
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Flags:
    """The recalls and the holds that stand, in the order of the ledger."""

    recalls: tuple[Recall, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def any(self) -> bool:
        """Whether goods of the lot may move only to destruction or return."""
        return bool(self.recalls or self.holds)

    def recalled(self, recall: Recall) -> Self:
        """With one recall more."""
        return replace(self, recalls=(*self.recalls, recall))

    def held(self, hold: Hold) -> Self:
        """With one hold more."""
        return replace(self, holds=(*self.holds, hold))

    def lifted(self, entry_id: str) -> Self:
        """Without the recall or hold that this entry put on the lot."""
        return replace(
            self,
            recalls=tuple(recall for recall in self.recalls if recall.entry_id != entry_id),
            holds=tuple(hold for hold in self.holds if hold.entry_id != entry_id),
        )

    def recall(self, entry_id: str) -> Recall | None:
        """The standing recall that this entry issued."""
        return next((recall for recall in self.recalls if recall.entry_id == entry_id), None)

    def hold(self, entry_id: str) -> Hold | None:
        """The standing hold that this entry placed."""
        return next((hold for hold in self.holds if hold.entry_id == entry_id), None)
