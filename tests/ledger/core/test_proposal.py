"""Proposals: read strictly, written as they were read, and approved."""

from dataclasses import replace

import pytest

from ledger.core import canonical
from ledger.core.approvals import approval_message, read_approvals
from ledger.core.canonical import Json
from ledger.core.errors import LedgerError
from ledger.core.proposal import Proposal
from ledger.core.registry_acts import SuspendParty
from ledger.core.signatures import OPENSSL
from tests.vectors.world import MAKER, ORIGIN, a_key

ACT = SuspendParty(MAKER, "Licence withdrawn")
FIRST, SECOND = a_key("first"), a_key("second")
PROPOSAL = Proposal(ORIGIN, FIRST.kid, ACT.TYPE, bytes(range(16)), ACT.as_body())


def test_a_proposal_reads_as_it_was_written_and_says_what_it_is_about() -> None:
    assert Proposal.parse(PROPOSAL.as_bytes()) == PROPOSAL
    assert PROPOSAL.act() == ACT


def test_an_approved_proposal_carries_the_approval() -> None:
    approved = Proposal.parse(PROPOSAL.approved(SECOND).as_bytes())
    message = approval_message(
        log=ORIGIN, signer=FIRST.kid, kind=ACT.TYPE, nonce=PROPOSAL.nonce, body=ACT.as_body()
    )
    assert approved.act() == ACT
    (signature,) = read_approvals(approved.body).values()
    assert OPENSSL.es256(SECOND.public, message, signature)
    assert approved.approved(a_key("third")).approved(SECOND).act() == ACT


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("format", "unbroken-proposal/v2", "PROPOSAL_MALFORMED"),
        ("log", 1, "PROPOSAL_MALFORMED"),
        ("signer", [], "PROPOSAL_MALFORMED"),
        ("type", "registry.party.promote", "PROPOSAL_MALFORMED"),
        ("type", 1, "PROPOSAL_MALFORMED"),
        ("nonce", 1, "PROPOSAL_MALFORMED"),
        ("nonce", "00", "PROPOSAL_MALFORMED"),
        ("nonce", "0" * 31 + "G", "PROPOSAL_MALFORMED"),
        ("body", [], "PROPOSAL_MALFORMED"),
        ("body", {"party": MAKER}, "REGISTRY_BODY"),
        ("body", {**ACT.as_body(), "approvals": []}, "APPROVAL_BAD"),
        ("more", 1, "PROPOSAL_MALFORMED"),
    ],
)
def test_a_proposal_is_read_strictly(name: str, value: Json, code: str) -> None:
    members = canonical.loads(PROPOSAL.as_bytes().strip())
    assert isinstance(members, dict)
    with pytest.raises(LedgerError) as caught:
        Proposal.parse(canonical.dumps({**members, name: value}) + b"\n")
    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"", b"[]\n", b"{}\n", b"{ }", b" " * 70_000])
def test_what_is_no_proposal_is_refused(data: bytes) -> None:
    with pytest.raises(LedgerError):
        Proposal.parse(data)


def test_a_proposal_is_of_64_kibibytes_at_most() -> None:
    bare = len(replace(PROPOSAL, log="").as_bytes())
    longest = replace(PROPOSAL, log="x" * (65_536 + 1 - bare))  # the newline does not count
    assert Proposal.parse(longest.as_bytes()) == longest
    with pytest.raises(LedgerError) as caught:
        Proposal.parse(replace(longest, log=longest.log + "x").as_bytes())
    assert caught.value.code == "TOO_LARGE"
