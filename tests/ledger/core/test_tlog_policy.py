"""Policies of C2SP: which witnesses make a quorum."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.checkpoint import Vkey
from ledger.core.errors import Malformed
from ledger.core.note import WITNESS_KEY
from ledger.core.tlog_policy import Group, Known, TlogPolicy
from tests.vectors.world import a_log_key

LOG = Vkey("log.example/unbroken", a_log_key("log").public)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {name: Vkey(f"w.example/{name}", a_log_key(name).public, WITNESS_KEY) for name in NAMES}
WITNESSES = "".join(f"witness {name} {vkey}\n" for name, vkey in KEYS.items())
# The example of the specification, with keys.
EXAMPLE = f"""log {LOG}

{WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


def message_of(text: str) -> str:
    with pytest.raises(Malformed) as refusal:
        TlogPolicy.parse(text)
    assert refusal.value.code == "POLICY_MALFORMED"
    return refusal.value.message


def test_the_example_of_the_specification_asks_for_two_and_one() -> None:
    policy = TlogPolicy.parse(EXAMPLE)
    for count in range(7):
        for names in combinations(NAMES, count):
            xs = sum(name.startswith("X") for name in names)
            assert policy.is_met_by(names) == (xs >= 2 and count - xs >= 1)


def test_a_policy_reads_as_it_was_written() -> None:
    policy = TlogPolicy.parse(EXAMPLE)
    assert TlogPolicy.parse("\n".join(policy.as_lines())) == policy
    assert policy.groups["X-and-Y"] == Group(2, ("X-witnesses", "Y-witnesses"))
    assert policy.witness_keys == KEYS
    assert policy.logs[0].vkey == LOG


def test_spaces_tabs_comments_and_empty_lines_say_nothing() -> None:
    text = f"\t # of the house\n\n  log\t{LOG}  https://log.example/ \n\tquorum  none\t\n"
    policy = TlogPolicy.parse(text)
    assert (policy.logs[0].url, policy.quorum) == ("https://log.example/", "none")
    assert TlogPolicy.parse("\n".join(policy.as_lines())) == policy


def test_a_quorum_of_none_is_met_by_nobody_at_no_moment() -> None:
    policy = TlogPolicy.parse("quorum none\n")
    assert policy.is_met_by(())
    assert policy.met_at({}) is None


def test_a_single_witness_can_be_the_quorum() -> None:
    policy = TlogPolicy.parse(WITNESSES + "quorum Y2")
    assert policy.is_met_by({"Y2"})
    assert not policy.is_met_by({"X1", "X2", "X3", "Y1", "Y3"})


def test_a_quorum_is_met_when_its_last_needed_witness_signs() -> None:
    policy = TlogPolicy.parse(EXAMPLE)
    times = {name: MORNING + timedelta(hours=n) for n, name in enumerate(NAMES)}
    assert policy.met_at(times) == times["Y1"]
    assert policy.met_at({"X1": MORNING, "Y1": MORNING}) is None
    backwards = {name: MORNING - timedelta(hours=n) for n, name in enumerate(NAMES)}
    assert policy.met_at(backwards) == backwards["X2"]


def test_names_are_octets_and_not_letters() -> None:
    kelvin = f"witness \u212a {KEYS['X1']}\nwitness K {KEYS['X2']}\nquorum K\n".encode()
    assert set(TlogPolicy.parse_bytes(kelvin).witnesses) == {"K", "\u212a"}
    loose = b"witness \xff " + str(KEYS["X1"]).encode() + b"\nquorum \xff\n"
    assert TlogPolicy.parse_bytes(loose).quorum == "\udcff"


def test_a_file_ends_with_a_newline() -> None:
    with pytest.raises(Malformed):
        TlogPolicy.parse_bytes(b"quorum none")


W = f"witness w {KEYS['X1']}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# quorum none",
        "quorum",
        "quorum none none",
        "quorum none\nquorum none",
        "quorum nobody",
        "quorum w\n" + W,
        "Quorum none",
        "log\nquorum none",
        f"log {KEYS['X1']}\nquorum none",
        f"log {LOG} a b\nquorum none",
        f"log {LOG}\nlog {LOG}\nquorum none",
        f"log {LOG}\nlog {Vkey('other.example', LOG.public)}\nquorum none",
        f"witness w {LOG}\nquorum w",
        f"witness none {KEYS['X1']}\nquorum none",
        W + W + "quorum w",
        W + f"witness w {KEYS['X2']}\nquorum w",
        W + f"witness v {KEYS['X1']}\nquorum w",
        W + f"witness v {Vkey('v.example', KEYS['X1'].public, WITNESS_KEY)}\nquorum w",
        f"witness w {KEYS['X1']} a b\nquorum w",
        W + "group g any\nquorum g",
        W + "group g 1 none\nquorum g",
        W + "group g 0 w\nquorum g",
        W + "group g 2 w\nquorum g",
        W + "group g 01 w\nquorum g",
        W + "group g +1 w\nquorum g",
        W + "group g \u0661 w\nquorum g",
        W + "group g some w\nquorum g",
        W + "group g 1 w w\nquorum g",
        W + "group g 1 g\nquorum g",
        W + "group w 1 w\nquorum w",
        W + "group none 1 w\nquorum none",
        W + "group g 1 w\ngroup h 1 w\nquorum h",
        W + "quorum w\x00",
        W + "quorum w\r",
        "\x7f\nquorum none",
        "quorum none\n#" + "x" * 65_536,
    ],
)
def test_a_policy_of_another_form_is_not_read(text: str) -> None:
    assert message_of(text)


def test_the_message_names_the_line() -> None:
    assert message_of(f"log {LOG}\n\nquorum x").startswith("Line 3 ")


def test_sixty_four_of_each_are_read_and_no_more() -> None:
    keys = [a_log_key(str(n)).public for n in range(65)]
    logs = [f"log {Vkey(f'l{n}.example', key)}" for n, key in enumerate(keys)]
    witnesses = [
        f"witness w{n} {Vkey(f'w{n}.example', key, WITNESS_KEY)}" for n, key in enumerate(keys)
    ]
    groups = [f"group g{n} 1 w{n}" for n in range(65)]
    most = [*logs[:64], *witnesses[:64], *groups[:64], "quorum g63"]
    assert len(TlogPolicy.parse("\n".join(most)).groups) == 64
    for lines in (logs, witnesses, [*witnesses[:64], *groups[:64], "group h 1 g0"]):
        assert "too many" in message_of("\n".join([*lines, "quorum none"]))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_malformed(data: bytes) -> None:
    try:
        policy = TlogPolicy.parse_bytes(data + b"\n")
    except Malformed:
        return
    assert TlogPolicy.parse("\n".join(policy.as_lines())) == policy


# --- editing --------------------------------------------------------------------------------------

BARE = TlogPolicy.parse(f"log {LOG}\nquorum none")


def trusting(*names: str) -> TlogPolicy:
    policy = BARE
    for name in names:
        policy = policy.trusting(name, Known(KEYS[name], f"https://{name}.example"))
    return policy


def test_a_witness_is_added_and_given_another_key() -> None:
    policy = trusting("X1", "X2")
    assert list(policy.witness_keys) == ["X1", "X2"]
    assert not policy.asks
    moved = policy.trusting("X1", Known(KEYS["X3"], "https://elsewhere.example"))
    assert moved.witnesses["X1"] == Known(KEYS["X3"], "https://elsewhere.example")


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "none", "witnesses"])
def test_a_name_that_a_policy_cannot_hold_is_refused(name: str) -> None:
    policy = trusting("X1").asking("all")
    with pytest.raises(Malformed):
        policy.trusting(name, Known(KEYS["X2"]))


def test_one_key_is_no_two_witnesses() -> None:
    with pytest.raises(Malformed):
        trusting("X1").trusting("X9", Known(KEYS["X1"]))


@pytest.mark.parametrize(("threshold", "fewest"), [("none", 0), ("any", 1), ("2", 2), ("all", 3)])
def test_a_quorum_of_ones_witnesses(threshold: str, fewest: int) -> None:
    policy = trusting("X1", "X2", "X3").asking("all").asking(threshold)
    assert policy.fewest == fewest
    assert policy.asks == (fewest > 0)
    assert all(policy.is_met_by(NAMES[:count]) == (count >= fewest) for count in range(4))


@pytest.mark.parametrize("threshold", ["4", "0", "most", "", "1 X1"])
def test_a_quorum_that_cannot_be_is_refused(threshold: str) -> None:
    with pytest.raises(Malformed):
        trusting("X1", "X2", "X3").asking(threshold)


def test_groups_made_by_hand_are_left_alone() -> None:
    with pytest.raises(Malformed, match="by hand"):
        TlogPolicy.parse(EXAMPLE).asking("all")


def test_the_fewest_of_groups_in_groups() -> None:
    assert TlogPolicy.parse(EXAMPLE).fewest == 3
    assert TlogPolicy.parse(EXAMPLE.replace("quorum X-and-Y", "quorum X1")).fewest == 1


def test_a_forgotten_witness_leaves_its_group_and_the_last_one_the_quorum() -> None:
    policy = trusting("X1", "X2").asking("all").forgetting("X1")
    assert policy.groups == {"witnesses": Group(1, ("X2",))}
    assert policy.is_met_by(["X2"])
    assert policy.forgetting("X2") == BARE


def test_forgetting_somebody_who_is_not_in_the_quorum_changes_no_quorum() -> None:
    assert trusting("X1", "X2").forgetting("X1") == trusting("X2")
    lines = [*trusting("X1", "X2").asking("any").as_lines()[:-1], "quorum X2"]
    by_hand = TlogPolicy.parse("\n".join(lines).replace(" X1 X2", " X1"))
    assert by_hand.forgetting("X1").quorum == "X2"
    with pytest.raises(Malformed):
        by_hand.forgetting("X2")
