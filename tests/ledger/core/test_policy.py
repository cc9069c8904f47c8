"""Policies: whom a verifier trusts."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ledger.core import canonical
from ledger.core.checkpoint import Vkey
from ledger.core.errors import Malformed
from ledger.core.policy import Policy
from ledger.core.terms import term_at
from tests.vectors.build_evidence import POLICIES
from tests.vectors.world import World, a_key, a_log_key

POLICY = replace(
    POLICIES["policy-two-of-three"],
    authorities=(a_key("authority").public, a_key("second authority").public),
    authority_quorum=2,
    checkpoint_age_s_max=3_600,
)


CHANGED = POLICY.succeeded((a_key("third authority").public,), 1, 7)
"""Others are the authorities from index 7 on."""


def a_file(**changes: Any) -> bytes:
    return canonical.dumps(json.loads(POLICY.as_bytes()) | changes) + b"\n"


def code_of(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        Policy.parse(data)
    return caught.value.code


def test_a_policy_reads_as_it_was_written() -> None:
    assert Policy.parse(POLICY.as_bytes()) == POLICY
    assert Policy.parse(World().policy.as_bytes()) == World().policy
    assert Policy.parse(CHANGED.as_bytes()) == CHANGED


def test_a_policy_ends_with_exactly_one_newline() -> None:
    assert code_of(a_file()[:-1]) == "POLICY_MALFORMED"
    assert code_of(a_file() + b"\n") != ""


def test_a_policy_of_a_later_format_is_not_read_as_this_one() -> None:
    assert code_of(a_file(format="unbroken-policy/v3")) == "POLICY_FORMAT_UNKNOWN"


def test_a_policy_has_its_five_members_and_no_other() -> None:
    members = json.loads(POLICY.as_bytes())
    for name in members:
        fewer = {key: value for key, value in members.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "POLICY_MALFORMED"
    assert code_of(a_file(witnesses=[])) == "POLICY_MALFORMED"
    assert code_of(b"[]\n") == "POLICY_MALFORMED"


@pytest.mark.parametrize("trust", [1, "quorum none", [1], ["#"] * 257, [], ["quorum none"]])
def test_trust_is_the_lines_of_a_policy_about_one_log(trust: object) -> None:
    assert code_of(a_file(trust=trust)) == "POLICY_MALFORMED"


def test_a_policy_is_about_one_log_only() -> None:
    other = Vkey("other.example", a_log_key("other").public)
    lines = [*POLICY.trust.as_lines(), f"log {other}"]
    assert code_of(a_file(trust=lines)) == "POLICY_MALFORMED"


def test_the_witnesses_and_their_quorum_are_read() -> None:
    policy = Policy.parse(a_file())
    assert set(policy.trust.witness_keys) == {"w1", "w2", "w3"}
    assert policy.trust.is_met_by({"w1", "w3"})
    assert not policy.trust.is_met_by({"w2"})


def test_an_age_of_zero_is_any_age() -> None:
    assert Policy.parse(a_file()).checkpoint_age_max == timedelta(hours=1)
    assert Policy.parse(a_file(checkpoint_age_s_max=0)).checkpoint_age_max is None


def test_an_age_is_asked_of_witnesses_or_of_nobody() -> None:
    """Nobody says when a checkpoint was there that nobody cosigned: asking would ask nothing."""
    lines = [*POLICY.trust.as_lines()[:-1], "quorum none"]
    assert code_of(a_file(trust=lines)) == "POLICY_MALFORMED"
    assert Policy.parse(a_file(trust=lines, checkpoint_age_s_max=0)).trust.quorum == "none"


JWK = POLICY.authorities[0].as_jwk()


@pytest.mark.parametrize("authorities", ["key", [], [JWK] * 2])
def test_authorities_are_one_to_sixteen_different_keys(authorities: object) -> None:
    assert code_of(a_file(authorities=authorities, authority_quorum=1)) == "POLICY_MALFORMED"


def test_there_are_sixteen_authorities_at_most() -> None:
    keys = tuple(a_key(f"authority {n}").public for n in range(17))
    policy = replace(POLICY, authorities=keys[:16], authority_quorum=16)
    assert Policy.parse(policy.as_bytes()) == policy
    assert code_of(replace(POLICY, authorities=keys).as_bytes()) == "POLICY_MALFORMED"


def test_an_authority_is_a_key() -> None:
    assert code_of(a_file(authorities=["key"], authority_quorum=1)) == "JWK_MALFORMED"


def test_an_authority_key_lies_on_the_curve() -> None:
    assert code_of(a_file(authorities=[{**JWK, "x": JWK["y"]}]))


@pytest.mark.parametrize("quorum", [-1, 0, 3, True, "1"])
def test_the_quorum_of_authorities_is_a_number_of_them(quorum: object) -> None:
    assert code_of(a_file(authority_quorum=quorum)) == "POLICY_MALFORMED"


@pytest.mark.parametrize("age", [-1, 10**10 + 1, "1"])
def test_the_age_of_a_checkpoint_is_a_number_of_seconds(age: object) -> None:
    assert code_of(a_file(checkpoint_age_s_max=age)) == "POLICY_MALFORMED"


def test_the_age_of_a_checkpoint_is_asked_up_to_three_centuries() -> None:
    assert Policy.parse(a_file(checkpoint_age_s_max=10**10)).checkpoint_age_s_max == 10**10


def test_a_policy_is_of_64_kibibytes_at_most() -> None:
    assert code_of(b"[" * 65_536 + b"\n") != "TOO_LARGE"
    assert code_of(b"[" * 65_537 + b"\n") == "TOO_LARGE"


# --- terms ----------------------------------------------------------------------------------------


def changed_file(**changes: Any) -> bytes:
    return canonical.dumps(json.loads(CHANGED.as_bytes()) | changes) + b"\n"


FORMER = json.loads(CHANGED.as_bytes())["former"][0]


def test_only_a_policy_whose_authorities_changed_is_of_version_2() -> None:
    assert json.loads(POLICY.as_bytes())["format"] == "unbroken-policy/v1"
    found = json.loads(CHANGED.as_bytes())
    assert (found["format"], found["since"]) == ("unbroken-policy/v2", 7)
    assert {
        "authorities": [key.as_jwk() for key in POLICY.authorities],
        "authority_quorum": 2,
        "since": 0,
    } == FORMER


def test_a_policy_of_version_2_has_its_seven_members_and_no_other() -> None:
    members = json.loads(CHANGED.as_bytes())
    for name in members:
        fewer = {key: value for key, value in members.items() if key != name}
        assert code_of(canonical.dumps(fewer) + b"\n") == "POLICY_MALFORMED"
    assert code_of(changed_file(until=9)) == "POLICY_MALFORMED"


@pytest.mark.parametrize(
    "former",
    [
        [],
        {},
        7,
        ["term"],
        [FORMER | {"since": 1}],
        [FORMER | {"since": -1}],
        [FORMER, FORMER],
        [FORMER, FORMER | {"since": 7}],
        [FORMER | {"since": "0"}],
        [FORMER | {"until": 7}],
        [{"since": 0}],
        [FORMER | {"authorities": []}],
        [FORMER | {"authority_quorum": 3}],
    ],
)
def test_the_former_terms_begin_with_the_log_and_follow_one_another(former: object) -> None:
    assert code_of(changed_file(former=former)) == "POLICY_MALFORMED"


def test_a_policy_without_former_terms_is_written_in_version_1() -> None:
    assert code_of(changed_file(former=[], since=0)) == "POLICY_MALFORMED"


@pytest.mark.parametrize("since", [0, -1, True])
def test_a_term_begins_after_the_one_before_it(since: object) -> None:
    assert code_of(changed_file(since=since)) == "POLICY_MALFORMED"


def test_there_are_64_terms_at_most() -> None:
    policy, key = POLICY, a_key("third authority").public
    for since in range(1, 64):
        policy = policy.succeeded((key,), 1, since)
    with pytest.raises(Malformed) as caught:
        policy.succeeded((key,), 1, 64)
    assert caught.value.code == "POLICY_MALFORMED"


def test_each_index_falls_into_one_term() -> None:
    first, second = CHANGED.terms
    found = [term_at(CHANGED.terms, index) for index in (-1, 0, 6, 7, 1_000)]
    assert found == [first, first, first, second, second]
