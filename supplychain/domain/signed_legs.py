"""A leg by what was signed of it, where there are too many readings to judge them all again.

A claim since `worst-case/2` was held to its readings when it was accepted, and carries the
digest of the bytes in which they are stored. So one SHA-256 says whether these are still the same,
and then the claim says of them what it always said.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from supplychain.domain.conditions_claim import ReadingsClaim
from supplychain.domain.conditions_judged import METHOD, Judged
from supplychain.domain.deviations import Covers
from supplychain.domain.excursions import Judgement
from supplychain.domain.logger_judgement import State
from supplychain.domain.packed_readings import digest
from supplychain.domain.spent import taken, told_by
from supplychain.domain.stability import Signed
from supplychain.domain.storage_profile import StorageProfile

READ_AT_ONCE_MAX: Final = 20_000
"""So many readings of all legs together are judged again for each answer; more are not."""
_A_SECOND: Final = timedelta(seconds=1)


def sums_of(claims: Sequence[ReadingsClaim], profile: StorageProfile) -> Iterator[Judged | None]:
    """Of each claim, in the order of the log, what it signs in place of its readings.

    None where these have to be read: where something is ignored, for the summaries of the series
    know nothing of that, and where a budget has to know which of a device's readings were told on
    an earlier leg already, which claims before worst-case/3 do not say.
    """
    told: dict[str, datetime] = {}
    for claim in claims:
        again = any(
            one.first <= told.get(one.device, one.first - _A_SECOND) for one in claim.series
        )
        for one in claim.series:
            told[one.device] = max(one.last, told.get(one.device, one.last))
        whole = claim.judged is not None and not claim.judged.ignored
        unknown = again and profile.has_budget and claim.method != METHOD
        yield claim.judged if whole and not unknown else None


def borne_out(
    claim: ReadingsClaim,
    stored: Iterable[Iterable[bytes]],
    profile: StorageProfile,
    covers: Covers | None,
) -> bool:
    """Whether the stored bytes of each series, in the claim's order, are those that were signed.

    So are the profile and the time to be covered, which stand in other entries.
    """
    start, end = covers or (claim.covers.start, claim.covers.end)
    spoken_of = (start.replace(microsecond=0), end.replace(microsecond=0))
    return (
        claim.profile == profile.id
        and (claim.covers.start, claim.covers.end) == spoken_of
        and [one.packed for one in claim.series] == [digest(chunks) for chunks in stored]
    )


def judgement_as_signed(claim: ReadingsClaim, said: Judged, covers: Covers | None) -> Judgement:
    """What a claim says since `worst-case/2`; single deviations and gaps it does not.

    The minutes outside are at most so many: heat and cold added up, of the logger that says most of
    each. The mean is there only where one series speaks.
    """
    outside, series = said.outside, claim.series
    return Judgement(
        state=State(claim.state.value),
        minutes_out_worst_case=(outside.above_s + outside.below_s) / 60,
        min_centi_c=min(one.min_centi_c for one in series),
        max_centi_c=max(one.max_centi_c for one in series),
        mean_centi_c=series[0].mean_centi_c if len(series) == 1 else None,
        covers=covers,
        outside=outside,
        used=said.used,
        findings=said.findings,
        mkt=said.mkt,
        stated=said.stated,
        method=said.method,
    )


def taken_as_signed(claim: ReadingsClaim, said: Judged) -> Signed:
    """What such a claim takes of the stability budget, no device having told any of it before."""
    return Signed(taken(claim, said, {}), told_by(claim))
