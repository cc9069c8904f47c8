"""End what somebody may open."""

from datetime import datetime

from ledger import signers
from supplychain.domain.disclosure_statements import Revoke, stream_of
from supplychain.domain.identifiers import Gln
from supplychain.recording.retries import once
from supplychain.recording.signing import sign_disclosure
from supplychain.recording.submissions import Recorded


def revoke_disclosure(
    *, party: str, grant: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """From now on nothing is opened by this grant of the party's own.

    What was read before was read. Raises Invalid, RuleBroken (GRANT_UNKNOWN) or LedgerError.
    """
    owner, said = Gln.parse(party), Revoke(grant, reason)

    def act() -> Recorded:
        signer = signers.custodial_signer(party)
        return sign_disclosure(owner, said, signer=signer, at=at, nonce=nonce)

    return once(party, stream_of(owner), nonce, act)
