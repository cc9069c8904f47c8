"""The verdict on many packs together, as in a case: the worst of theirs, with all that is wrong."""

from collections.abc import Sequence
from dataclasses import replace

from supplychain.domain.reasons import Severity, reason
from supplychain.domain.verdicts import Verdict, VerdictCode, verdict_on

WORST_FIRST = (
    VerdictCode.STOP,
    VerdictCode.CANNOT_CHECK,
    VerdictCode.SCAN_AGAIN,
    VerdictCode.CAUTION,
    VerdictCode.ALREADY_SCANNED_HERE,
    VerdictCode.OK,
)
_GOOD = frozenset({VerdictCode.OK, VerdictCode.ALREADY_SCANNED_HERE})
_SENTENCES = {
    VerdictCode.OK: "Go ahead: every check of every pack is good.",
    VerdictCode.STOP: "Set aside the packs named below, and use none of them.",
    VerdictCode.CANNOT_CHECK: "Use none of the packs named below before they are checked.",
    VerdictCode.SCAN_AGAIN: "Scan the packs named below again.",
    VerdictCode.CAUTION: "Look at the packs named below before you use them.",
}


def is_good(verdict: Verdict) -> bool:
    """Whether nobody has to do anything about the pack."""
    return verdict.code in _GOOD


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on packs that go together; where all have the same sentence, with that one.

    Of nothing at all nothing is known.
    """
    if not verdicts:
        return verdict_on([reason("CONTAINER_EMPTY")])
    against = [
        replace(one, details=())
        for verdict in verdicts
        for one in verdict.reasons
        if one.severity is not Severity.INFO
    ]
    found = verdict_on(against)
    sentences = {one.sentence for one in verdicts}
    alone = len(sentences) == 1 and not all(map(is_good, verdicts))
    return replace(found, sentence=sentences.pop() if alone else _SENTENCES[found.code])
