"""A device that signs its own batches: a party of the registry, with an owner and no trade.

It is named by its owner's GLN and its own name, and an authority that admits it says so. Its key
signs batches, beside its owner; alone it moves nothing, for it is no party of the trade.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from ledger.core.canonical import Json
from ledger.core.countersignatures import Countersignature
from supplychain.domain.batches import Batch
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import members, text

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,50}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OwnedDevice:
    """A device in the registry: the party `<GLN>:<name>`, with the profile `{"device_of": GLN}`."""

    owner: Gln
    name: str

    def __post_init__(self) -> None:
        """Prove that the name is one that the registry takes."""
        if not _NAME.fullmatch(self.name):
            message = f"Device {self.name[:60]!r}: expected 1 to 50 of A-Z a-z 0-9 _ . -"
            raise Invalid("DEVICE_NAME", message)

    @classmethod
    def from_profile(cls, party: str, profile: Mapping[str, object]) -> Self:
        """Read what an authority says when it admits a device. Raises Invalid."""
        found = members(profile, "profile", ("device_of",))
        owner = Gln.parse(text(found["device_of"], "profile.device_of"))
        device = cls(owner, party.partition(":")[2])
        if device.party != party:
            raise Invalid("DEVICE_NAME", f"Party {party!r} is not a device of {owner}.")
        return device

    @property
    def party(self) -> str:
        """Its name in the registry."""
        return f"{self.owner}:{self.name}"

    def as_profile(self) -> dict[str, Json]:
        """The profile that `from_profile` reads."""
        return {"device_of": str(self.owner)}


def is_device(party: str) -> bool:
    """Whether a party of the registry is a device: no GLN has a colon."""
    return ":" in party


def prove_countersigned(
    batch: Batch, countersigned: Countersignature, log: str, owner: Gln
) -> None:
    """That it is this device's word on this very batch. Raises Invalid COUNTERSIGNED_OTHERWISE.

    Whether the key is the device's, valid, and signed, the ledger knows.
    """
    expected = (OwnedDevice(owner, batch.device).party, batch.digest(log, str(owner)))
    if (countersigned.party, countersigned.digest) != expected:
        message = f"What is countersigned is not batch {batch.n} of {expected[0]}."
        raise Invalid("COUNTERSIGNED_OTHERWISE", message)
