"""Suspects: entries that may be a thief's, because their key was stolen before they were logged.

A suspect entry stays a fact; whoever relies on it is warned. Two things clear it: its party stands
by it with a key that is not suspect, or another party has relied on it before anybody said that
the key was stolen. What a stolen key countersigned only its own party clears. Rules:
``docs/spec/registry.md``, section "Suspects".
"""

from collections.abc import Iterator

from ledger.core.case import Case, Exhibit
from ledger.core.countersignatures import countersigners
from ledger.core.registry_acts import STREAM


def suspects(case: Case) -> Iterator[tuple[Exhibit, int]]:
    """Give each suspect entry, and the index at which it became one; the highest index first.

    In that order whoever used an entry's outputs is judged before the entry itself.
    """
    affirmed = case.registry.affirmed()
    users: dict[str, list[tuple[str, int]]] = {}
    for exhibit in reversed(case.exhibits):
        if not exhibit.sound or exhibit.signer is None or _registers(exhibit):
            continue
        kid, entry_id = exhibit.entry.envelope.kid, exhibit.entry.entry_id
        party, index = exhibit.signer.party, exhibit.item.index
        told = case.registry.suspected(kid, index)
        if told is not None and (kid, entry_id) not in affirmed:
            relied = users.get(entry_id, ())
            if not any(other != party and at < told for other, at in relied):
                yield exhibit, told
                continue
        for ref in exhibit.entry.statement.consumes:
            users.setdefault(ref.entry_id, []).append((party, index))


def suspect_countersignatures(case: Case) -> Iterator[tuple[Exhibit, int]]:
    """Give each entry that a stolen key countersigned, and the index at which that was told.

    The entry stands by its signer whoever countersigned, so no hand-off hangs on it, and none
    clears it; nor does its signer, who cannot know what the device had measured. Whoever
    countersigned may stand by it, with a key that an authority has given it since.
    """
    affirmed = case.registry.affirmed()
    for exhibit in case.exhibits:
        if exhibit.sound:
            by = (one.kid for one in countersigners(exhibit.entry.statement.body))
            left = (kid for kid in by if (kid, exhibit.entry.entry_id) not in affirmed)
            told = (case.registry.suspected(kid, exhibit.item.index) for kid in left)
            since = [at for at in told if at is not None]
            if since:
                yield exhibit, min(since)


def _registers(exhibit: Exhibit) -> bool:
    """Entries of the registry have rules of their own."""
    return exhibit.entry.statement.stream == STREAM
