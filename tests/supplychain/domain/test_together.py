"""The verdict on many packs is the worst of theirs, and nothing is good by silence."""

from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.reasons import REASON_CODES, Severity, reason
from supplychain.domain.scan_faults import FaultCode, ScanFault
from supplychain.domain.together import WORST_FIRST, is_good, together
from supplychain.domain.verdicts import (
    TickState,
    VerdictCode,
    already_scanned_here,
    scan_again,
    verdict_on,
)

GOOD = verdict_on([])
AGAIN = scan_again(ScanFault(FaultCode.GS_LOST, "lost"))
one_reason = st.sampled_from(sorted(REASON_CODES)).map(lambda code: verdict_on([reason(code)]))
verdicts = st.one_of(one_reason, st.sampled_from([GOOD, AGAIN, already_scanned_here(GOOD)]))


@given(st.lists(verdicts, min_size=1))
def test_the_worst_of_them_counts(each: list) -> None:  # type: ignore[type-arg]
    worst = min((one.code for one in each), key=WORST_FIRST.index)
    found = together(each)
    told = VerdictCode.OK if worst is VerdictCode.ALREADY_SCANNED_HERE else worst
    assert found.code is told
    assert is_good(found) == all(map(is_good, each))


def test_of_nothing_nothing_is_known() -> None:
    found = together([])
    assert (found.code, found.codes) == (VerdictCode.CANNOT_CHECK, ("CONTAINER_EMPTY",))
    assert TickState.GOOD not in (found.genuine, found.custody, found.fit)


def test_what_is_wrong_with_all_is_said_as_of_one() -> None:
    recalled = verdict_on([reason("RECALLED", "entry")])
    assert together([recalled, recalled]).sentence == recalled.sentence
    assert together([GOOD, recalled]).sentence.startswith("Set aside the packs named below")
    assert together([GOOD, GOOD]).sentence == "Go ahead: every check of every pack is good."


def test_each_reason_is_told_once_and_what_is_only_said_is_left_out() -> None:
    some = [verdict_on([reason("RECALLED", str(n)), reason("SERIAL_NOT_JUDGED")]) for n in "ab"]
    found = together([*some, verdict_on([reason("NEAR_EXPIRY")])])
    assert found.codes == ("RECALLED", "NEAR_EXPIRY")
    assert Severity.INFO not in {one.severity for one in found.reasons}
