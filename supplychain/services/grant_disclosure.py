"""Let somebody open what one has sealed."""

from collections.abc import Sequence
from datetime import datetime

from ledger import signers
from supplychain.domain.disclosure_statements import Grant, Sealed, SealedMember, stream_of
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.members import choice
from supplychain.recording.retries import once
from supplychain.recording.signing import sign_disclosure
from supplychain.recording.submissions import Recorded


def grant_disclosure(
    *,
    party: str,
    lot: LotKey,
    to: str,
    members: Sequence[str],
    entries: Sequence[str],
    at: datetime,
    nonce: bytes,
    salt: bytes,
) -> Recorded:
    """Let `to` (a GLN) open these sealed members of these entries, or of all of one's own.

    Whom it is granted to is sealed with `salt` (16 random bytes). Raises Invalid, RuleBroken
    (GRANTEE_UNKNOWN, NOT_THE_OWNERS_ENTRY) or LedgerError.
    """
    owner = Gln.parse(party)
    names = tuple(choice(one, "members", SealedMember) for one in members)
    said = Grant(Sealed(lot, names, tuple(entries)), Gln.parse(to))

    def act() -> Recorded:
        signer = signers.custodial_signer(party)
        return sign_disclosure(owner, said, signer=signer, at=at, nonce=nonce, salt=salt)

    return once(party, stream_of(owner), nonce, act)
