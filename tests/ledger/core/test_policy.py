"""Policies: whom a verifier trusts."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ledger.core import canonical
from ledger.core.errors import Malformed
from ledger.core.policy import Policy
from tests.vectors.world import World, a_key

POLICY = replace(
    World().policy,
    authorities=(a_key("authority").public, a_key("second authority").public),
    witnesses=("witness.example/1", "witness.example/2"),
    quorum=2,
)


def a_file(**changes: Any) -> bytes:
    return canonical.dumps(json.loads(POLICY.as_bytes()) | changes) + b"\n"


def code_of(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        Policy.parse(data)
    return caught.value.code


def test_a_policy_reads_as_it_was_written() -> None:
    assert Policy.parse(POLICY.as_bytes()) == POLICY
    assert Policy.parse(World().policy.as_bytes()) == World().policy


def test_a_policy_ends_with_exactly_one_newline() -> None:
    assert code_of(a_file()[:-1]) == "POLICY_MALFORMED"
    assert code_of(a_file() + b"\n") != ""


def test_a_policy_of_a_later_format_is_not_read_as_this_one() -> None:
    assert code_of(a_file(format="unbroken-policy/v2")) == "POLICY_FORMAT_UNKNOWN"


def test_a_policy_has_its_five_members_and_no_other() -> None:
    members = json.loads(POLICY.as_bytes())
    for name in members:
        fewer = {key: value for key, value in members.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "POLICY_MALFORMED"
    assert code_of(a_file(trust="everybody")) == "POLICY_MALFORMED"
    assert code_of(b"[]\n") == "POLICY_MALFORMED"


@pytest.mark.parametrize("log", [1, ["log"], {}])
def test_the_log_is_a_text(log: object) -> None:
    assert code_of(a_file(log=log)) == "POLICY_MALFORMED"


def test_the_log_is_a_verification_key() -> None:
    assert code_of(a_file(log="log.example/vectors")) == "VKEY_MALFORMED"


JWK = POLICY.authorities[0].as_jwk()


@pytest.mark.parametrize("authorities", ["key", [], [JWK] * 2, ["key"], [JWK] * 17])
def test_authorities_are_one_to_sixteen_different_keys(authorities: object) -> None:
    assert code_of(a_file(authorities=authorities)) == "POLICY_MALFORMED"


def test_an_authority_key_lies_on_the_curve() -> None:
    assert code_of(a_file(authorities=[{**JWK, "x": JWK["y"]}]))


@pytest.mark.parametrize(
    "witnesses", ["w", [1], ["w"] * 2, ["w" * 257], [str(n) for n in range(17)]]
)
def test_witnesses_are_at_most_sixteen_different_texts(witnesses: object) -> None:
    assert code_of(a_file(witnesses=witnesses, quorum=0)) == "POLICY_MALFORMED"


@pytest.mark.parametrize("quorum", [-1, 3, True, "1"])
def test_the_quorum_is_a_number_of_the_named_witnesses(quorum: object) -> None:
    assert code_of(a_file(quorum=quorum)) == "POLICY_MALFORMED"
