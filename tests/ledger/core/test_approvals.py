"""Approvals: where several authorities must agree, the others sign for what one of them says."""

from typing import Any

import pytest

from ledger.core.approvals import (
    APPROVALS_MAX,
    approval_message,
    approve,
    read_approvals,
    without_approvals,
)
from ledger.core.canonical import Json
from ledger.core.encoding import b64u
from ledger.core.entry import Entry
from ledger.core.errors import Refused
from ledger.core.registry import Registry
from ledger.core.registry_acts import AdmitParty, RevokeKey
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.terms import Term
from tests.vectors.world import MAKER, World, a_key

SECOND, THIRD, STRANGER = a_key("second"), a_key("third"), a_key("stranger")
BODY = AdmitParty(MAKER, {"name": "Maker Ltd"}).as_body()


def registry(world: World, quorum: int = 2) -> Registry:
    """What three authorities begin with."""
    return Registry([Term((world.authority.public, SECOND.public, THIRD.public), quorum)])


def judged(world: World, quorum: int = 2) -> str:
    """What the registry says of the only entry of this log: a code, or nothing."""
    try:
        registry(world, quorum).apply(Entry.parse(world.texts[0]), 0, OPENSSL)
    except Refused as refused:
        return refused.code
    return ""


def admitting(*approvers: PrivateKey, **changes: Any) -> World:
    world = World()
    world.register(AdmitParty.TYPE, world.approved(AdmitParty.TYPE, BODY, *approvers), **changes)
    return world


def test_an_approval_is_spelt_as_specified() -> None:
    message = approval_message(log="l", signer="s", kind="a.b", nonce=b"\x01\xff", body={})
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert message == f"unbroken-approval/v1\nl\ns\na.b\n01ff\n{digest}".encode()


def test_what_is_approved_is_the_body_without_its_approvals() -> None:
    assert without_approvals({**BODY, "approvals": []}) == BODY


@pytest.mark.parametrize("approvers", [(SECOND,), (THIRD,), (SECOND, THIRD), (SECOND, SECOND)])
def test_two_of_three_authorities_agree(approvers: tuple[PrivateKey, ...]) -> None:
    assert judged(admitting(*approvers)) == ""


def test_one_authority_is_not_two() -> None:
    assert judged(admitting()) == "AUTHORITY_QUORUM_NOT_MET"
    assert judged(admitting(), quorum=1) == ""
    assert judged(admitting(SECOND), quorum=3) == "AUTHORITY_QUORUM_NOT_MET"


@pytest.mark.parametrize("quorum", [1, 2])
def test_an_approval_by_nobody_of_right_is_refused(quorum: int) -> None:
    assert judged(admitting(STRANGER), quorum) == "APPROVAL_BAD"
    assert judged(admitting(World().authority), quorum) == "APPROVAL_BAD"


def test_an_approval_is_for_one_body_one_nonce_one_signer_and_one_type() -> None:
    world = World()
    approved = world.approved(AdmitParty.TYPE, BODY, SECOND)
    other = {**approved, "party": "other"}
    world.register(AdmitParty.TYPE, other)
    assert judged(world) == "APPROVAL_BAD"
    assert judged(admitting(SECOND, nonce=bytes(16))) == "APPROVAL_BAD"
    assert judged(admitting(SECOND, by=THIRD)) == "APPROVAL_BAD"
    world = World()
    world.register(AdmitParty.TYPE, world.approved(RevokeKey.TYPE, BODY, SECOND))
    assert judged(world) == "APPROVAL_BAD"


def test_a_party_needs_no_approval_and_takes_none() -> None:
    world = World()
    key = world.join(MAKER)
    body = RevokeKey(key.kid, "lost").as_body()
    entry = world.register(RevokeKey.TYPE, world.approved(RevokeKey.TYPE, body, SECOND), by=key)
    known = registry(world, quorum=1)
    for index, text in enumerate(world.texts[:2]):
        known = known.apply(Entry.parse(text), index, OPENSSL)
    with pytest.raises(Refused) as caught:
        known.apply(entry, 2, OPENSSL)
    assert caught.value.code == "APPROVAL_BAD"


GOOD: Json = {"kid": "a", "sig": b64u(bytes(64))}


@pytest.mark.parametrize(
    "approvals",
    [
        "a",
        [],
        ["a"],
        [{"kid": "a"}],
        [{"kid": "a", "sig": "", "at": 1}],
        [{"kid": 1, "sig": ""}],
        [{"kid": "a", "sig": 1}],
        [{"kid": "a", "sig": "=="}],
        [GOOD, GOOD],
        [{"kid": "b", "sig": ""}, GOOD],
        [{"kid": f"{one:02}", "sig": ""} for one in range(APPROVALS_MAX + 1)],
    ],
)
def test_approvals_are_read_strictly(approvals: Json) -> None:
    with pytest.raises(Refused) as caught:
        read_approvals({"approvals": approvals})
    assert caught.value.code == "APPROVAL_BAD"


def test_approvals_stand_in_the_order_of_their_kids() -> None:
    body: dict[str, Json] = {"party": MAKER}
    for approver in (SECOND, THIRD, SECOND):
        body = approve(body, approver, b"message")
    assert list(read_approvals(body)) == sorted((SECOND.kid, THIRD.kid))
    assert read_approvals({"party": MAKER}) == {}
