"""Storage profiles by the ids that signed statements cite: those shipped, and products' own."""

from functools import lru_cache

from ledger.core.errors import Malformed
from supplychain.domain.profile_documents import OWN, read_own
from supplychain.domain.profiles import NEWEST, PROFILES, profile
from supplychain.domain.storage_profile import StorageProfile
from supplychain.models import ProfileDocument


def profile_of(profile_id: str) -> StorageProfile:
    """The profile of this id. Raises Invalid PROFILE_UNKNOWN."""
    return _own(profile_id) or profile(profile_id)


def known_profile(profile_id: str) -> StorageProfile | None:
    """The profile of this id; None where nobody brought its document."""
    return PROFILES.get(profile_id) or _own(profile_id)


def profiles_for(gln: str) -> list[StorageProfile]:
    """What a maker may choose from: the newest of those shipped, and its own."""
    own = ProfileDocument.objects.filter(by=gln).order_by("added_at")
    return [*NEWEST, *(read_own(bytes(row.document)) for row in own)]


def document_of(profile_id: str) -> bytes | None:
    """The document of a product's own profile, as its id says; None where nobody brought it."""
    row = ProfileDocument.objects.filter(id=profile_id).first()
    return None if row is None else bytes(row.document)


def _own(profile_id: str) -> StorageProfile | None:
    return _kept(profile_id) if profile_id.startswith(OWN) else None


@lru_cache(maxsize=256)
def _found(document: bytes) -> StorageProfile:
    return read_own(document)


def _kept(profile_id: str) -> StorageProfile | None:
    """The profile, if the document that is kept is really the one that the id names."""
    document = document_of(profile_id)
    if document is None:
        return None
    try:
        found = _found(document)
    except Malformed:
        return None
    return found if found.id == profile_id else None
