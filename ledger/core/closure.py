"""Which entries of a stream concern some of its outputs, and which do not.

An output is what its ancestors made of it, and what was said about the whole. So whoever asks about
one need not be shown the rest of its stream: see ``docs/spec/evidence.md``.
"""

from collections.abc import Collection, Iterable, Mapping

from ledger.core.links import OutputRef


def closure(
    consumes: Mapping[str, Collection[OutputRef]], outputs: Iterable[OutputRef]
) -> set[str]:
    """Return the ids of the entries that concern these outputs; `consumes` are all of the stream.

    They are those that use up nothing, those that made the outputs and those that use them; and of
    each of these its parents, and whoever else uses what it uses.
    """
    users: dict[OutputRef, set[str]] = {}
    for entry_id, used in consumes.items():
        for ref in used:
            users.setdefault(ref, set()).add(entry_id)
    found = {entry_id for entry_id, used in consumes.items() if not used}
    asked = set(outputs)
    while asked:
        near = {ref.entry_id for ref in asked}.union(*(users.get(ref, ()) for ref in asked))
        new = (near & consumes.keys()) - found
        found |= new
        asked = {ref for entry_id in new for ref in consumes[entry_id]}
    return found
