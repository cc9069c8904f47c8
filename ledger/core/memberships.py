"""The step of verification that looks at sets: single members of what entries commit to.

As in `ledger.core.steps`, it notes its findings in a `Case`.
"""

from collections.abc import Mapping

from ledger.core.canonical import Json
from ledger.core.case import Case
from ledger.core.entry import Entry
from ledger.core.errors import Malformed
from ledger.core.evidence_sets import ElementShown, Path, PlaceShown
from ledger.core.findings import Member


def check_sets(case: Case) -> None:
    """19. Each proof about a set leads to the root that a sound entry of the subject says."""
    opened = _opened(case)
    for shown in case.evidence.sets:
        for place in shown.proofs:
            member = _member(shown, place, opened.get(place.index))
            if isinstance(member, Member):
                case.members.append(member)
            else:
                message = f"Of '{shown.element}' in a set of the entry at {place.index}: {member}."
                case.find(19, "SET_NOT_PROVEN", message)


def _opened(case: Case) -> dict[int, Entry]:
    """The sound entries of the subject by their indices in the log, of which each has one."""
    if not case.evidence.sets:
        return {}
    subject = case.evidence.subject
    own = (one for one in case.exhibits if one.entry.statement.stream == subject)
    return {one.item.index: one.entry for one in own if one.sound}


def _member(shown: ElementShown, place: PlaceShown, entry: Entry | None) -> Member | str:
    """Give what is proven, or why nothing is."""
    if entry is None:
        return "that entry is not shown, or is not sound"
    try:
        found = place.proof.about(shown.key)
    except Malformed as fault:
        return fault.message
    if _at(entry.opened, place.path) != found.root.hex():
        return "what the entry says there is not the root of the set that the proof is about"
    return Member(shown.element, entry.entry_id, place.path, found.count, present=found.present)


def _at(body: Mapping[str, Json], path: Path) -> object:
    """The value at a path; None where there is none."""
    found: object = body
    for step in path:
        match found, step:
            case dict(), str():
                found = found.get(step)
            case list(), int() if 0 <= step < len(found):
                found = found[step]
            case _:
                return None
    return found
