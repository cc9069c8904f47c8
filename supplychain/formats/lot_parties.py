"""Who owns and who has goods, as the sources and destinations of an event say."""

from collections.abc import Collection, Sequence

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.formats import epc
from supplychain.formats.epcis_document import Event, Typed
from supplychain.formats.packing import RefusalError


def owner(parties: Sequence[Typed], word: str) -> Gln | None:
    """The one `owning_party`; None where none is named. Raises RefusalError."""
    return _party(parties, "owning_party", word)


def holder(parties: Sequence[Typed], word: str) -> Gln | None:
    """The one `possessing_party`; None where none is named. Raises RefusalError."""
    return _party(parties, "possessing_party", word)


def prove_handed(event: Event, hand_offs: Collection[str]) -> None:
    """That owners change where goods change hands, and nowhere else: nobody tracks ownership alone.

    Raises RefusalError OWNER_ONLY.
    """
    before, after = owner(event.sources, "source"), owner(event.destinations, "destination")
    giver, receiver = holder(event.sources, "source"), holder(event.destinations, "destination")
    sold = None not in (before, after) and before != after
    stays = event.biz_step not in hand_offs or (giver is not None and giver == receiver)
    if sold and stays:
        reason = (
            f"By it the goods are {after}'s and no more {before}'s, and stay where they are. Owners"
            " are told with the goods' next hand-off alone: name the buyer there as owning_party."
        )
        raise RefusalError("OWNER_ONLY", reason)


def place_of(code: str) -> Gln | None:
    """The party whose place this code names; None for a place that has no GLN."""
    try:
        return epc.gln(code)
    except Invalid:
        return None


def _party(parties: Sequence[Typed], kind: str, word: str) -> Gln | None:
    named = {one.value for one in parties if one.type == kind}
    if len(named) > 1:
        raise RefusalError("PARTY_MISSING", f"Expected one {kind} as {word}.")
    try:
        return epc.gln(named.pop()) if named else None
    except Invalid as error:
        raise RefusalError(error.code, error.message) from None
