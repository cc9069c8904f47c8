"""Statements about the temperature of goods that change no hands: readings, and a decision.

Both use up the goods that they speak of and make the same ones again: whatever is later made of
these goods, and of no others, descends from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Self

from ledger.core.canonical import Json
from ledger.core.countersignatures import MEMBER, Countersignature, read_countersignatures
from ledger.core.errors import Refused
from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.device_keys import prove_countersigned
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import KEPT, claims, states
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import hex_32, members, sequence, text
from supplychain.domain.outputs import OutputClaim, State

_NAME_MAX = 100
_ENTRIES_MAX = 100
PEOPLE: Final = ("decided_by", "confirmed_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionsRecord:
    """`conditions.record`: readings of goods that their holder kept, at `place` if it has a name.

    That the readings are of these goods, and not of a room, is what the holder signs. Of goods on
    the way the giver does, who has them until they are received. `batch` says which one of a live
    tracker's batches one of the series is, and `countersigned` is the device's own word on it.
    """

    type: ClassVar[str] = "conditions.record"
    readings: ReadingsClaim
    outputs: tuple[OutputClaim, ...]
    place: str = ""
    batch: Batch | None = None
    countersigned: Countersignature | None = None

    def __post_init__(self) -> None:
        """Prove the place, that there is one output, not ended, and that the batch is shown."""
        text(self.place, "place", _NAME_MAX, empty=True)
        _prove_one(self.type, self.outputs, *KEPT, State.IN_TRANSIT)
        shown = {(one.device, one.root) for one in self.readings.series}
        if self.batch and (self.batch.device, self.batch.root) not in shown:
            raise Invalid("BATCH_UNSHOWN", "batch: no series has this device and root.")
        if self.countersigned and not self.batch:
            raise Invalid("BATCH_UNSHOWN", "countersigned: only a batch is countersigned.")

    @property
    def conditions(self) -> ConditionsClaim:
        """What hand-offs say as well."""
        return ConditionsClaim(readings=self.readings)

    @property
    def covers(self) -> tuple[datetime, datetime]:
        """From when to when the readings are to speak of the goods."""
        return self.readings.covers.start, self.readings.covers.end

    @property
    def fresh(self) -> dict[str, int]:
        """From which second on its batch tells what nobody was told before, by its device."""
        batch, shown = self.batch, self.readings.series
        first = [one.first for one in shown if batch and one.root == batch.root]
        return {batch.device: int(min(first).timestamp())} if batch else {}

    @classmethod
    def of(
        cls,
        *,
        holder: Gln,
        quantity: int,
        state: State,
        conditions: ConditionsClaim,
        place: str = "",
        to: Gln | None = None,
        batch: Batch | None = None,
        countersigned: Countersignature | None = None,
    ) -> Self:
        """Compose the statement: what the holder has stays as it is. Raises Invalid.

        Goods on the way are sent to `to`.
        """
        outputs = (OutputClaim(state, holder, quantity, to),)
        return cls(
            readings=_readings(conditions),
            outputs=outputs,
            place=place,
            batch=batch,
            countersigned=countersigned,
        )

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("conditions", "outputs"), ("place", "batch", MEMBER))
        return cls(
            readings=_readings(ConditionsClaim.decode(found["conditions"])),
            outputs=claims(found["outputs"]),
            place=text(found["place"], "place", _NAME_MAX) if "place" in found else "",
            batch=Batch.decode(found["batch"]) if "batch" in found else None,
            countersigned=_countersigned(found),
        )

    def prove_device(self, log: str) -> None:
        """That a countersignature is the device's, on this batch. Raises Invalid."""
        if self.batch and self.countersigned:
            prove_countersigned(self.batch, self.countersigned, log, self.outputs[0].holder)

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        plain: dict[str, Json] = {"place": self.place} if self.place else {}
        if self.batch:
            plain["batch"] = self.batch.as_json()
        if self.countersigned:
            plain[MEMBER] = [self.countersigned.as_json()]
        return plain | {
            "conditions": self.conditions.as_json(),
            "outputs": [claim.as_json() for claim in self.outputs],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRelease:
    """`quality.release`: who is responsible for quality decides that goods are fit after all.

    `entries` are the hand-offs and records whose temperature was judged, `decided_by` the person,
    `confirmed_by` a second one, where the party asks for two: sealed members, None where they are
    not there or not disclosed to the reader. The goods stay where they are.
    """

    type: ClassVar[str] = "quality.release"
    entries: tuple[str, ...]
    reason: str
    outputs: tuple[OutputClaim, ...]
    decided_by: str | None = None
    confirmed_by: str | None = None

    def __post_init__(self) -> None:
        """Prove reason and names, that something is decided on, and one output, kept."""
        text(self.reason, "reason")
        for name, person in self.sealed().items():
            text(person, name, _NAME_MAX)
        if len({_folded(str(one)) for one in self.sealed().values()}) < len(self.sealed()):
            raise Invalid("NAMES_SAME", f"{self.type}: two people decide, not one twice.")
        if not self.entries or len(set(self.entries)) < len(self.entries):
            raise Invalid("ENTRIES_WRONG", f"{self.type}: name each entry once, one at least.")
        _prove_one(self.type, self.outputs, *KEPT)

    @classmethod
    def of(
        cls,
        *,
        holder: Gln,
        quantity: int,
        state: State,
        entries: tuple[str, ...],
        reason: str,
        decided_by: str | None = None,
        confirmed_by: str | None = None,
    ) -> Self:
        """Compose the statement: what the holder has stays as it is."""
        outputs = (OutputClaim(state, holder, quantity),)
        return cls(
            entries=entries,
            reason=reason,
            outputs=outputs,
            decided_by=decided_by,
            confirmed_by=confirmed_by,
        )

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body with what was disclosed of it. Raises Invalid."""
        found = members(body, cls.type, ("entries", "reason", "outputs"), PEOPLE)
        listed = sequence(found["entries"], "entries", _ENTRIES_MAX)
        return cls(
            entries=tuple(hex_32(one, "entries") for one in listed),
            reason=text(found["reason"], "reason"),
            outputs=claims(found["outputs"]),
            **{name: text(found[name], name) for name in PEOPLE if name in found},
        )

    def as_body(self) -> dict[str, Json]:
        """The open members; `sealed` gives the others."""
        return {
            "entries": list(self.entries),
            "reason": self.reason,
            "outputs": [claim.as_json() for claim in self.outputs],
        }

    def sealed(self) -> dict[str, Json]:
        """The members that go into the statement as salted digests."""
        people = {"decided_by": self.decided_by, "confirmed_by": self.confirmed_by}
        return {name: person for name, person in people.items() if person is not None}


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, as far as writing goes."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _prove_one(kind: str, outputs: tuple[OutputClaim, ...], *allowed: State) -> None:
    if states(outputs) not in tuple((state,) for state in allowed):
        raise Invalid("OUTPUTS_WRONG", f"{kind}: expected one output, {' or '.join(allowed)}.")


def _countersigned(body: Mapping[str, object]) -> Countersignature | None:
    try:
        read = read_countersignatures(body)
    except Refused as fault:
        raise Invalid(fault.code, fault.message) from fault
    if len(read) > 1:
        raise Invalid("COUNTERSIGNED_OTHERWISE", "countersigned: one device has one key.")
    return read[0] if read else None


def _readings(conditions: ConditionsClaim) -> ReadingsClaim:
    if conditions.readings is None:
        message = "conditions.record: give readings, not a reason for none."
        raise Invalid("READINGS_NEEDED", message)
    return conditions.readings
