"""Let an organisation take part."""

from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.parties import Party
from supplychain.models import Organisation
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def admit_party(
    *, authority: Signer, party: Party, email: str, at: datetime, nonce: bytes
) -> Recorded:
    """Put a party into the registry, signed by an authority; notices go to `email`, which is not.

    Raises LedgerError (PARTY_KNOWN, KEY_UNKNOWN for a key that is no authority's, …).
    """
    act = AdmitParty(str(party.gln), party.as_profile())
    recorded = sign_registry(
        type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce
    )
    Organisation.objects.filter(gln=str(party.gln)).update(email=email)
    return recorded
