"""Countersignatures: another key of the registry stands behind a part of what an entry says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.core.canonical import Json
from ledger.core.countersignatures import (
    Countersignature,
    check_countersignatures,
    countersigned_message,
    countersigners,
    read_countersignatures,
)
from ledger.core.entry import Entry, sign
from ledger.core.errors import Refused
from ledger.core.registered import KeyHolder
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.vectors.world import MAKER, ORIGIN, World, a_key

DEVICE, KEY, OWN = f"{MAKER}:TRK-7", a_key("tracker"), a_key("maker")
DIGEST = "ab" * 32
BOTH = pytest.mark.parametrize("signatures", [OPENSSL, EcdsaSignatures()], ids=["openssl", "ecdsa"])


def made(key: PrivateKey = KEY, party: str = DEVICE, digest: str = DIGEST) -> Countersignature:
    message = countersigned_message(log=ORIGIN, party=party, kid=key.kid, digest=digest)
    return Countersignature(key.kid, party, digest, key.sign(message))


def entry(*countersignatures: Countersignature) -> Entry:
    listed: list[Json] = [one.as_json() for one in countersignatures]
    return Entry.parse(sign(World().state("t.t", body={"countersigned": listed}), OWN))


def holder(kid: str) -> KeyHolder:
    """Whose key it is, as the registry says."""
    if kid != KEY.kid:
        raise Refused("KEY_UNKNOWN", kid)
    return KeyHolder(KEY.public, DEVICE, "hsm")


@BOTH
def test_what_a_registered_key_signed_is_good_for_both_libraries(signatures: Any) -> None:
    check_countersignatures(entry(made()), holder, signatures)


@BOTH
@pytest.mark.parametrize(
    "wrong",
    [
        replace(made(), digest="cd" * 32),
        replace(made(), party=MAKER),
        made(party=MAKER),
        replace(made(), sig=bytes(64)),
        replace(made(), sig=made().sig[:-1]),
        replace(made(OWN), kid=KEY.kid),
    ],
    ids=["digest", "party", "anothers", "zero", "short", "another key"],
)
def test_what_it_did_not_sign_is_refused_by_both(wrong: Countersignature, signatures: Any) -> None:
    with pytest.raises(Refused) as refused:
        check_countersignatures(entry(wrong), holder, signatures)
    assert refused.value.code == "COUNTERSIGNATURE_BAD"


def test_one_for_another_log_is_none_here() -> None:
    message = countersigned_message(log="other/log", party=DEVICE, kid=KEY.kid, digest=DIGEST)
    with pytest.raises(Refused) as refused:
        check_countersignatures(entry(replace(made(), sig=KEY.sign(message))), holder, OPENSSL)
    assert refused.value.code == "COUNTERSIGNATURE_BAD"


def test_a_key_that_the_registry_does_not_have_is_refused_as_it_refuses_signers() -> None:
    with pytest.raises(Refused) as refused:
        check_countersignatures(entry(made(OWN)), holder, OPENSSL)
    assert refused.value.code == "KEY_UNKNOWN"


def test_an_entry_without_any_asks_for_nothing() -> None:
    plain = Entry.parse(sign(World().state("t.t"), OWN))
    check_countersignatures(plain, holder, OPENSSL)
    assert read_countersignatures({}) == ()


def test_it_reads_back_what_it_wrote() -> None:
    both = tuple(sorted((made(), made(OWN)), key=lambda one: one.kid))
    body: Mapping[str, Json] = {"countersigned": [one.as_json() for one in both]}
    assert read_countersignatures(body) == both == countersigners(body)


GOOD = made().as_json()


@pytest.mark.parametrize(
    "member",
    [
        None,
        {},
        [],
        [GOOD] * 9,
        [GOOD, GOOD],
        ["text"],
        [GOOD | {"more": "x"}],
        [{name: GOOD[name] for name in ("kid", "party", "digest")}],
        [GOOD | {"kid": 1}],
        [GOOD | {"digest": "AB" * 32}],
        [GOOD | {"sig": "+"}],
        sorted([GOOD, made(OWN).as_json()], key=lambda one: str(one["kid"]), reverse=True),
    ],
)
def test_another_form_is_refused_and_names_nobody(member: Any) -> None:
    with pytest.raises(Refused) as refused:
        read_countersignatures({"countersigned": member})
    assert refused.value.code == "COUNTERSIGNATURE_BAD"
    assert countersigners({"countersigned": member}) == ()
