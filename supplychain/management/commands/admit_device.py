"""Let a device of an organisation have a key of its own."""

from argparse import ArgumentParser
from typing import Any

from ledger import signers
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.device_keys import OwnedDevice
from supplychain.domain.identifiers import Gln
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_device import admit_device


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR; `add_key GLN:DEVICE` then adds the key."""

    help = "Admit a device that signs its own batches, by its owner's GLN and its name."
    done = "admitted {gln}:{device}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, and which."""
        super().add_arguments(parser)
        parser.add_argument("gln", help="the owner's, 13 digits")
        parser.add_argument("device", help="1 to 50 of A-Z a-z 0-9 _ . -")

    def act(self, *, gln: str, device: str, **_options: Any) -> AdmitParty:
        """What the authority says."""
        owned = OwnedDevice(Gln.parse(gln), device)
        return AdmitParty(owned.party, owned.as_profile())

    def record(self, *, gln: str, device: str, **_options: Any) -> Recorded:
        """Sign and record it."""
        return admit_device(
            authority=signers.authority_signer(),
            device=OwnedDevice(Gln.parse(gln), device),
            at=now(),
            nonce=fresh_nonce(),
        )
