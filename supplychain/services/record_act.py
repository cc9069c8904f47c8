"""Log what several authorities have agreed on."""

from datetime import datetime

from ledger.core.errors import Refused
from ledger.core.keys import Signer
from ledger.core.proposal import Proposal
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def record_act(*, authority: Signer, proposal: Proposal, at: datetime) -> Recorded:
    """Sign a proposal, with the approvals that it has gathered, and record it.

    `authority` is the one that the proposal names. Raises LedgerError (PROPOSAL_OF_ANOTHER,
    APPROVAL_BAD, AUTHORITY_QUORUM_NOT_MET, …).
    """
    if authority.kid != proposal.signer:
        message = f"The proposal is to be signed with key {proposal.signer}, not {authority.kid}."
        raise Refused("PROPOSAL_OF_ANOTHER", message)
    return sign_registry(
        type_=proposal.kind, body=proposal.body, signer=authority, at=at, nonce=proposal.nonce
    )
