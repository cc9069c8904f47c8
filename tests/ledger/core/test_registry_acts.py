"""The acts of the registry: seven types, each member read strictly."""

from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.core.encoding import b64u
from ledger.core.errors import Refused
from ledger.core.keys import PublicKey
from ledger.core.links import OutputRef
from ledger.core.registry_acts import (
    TYPES,
    Act,
    AddKey,
    AdmitParty,
    AffirmEntries,
    ReinstateParty,
    RevokeKey,
    RotateKey,
    SuspendParty,
    named,
    read_act,
)
from tests.vectors.world import World, a_key

ADMIT = AdmitParty("new", {"name": "New"})
ADD = AddKey("new", PublicKey.parse_jwk(a_key("new").public.as_jwk()), "hsm", bytes(64))
REVOKE = RevokeKey(a_key("new").kid, "rotated", 7)
SUSPEND = SuspendParty("new", "Licence withdrawn")
ROTATE = RotateKey(a_key("old").kid, ADD.key, "browser", bytes(64))
AFFIRM = AffirmEntries(REVOKE.kid, ("0" * 64, "a" * 64))
ACTS = (ADMIT, SUSPEND, ReinstateParty("new"), ADD, ROTATE, RevokeKey(REVOKE.kid, "left"), AFFIRM)


@pytest.mark.parametrize("act", [*ACTS, REVOKE], ids=lambda act: act.TYPE)
def test_an_act_reads_as_it_was_written(act: Act) -> None:
    statement = World().state(act.TYPE, stream="registry", body=act.as_body())
    assert read_act(statement) == act


@pytest.mark.parametrize(
    ("act", "kids", "parties"),
    [
        (ADMIT, set(), {"new"}),
        (SUSPEND, set(), {"new"}),
        (ReinstateParty("new"), set(), {"new"}),
        (ADD, {ADD.key.kid}, {"new"}),
        (ROTATE, {ROTATE.kid, ADD.key.kid}, set()),
        (REVOKE, {REVOKE.kid}, set()),
        (AFFIRM, {AFFIRM.kid}, set()),
    ],
    ids=lambda value: getattr(value, "TYPE", None),
)
def test_an_act_names_keys_and_parties(act: Act, kids: set[str], parties: set[str]) -> None:
    assert [set(found) for found in named(act)] == [kids, parties]


def act_refusal(kind: str, body: dict[str, Json], **changes: Any) -> str:
    statement = World().state(kind, stream="registry", body=body, **changes)
    with pytest.raises(Refused) as caught:
        read_act(statement)
    return caught.value.code


def test_the_registry_knows_these_seven_types_and_no_other() -> None:
    assert set(TYPES) == {act.TYPE for act in ACTS}
    assert act_refusal("registry.key.lend", REVOKE.as_body()) == "REGISTRY_TYPE_UNKNOWN"


@pytest.mark.parametrize(
    ("act", "about"),
    [
        (ADMIT, ("party:new",)),
        (SUSPEND, ("party:new",)),
        (ReinstateParty("new"), ("party:new",)),
        (ADD, (f"kid:{ADD.key.kid}", "party:new")),
        (ROTATE, (f"kid:{ROTATE.kid}", f"kid:{ADD.key.kid}")),
        (REVOKE, (f"kid:{REVOKE.kid}",)),
        (AFFIRM, ()),
    ],
    ids=lambda value: getattr(value, "TYPE", None),
)
def test_an_act_says_whom_it_is_about(act: Act, about: tuple[str, ...]) -> None:
    assert act.about == about


def test_a_registry_entry_makes_and_uses_no_outputs() -> None:
    body = ADMIT.as_body()
    assert act_refusal(ADMIT.TYPE, body, creates=1) == "REGISTRY_LINKS"
    used = (OutputRef("ab" * 32, 0),)
    assert act_refusal(ADMIT.TYPE, body, consumes=used) == "REGISTRY_LINKS"


def test_a_registry_entry_seals_nothing() -> None:
    assert act_refusal(ADMIT.TYPE, ADMIT.as_body(), sealed=(b64u(bytes(32)),)) == "REGISTRY_BODY"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.TYPE)
def test_a_body_has_its_members_and_no_other(act: Act) -> None:
    body = act.as_body()
    assert act_refusal(act.TYPE, {**body, "more": 1}) == "REGISTRY_BODY"
    for name in body:
        fewer = {key: value for key, value in body.items() if key != name}
        assert act_refusal(act.TYPE, fewer) == "REGISTRY_BODY"


OFF_CURVE: Json = {"kty": "EC", "crv": "P-256", "x": b64u(bytes(32)), "y": b64u(bytes(32))}


@pytest.mark.parametrize(
    ("act", "name", "value"),
    [
        (ADMIT, "party", 7),
        (ADMIT, "party", ""),
        (ADMIT, "party", "a b"),
        (ADMIT, "party", "é"),
        (ADMIT, "party", "x" * 65),
        (ADMIT, "party", "authority"),
        (ADMIT, "party", "new\n"),
        (ADMIT, "profile", "New"),
        (ADD, "party", "authority"),
        (ADD, "jwk", "key"),
        (ADD, "jwk", OFF_CURVE),
        (ADD, "custody", "pocket"),
        (ADD, "custody", 1),
        (ADD, "proof", 1),
        (ADD, "proof", "=="),
        (REVOKE, "kid", 1),
        (REVOKE, "kid", "x" * 42),
        (REVOKE, "kid", "x" * 44),
        (REVOKE, "kid", "x" * 42 + "="),
        (REVOKE, "reason", "whim"),
        (REVOKE, "from", -1),
        (REVOKE, "from", True),
        (REVOKE, "from", "7"),
        (SUSPEND, "party", "a b"),
        (SUSPEND, "reason", ""),
        (SUSPEND, "reason", "x" * 501),
        (SUSPEND, "reason", 1),
        (ReinstateParty("new"), "party", "authority"),
        (ROTATE, "kid", "old"),
        (ROTATE, "jwk", OFF_CURVE),
        (ROTATE, "custody", "pocket"),
        (ROTATE, "proof", 1),
        (ROTATE, "approvals", []),
        (AFFIRM, "kid", 1),
        (AFFIRM, "entries", "a" * 64),
        (AFFIRM, "entries", []),
        (AFFIRM, "entries", ["a" * 64, "a" * 64]),
        (AFFIRM, "entries", ["b" * 64, "a" * 64]),
        (AFFIRM, "entries", ["A" * 64]),
        (AFFIRM, "entries", ["a" * 63]),
        (AFFIRM, "entries", [1]),
        (AFFIRM, "entries", [f"{one:064x}" for one in range(101)]),
        (AFFIRM, "approvals", []),
    ],
)
def test_each_member_of_a_body_is_read_strictly(act: Act, name: str, value: Json) -> None:
    assert act_refusal(act.TYPE, {**act.as_body(), name: value}) == "REGISTRY_BODY"
