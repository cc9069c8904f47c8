"""Bring the document of a product's own storage profile."""

from datetime import datetime

from supplychain.domain.profile_documents import read_own
from supplychain.domain.storage_profile import StorageProfile
from supplychain.models import ProfileDocument


def add_profile(*, party: str, document: bytes, at: datetime) -> StorageProfile:
    """Keep a profile, which is its document in RFC 8785 form; its id follows from what it says.

    The same document twice is one, whoever brings it. Raises Malformed, Invalid among it.
    """
    profile = read_own(document)
    ProfileDocument.objects.get_or_create(
        id=profile.id, defaults={"document": document, "by": party, "added_at": at}
    )
    return profile
