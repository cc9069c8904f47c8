"""What goods have behind them of their stability budget, carried from output to output (C6).

Custody knows what was signed of readings, and not the readings: what a leg takes is told here from
its claim. That is what the readings say; by claims before worst-case/3 it may be more, where a
logger's file is read out a second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Self

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.budget import Use, not_in
from supplychain.domain.conditions import moment
from supplychain.domain.conditions_claim import ReadingsClaim
from supplychain.domain.conditions_judged import METHOD, Judged, Outside, used_as_json, used_of
from supplychain.domain.errors import Invalid
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.known_stays import Known
from supplychain.domain.members import (
    instant,
    instant_text,
    members,
    sequence,
    text,
    whole,
)
from supplychain.domain.overspending import overspent
from supplychain.domain.stays import Span
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import SECONDS_MAX, Leg, Tally
from supplychain.domain.told_time import STRETCHES_MAX, Amount, Stretch, common_of

DEVICES_MAX: Final = 50
"""Of so many loggers, the last ones, it is remembered how far they have told: goods go on for ever.
What a forgotten one tells again counts again."""

_BYTES_MAX: Final = 2**18
_SECONDS_MAX: Final = 2**40
_DEVICE_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Spent:
    """What goods used up, and the last second that each logger has told of (seconds since 1970)."""

    tally: Tally = field(default_factory=Tally)
    told_to: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def most(cls, several: Iterable[Self]) -> Self:
        """Of goods put together, the most that any of them used; no unit was at two places."""
        pasts = list(several)
        return cls(
            Tally.most(past.tally for past in pasts), _latest(past.told_to for past in pasts)
        )

    def after(self, leg: Leg | None, told_to: Mapping[str, int]) -> Self:
        """With one leg more; its loggers have told of so much now."""
        tally = self.tally if leg is None else self.tally.plus(leg)
        return replace(self, tally=tally, told_to=_latest((self.told_to, told_to)))

    def as_text(self) -> str:
        """What `parse` reads; empty where nothing was used and nothing told."""
        if self == NOTHING_SPENT:
            return ""
        told: list[Json] = [{"device": one, "to": at} for one, at in sorted(self.told_to.items())]
        when: list[Json] = [_stretch_as_json(one) for one in self.tally.stretches]
        known: dict[str, Json] = {band: one.as_json() for band, one in self.tally.known.items()}
        more: dict[str, Json] = {"told": told, "stretches": when, "known": known}
        said = {name: some for name, some in more.items() if some}
        return canonical.dumps({"tally": tally_as_json(self.tally), **said}).decode()

    @classmethod
    def parse(cls, written: str) -> "Spent":
        """Read what `as_text` wrote. Raises Invalid or Malformed."""
        if not written:
            return NOTHING_SPENT
        value = canonical.loads(written.encode(), max_bytes=_BYTES_MAX)
        found = members(value, "spent", ("tally",), ("told", "stretches", "known"))
        told = sequence(found["told"], "told", DEVICES_MAX) if "told" in found else []
        tally = read_tally(found["tally"])
        if "stretches" in found:
            some = sequence(found["stretches"], "stretches", STRETCHES_MAX)
            tally = replace(tally, stretches=tuple(map(_stretch, some)))
        if "known" in found:
            tally = replace(tally, known=_known(found["known"]))
        return cls(tally, MappingProxyType(dict(map(_told, told))))


NOTHING_SPENT: Final = Spent()
NOTHING_FRESH: Final[Mapping[str, int]] = MappingProxyType({})


def tally_as_json(tally: Tally) -> dict[str, Json]:
    """What a birth says of the lot that it was made of: `{"outside","used"?,"last"?}`."""
    plain: dict[str, Json] = {"outside": Outside(tally.above_s, tally.below_s).as_json()}
    if tally.used:
        plain["used"] = used_as_json(tally.used[band] for band in sorted(tally.used))
    return plain if tally.last is None else plain | {"last": instant_text(tally.last)}


def read_tally(value: object) -> Tally:
    """Read what `tally_as_json` writes. Raises Invalid."""
    found = dict(members(value, "spent", ("outside",), ("used", "last")))
    outside = Outside.decode(found["outside"])
    used = MappingProxyType({one.band: one for one in used_of(found)})
    last = instant(found["last"], "spent.last") if "last" in found else None
    return Tally(used, outside.above_s, outside.below_s, last)


def handed_down(
    tally: Tally, theirs: StorageProfile | None, ours: StorageProfile | None
) -> Tally | None:
    """What a lot has behind it of what the goods that it is made of used up.

    None where that is nothing, and where the two lots do not count the same. When it was used is
    not handed down: the old lot's loggers tell nothing of the new one.
    """
    if theirs is None or ours is None or not ours.has_budget:
        return None
    same = theirs.budget == ours.budget
    bare = replace(tally, stretches=(), known=Tally().known)
    return bare if same and tally != Tally() else None


def spend(
    past: Spent,
    claim: ReadingsClaim,
    profile: StorageProfile,
    fresh: Mapping[str, int] = NOTHING_FRESH,
) -> tuple[Spent, frozenset[Finding]]:
    """What goods have behind them after a leg, and what of it is beyond what is allowed.

    Claims of the first method say nothing of a budget, and take nothing. `fresh` as in
    `but_for_late`.
    """
    by_times = claim.method == METHOD
    if claim.judged is None or not (profile.adds_up if by_times else profile.has_budget):
        return past, frozenset()
    if by_times:
        leg = told_in(claim, claim.judged, profile)
    else:
        leg = taken(claim, claim.judged, but_for_late(past.told_to, fresh))
    after = past.after(leg, told_by(claim))
    beyond = overspent(past.tally, after.tally, leg, profile) if leg else frozenset[Finding]()
    return after, beyond


def but_for_late(told_to: Mapping[str, int], fresh: Mapping[str, int]) -> Mapping[str, int]:
    """How far loggers have told, without those whose batch begins before that: it came late.

    `fresh` has the first second of a batch, by its device: nobody was told a batch before.
    """
    return {device: to for device, to in told_to.items() if to <= fresh.get(device, to)}


def told_in(claim: ReadingsClaim, said: Judged, profile: StorageProfile) -> Leg | None:
    """What a claim tells of the budget, with its times; None where all of it is ignored.

    What was told before need not be left out: times that are told twice count once.
    """
    spans = list(_not_ignored(claim, said.ignored))
    if not spans:
        return None
    return Leg(
        moment(min(first for first, _ in spans)),
        moment(max(last for _, last in spans)),
        said.used,
        said.outside.above_s,
        said.outside.below_s,
        outs=_told_out(not_in(profile, spans, said.used), said),
        above=said.outside.above,
        below=said.outside.below,
        frost=said.outside.frost,
    )


def _told_out(outs: Mapping[str, tuple[Span, ...]], said: Judged) -> Mapping[str, tuple[Span, ...]]:
    """But for what lies between an ignored end and a stay that nobody saw come, or go."""
    opens = {(one.band, s.start - 1) for one in said.used for s in one.stays if s.since == s.start}
    closes = {(one.band, s.end + 1) for one in said.used for s in one.stays if s.end == s.until}
    starts = {int(window.start.timestamp()) - 1 for window in said.ignored}
    ends = {int(window.end.timestamp()) + 1 for window in said.ignored}

    def unknown(band: str, first: int, last: int) -> bool:
        from_end, to_start = first in ends, last in starts
        return (from_end and (band, last) in opens) or (to_start and (band, first) in closes)

    return {
        band: tuple(span for span in spans if not unknown(band, *span))
        for band, spans in outs.items()
    }


def _not_ignored(claim: ReadingsClaim, ignored: Sequence[Interval]) -> Iterable[Span]:
    """From where to where each series tells of goods, in seconds since 1970."""
    for one in claim.series:
        first, last = int(one.first.timestamp()), int(one.last.timestamp())
        for start, end in ((int(w.start.timestamp()), int(w.end.timestamp())) for w in ignored):
            first = end + 1 if start <= first <= end else first
            last = start - 1 if start <= last <= end else last
        if first <= last:
            yield first, last


def taken(claim: ReadingsClaim, said: Judged, told_to: Mapping[str, int]) -> Leg | None:
    """What a claim before worst-case/3 takes at most beyond what its loggers told before.

    None where that is nothing.

    What ended before the first new moment was told; what goes on after it counts from there, and
    is no longer than the new time. Outside by side has no times, and is only held to that length.
    Of what time the readings tell that are not ignored is not signed: then nobody knows.
    """
    spans = list(_new(claim, told_to))
    if not spans:
        return None
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    longest_s = int((last - first) / timedelta(seconds=1))
    return Leg(
        first,
        last,
        tuple(_from(first, longest_s, one) for one in said.used if one.end >= first),
        min(said.outside.above_s, longest_s),
        min(said.outside.below_s, longest_s),
        None if said.ignored else common_of(spans),
    )


def told_by(claim: ReadingsClaim) -> dict[str, int]:
    """The last second that each logger of a claim tells of."""
    told: dict[str, int] = {}
    for one in sorted(claim.series, key=lambda one: one.last):
        told[one.device] = int(one.last.timestamp())
    return told


def _told(value: object) -> tuple[str, int]:
    found = members(value, "told", ("device", "to"))
    to = whole(found["to"], "told.to", -_SECONDS_MAX, _SECONDS_MAX)
    return text(found["device"], "told.device", _DEVICE_MAX), to


def _known(value: object) -> Mapping[str, Known]:
    if not isinstance(value, Mapping):
        raise Invalid("WRONG_SHAPE", "spent.known: expected an object.")
    return MappingProxyType({band: Known.decode(one) for band, one in value.items()})


def _stretch_as_json(one: Stretch) -> Json:
    used: dict[str, Json] = dict(one.used.used)
    outside = Outside(one.used.above_s, one.used.below_s).as_json()
    plain: dict[str, Json] = {**one.told.as_json(), "outside": outside}
    return plain | {"used": used} if used else plain


def _stretch(value: object) -> Stretch:
    found = members(value, "stretch", ("from", "to", "outside"), ("used",))
    told = Interval.decode({"from": found["from"], "to": found["to"]}, "stretch")
    outside = Outside.decode(found["outside"])
    used = found.get("used", {})
    if not isinstance(used, Mapping):
        raise Invalid("WRONG_SHAPE", "stretch.used: expected an object.")
    seconds = {band: whole(s, "stretch.used", 1, SECONDS_MAX) for band, s in used.items()}
    return Stretch(told, Amount(MappingProxyType(seconds), outside.above_s, outside.below_s))


def _new(claim: ReadingsClaim, told_to: Mapping[str, int]) -> Iterable[tuple[datetime, datetime]]:
    """From where to where each logger tells what was not told before; its series are joined.

    A series that only repeats the last moment told has the new one begin there.
    """
    for device in sorted({one.device for one in claim.series}):
        own = [one for one in claim.series if one.device == device]
        first, last = min(one.first for one in own), max(one.last for one in own)
        before = told_to.get(device)
        if before is None or first.timestamp() > before:
            yield first, last
        elif last.timestamp() > before:
            yield first + timedelta(seconds=before - first.timestamp()), last


def _from(first: datetime, longest_s: int, use: Use) -> Use:
    return replace(use, seconds=min(use.seconds, longest_s), start=max(use.start, first))


def _latest(several: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    told: dict[str, int] = {}
    for device, at in (item for one in several for item in one.items()):
        told[device] = max(at, told.get(device, at))
    newest = sorted(told.items(), key=lambda item: (-item[1], item[0]))[:DEVICES_MAX]
    return MappingProxyType(dict(newest))
