"""Verification: golden files, one bad file for each finding, and files that were tampered with."""

import inspect
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core import (
    approvals,
    canonical,
    completeness,
    log_steps,
    memberships,
    registry,
    registry_acts,
    registry_bodies,
    steps,
)
from ledger.core.envelope import seal
from ledger.core.errors import Malformed
from ledger.core.evidence import ElementShown, Evidence, Item, PlaceShown
from ledger.core.keys import Signatures
from ledger.core.links import OutputRef
from ledger.core.policy import Policy
from ledger.core.sets import SetProof, leaf, member_key
from ledger.core.signatures import OPENSSL
from ledger.core.verification import CODES, Fact, Findings, Severity, verify
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.nights import NIGHT
from tests.vectors.build_evidence import FOLDER, POLICIES, files
from tests.vectors.defects import VECTORS
from tests.vectors.world import AT, MAKER, World, a_key, output, with_item

EXPECTED = json.loads((FOLDER / "expected.json").read_bytes())
ALWAYS = {"COMPLETENESS_NOT_PROVEN"}
GOOD = VECTORS["good"].make()
POLICY = World().policy


def check(evidence: Evidence, policy: Policy = POLICY, at: datetime = AT) -> Findings:
    return verify(evidence, policy, at, OPENSSL)


def check_file(name: str, signatures: Signatures) -> Findings:
    expected = EXPECTED["vectors"][name]
    policy = Policy.parse((FOLDER / expected["policy"]).read_bytes())
    evidence = Evidence.parse((FOLDER / f"{name}.json").read_bytes())
    return verify(evidence, policy, datetime.fromisoformat(EXPECTED["at"]), signatures)


@pytest.mark.parametrize("name", VECTORS)
def test_a_golden_file_has_the_findings_that_its_name_promises(name: str) -> None:
    findings = check_file(name, OPENSSL)
    assert findings.codes == VECTORS[name].found
    assert findings.valid == all(CODES[code] is not Severity.ERROR for code in findings.codes)


@pytest.mark.parametrize("name", VECTORS)
def test_both_verifiers_say_of_a_golden_file_what_is_expected(name: str) -> None:
    expected = EXPECTED["vectors"][name]
    theirs = check_file(name, EcdsaSignatures())
    assert theirs == check_file(name, OPENSSL)
    assert theirs.valid is expected["valid"]
    assert sorted({(one.step, one.code) for one in theirs}) == [
        (step, code) for step, code in expected["findings"]
    ]
    assert [[fact.index, fact.entry.entry_id] for fact in theirs.facts] == expected["facts"]
    assert expected["complete_to"] == (-1 if theirs.complete_to is None else theirs.complete_to)


def test_the_golden_files_are_those_that_their_script_makes() -> None:
    made = files()
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == made


def test_every_finding_code_has_a_golden_file() -> None:
    shown = {code for name in VECTORS for code in check_file(name, OPENSSL).codes}
    assert shown == set(CODES)


def test_every_code_of_the_registry_is_a_finding_code() -> None:
    modules = (approvals, registry, registry_acts, registry_bodies)
    source = "".join(map(inspect.getsource, modules))
    raised = set(re.findall(r'(?:Refused|Conflict)\(\s*"([A-Z_]+)"', source))
    assert len(raised) > 15
    assert raised <= set(CODES)


def test_every_step_is_in_the_docstring_with_the_words_of_its_function() -> None:
    told = re.findall(r"^    (\d+)\. +(.+)$", verify.__doc__ or "", re.MULTILINE)
    ordered = [
        (function.__doc__ or "").split("\n")[0]
        for module in (steps, log_steps, completeness, memberships)
        for function in vars(module).values()
        if inspect.isfunction(function) and re.match(r"\d+\. ", function.__doc__ or "")
    ]
    ordered.sort(key=lambda line: int(line.split(".")[0]))
    assert [f"{number}. {words}" for number, words in told] == ordered
    assert [int(number) for number, _ in told] == list(range(1, len(told) + 1))


def test_members_say_in_which_set_of_which_entry_an_element_is_and_in_which_not() -> None:
    evidence = VECTORS["good-v2-two-packs"].make()
    found = check(evidence)
    made, shipped = (fact.entry.entry_id for fact in found.facts)
    told = [(one.element[-2:], one.entry_id, one.count, one.present) for one in found.members]
    assert told == [
        ("/3", made, 40, True),
        ("/3", shipped, 10, True),
        ("/3", shipped, 30, False),
        ("30", made, 40, True),
        ("30", shipped, 10, False),
        ("30", shipped, 30, True),
    ]
    assert {one.path for one in found.members} == {("outputs", n, "packs") for n in (0, 1)}


def test_nothing_is_a_member_without_a_good_checkpoint() -> None:
    evidence = VECTORS["good-v2-pack"].make()
    assert len(check(evidence).members) == 3
    unsigned = evidence.checkpoint.partition("\n\n")[0] + "\n"
    assert check(replace(evidence, checkpoint=unsigned)).members == ()


@pytest.mark.parametrize(
    "path",
    [(), ("outputs",), ("outputs", 2, "packs"), ("outputs", "0", "packs"), (0,), ("packs", "x")],
)
def test_a_path_that_leads_to_no_root_proves_nothing(path: tuple[str | int, ...]) -> None:
    evidence = VECTORS["good-v2-pack"].make()
    (shown,) = evidence.sets
    elsewhere = replace(shown, proofs=(replace(shown.proofs[0], path=path),))
    found = check(replace(evidence, sets=(elsewhere,)))
    assert (found.codes, found.members) == (frozenset({"SET_NOT_PROVEN"}), ())


def test_a_root_that_is_sealed_counts_as_far_as_it_is_opened() -> None:
    world = World(version=2)
    key = world.join(MAKER)
    member = member_key("a pack", bytes(16))
    digests, disclosures = seal({"packs": leaf(member).hash.hex()}, [b"s" * 16])
    entry = world.say(key, "lot.register", disclosures, creates=1, sealed=digests)
    place = PlaceShown(world.place(entry), ("packs",), SetProof((), present=True))
    evidence = replace(world.evidence(), sets=(ElementShown("a pack", bytes(16), (place,)),))
    assert [one.present for one in check(evidence).members] == [True]
    closed = with_item(evidence, 2, disclosures=())
    assert "SET_NOT_PROVEN" in check(closed).codes


def test_facts_say_who_signed_what_at_which_index() -> None:
    facts = check(GOOD).facts
    assert [fact.index for fact in facts] == [6, 8, 9, 10]
    assert [fact.signer.profile["name"] for fact in facts[1:3]] == ["Maker Ltd", "Wholesaler AG"]
    assert facts[1].entry.opened == {"order": "PO-4711", "shipment": "S-1"}


def test_an_authority_stands_behind_the_facts_of_the_registry() -> None:
    facts = check(VECTORS["good-about-the-registry"].make()).facts
    assert {fact.signer.party for fact in facts} == {"authority"}


def test_the_registry_of_the_findings_knows_the_parties() -> None:
    assert check(GOOD).registry.parties[MAKER].profile["name"] == "Maker Ltd"


def test_without_a_good_checkpoint_nothing_is_a_fact() -> None:
    findings = check(VECTORS["checkpoint-by-a-stranger"].make())
    assert (findings.checkpoint, findings.facts) == (None, ())
    assert not findings.registry.parties


def test_what_evidence_says_about_trust_is_not_asked() -> None:
    stranger = World(authority=a_key("thief"))
    stranger.join(MAKER)
    stranger.say(a_key(MAKER), "lot.register", creates=1)
    findings = check(stranger.evidence())
    assert not findings.valid
    assert not findings.facts


def test_an_entry_may_be_dated_up_to_five_minutes_ahead() -> None:
    evidence = VECTORS["good-dated-within-the-skew"].make()
    assert check(evidence).valid
    assert check(evidence, at=AT - timedelta(seconds=1)).codes == {"CLOCK_AHEAD"} | ALWAYS


@pytest.mark.parametrize("year", [1, 9999])
def test_any_moment_will_do(year: int) -> None:
    at = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)
    assert check(GOOD, at=at).valid is (year > 1)


def test_findings_name_their_entry_and_their_step_in_order() -> None:
    findings = check(VECTORS["output-used-twice"].make())
    first, second = (one for one in findings if one.code == "OUTPUT_USED")
    assert str(first.entry_id) in second.message
    assert str(second.entry_id) in first.message
    assert [one.step for one in findings] == sorted(one.step for one in findings)


def test_an_output_used_thrice_names_every_entry_once() -> None:
    world = World()
    world.join(MAKER)
    made = world.say(a_key(MAKER), "lot.register", creates=2)
    for number in range(3):
        both = (output(made), output(made, 1))
        world.say(a_key(MAKER), "custody.ship", consumes=both, body={"to": str(number)})
    pairs = [one.entry_id for one in check(world.evidence()) if one.code == "OUTPUT_USED"]
    assert len(pairs) == len(set(pairs)) == 3


def test_an_entry_with_many_missing_parents_has_one_finding_of_them() -> None:
    world = World()
    world.join(MAKER)
    missing = tuple(OutputRef("ab" * 32, n) for n in range(200))
    world.say(a_key(MAKER), "custody.ship", consumes=missing)
    assert [one.code for one in check(world.evidence())].count("PARENT_MISSING") == 1


def test_a_child_is_judged_after_its_parents_however_the_items_stand() -> None:
    shuffled = list(GOOD.items)
    random.Random(7).shuffle(shuffled)
    assert check(replace(GOOD, items=tuple(shuffled))) == check(GOOD)


def test_a_registry_entry_in_doubt_gives_nobody_a_key() -> None:
    evidence = with_item(GOOD, 1, proof=())
    findings = check(evidence)
    assert {"INCLUSION_NOT_PROVEN", "KEY_UNKNOWN"} <= findings.codes
    assert not findings.facts


def test_twenty_thousand_copies_of_one_item_are_told_without_end() -> None:
    evidence = replace(GOOD, items=GOOD.items[:1] * 20_000)
    assert check(evidence).codes == {"ENTRY_REPEATED", "NOTHING_ABOUT_SUBJECT"} | ALWAYS


# Tampering: whatever is done to a file, it is unusable, not valid, or says the same as before.


@dataclass(frozen=True)
class Sample:
    """A small golden file, and what is found in it."""

    name: str

    @cached_property
    def data(self) -> bytes:
        return (FOLDER / f"{self.name}.json").read_bytes()

    @cached_property
    def policy(self) -> Policy:
        return POLICIES[VECTORS[self.name].policy]

    @cached_property
    def found(self) -> Findings:
        return check(Evidence.parse(self.data), self.policy)


SAMPLES = [Sample("good-small"), Sample("good-v2-small")]
each_sample = pytest.mark.parametrize("small", SAMPLES, ids=lambda small: small.name)


def outcome(small: Sample, data: bytes, signatures: Signatures = OPENSSL) -> str:
    try:
        evidence = Evidence.parse(data)
    except Malformed:
        return "unusable"
    findings = verify(evidence, small.policy, AT, signatures)
    if not findings.valid:
        return "not valid"
    claims_more = findings.complete_to not in (None, small.found.complete_to)
    facts = small.found.facts
    same = [_said(fact) for fact in findings.facts] == [_said(fact) for fact in facts]
    no_closer = all(map(_no_closer, findings.facts, facts))
    # A proof that a text is no member holds for many a text, and each time it is true.
    no_others = {one for one in findings.members if one.present} <= set(small.found.members)
    good = same and no_closer and no_others and not claims_more
    return "the same" if good else "other facts"


def _said(fact: Fact) -> tuple[object, ...]:
    return fact.entry, fact.index, fact.signer


def _no_closer(fact: Fact, before: Fact) -> bool:
    """Whether witnesses place it in time no closer: without one of their lines, less is known."""
    start, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return (fact.not_before or start) <= (before.not_before or start) and (
        fact.not_after or end
    ) >= (before.not_after or end)


def flipped(data: bytes, position: int, mask: int) -> bytes:
    return data[:position] + bytes([data[position] ^ mask]) + data[position + 1 :]


@each_sample
def test_an_untouched_file_says_the_same(small: Sample) -> None:
    assert outcome(small, small.data) == "the same"
    assert outcome(small, small.data, EcdsaSignatures()) == "the same"


@each_sample
@pytest.mark.parametrize("part", range(4))
def test_no_flipped_byte_makes_other_facts(small: Sample, part: int) -> None:
    masks = random.Random(part)
    for position in range(part, len(small.data), 4 if NIGHT else 20):
        mask = 1 << masks.randrange(8)
        said = outcome(small, flipped(small.data, position, mask))
        assert said != "other facts", position


@each_sample
def test_the_other_verifier_is_not_fooled_by_flipped_bytes_either(small: Sample) -> None:
    picks, signatures = random.Random(0), EcdsaSignatures()
    for _ in range(40):
        position, mask = picks.randrange(len(small.data)), 1 << picks.randrange(8)
        data = flipped(small.data, position, mask)
        assert outcome(small, data, signatures) != "other facts", position


def tampered(members: Any) -> Iterator[Any]:
    """Each way to double, to drop and to swap one element of one list, or drop one member."""
    if isinstance(members, dict):
        for name, value in members.items():
            yield {key: other for key, other in members.items() if key != name}
            yield from ({**members, name: changed} for changed in tampered(value))
    elif isinstance(members, list):
        for n, value in enumerate(members):
            yield members[:n] + members[n + 1 :]
            yield [*members[:n], value, *members[n:]]
            yield from ([*members[:n], changed, *members[n + 1 :]] for changed in tampered(value))
            if n:
                yield [*members[: n - 1], value, members[n - 1], *members[n + 1 :]]


@each_sample
def test_no_dropped_doubled_or_swapped_element_makes_other_facts(small: Sample) -> None:
    outcomes = [
        (outcome(small, canonical.dumps(members) + b"\n"), members)
        for members in tampered(json.loads(small.data))
    ]
    other = [members for said, members in outcomes if said == "other facts"]
    assert len(outcomes) > 60
    # To keep a sealed member closed is to say less. The end of the story cannot be left out: the
    # index counts it.
    assert len(other) == 1
    for members in other:
        found = check(Evidence.parse(canonical.dumps(members) + b"\n"), small.policy).facts
        assert [fact.entry.statement for fact in found] == [
            fact.entry.statement for fact in small.found.facts
        ]
        assert found[1].entry.envelope.disclosures == ()


texts = st.text(st.characters(), max_size=40)
parts = st.sampled_from([part for item in GOOD.items for part in (item.entry, *item.disclosures)])
glued = st.lists(st.one_of(texts, parts, st.sampled_from("~.")), max_size=4).map("".join)
wild_items = st.builds(
    Item,
    entry=st.one_of(parts, glued),
    index=st.one_of(st.integers(), st.integers(0, 12)),
    proof=st.lists(st.binary(max_size=33), max_size=5).map(tuple),
    disclosures=st.lists(st.one_of(parts, glued), max_size=3).map(tuple),
)
wild_evidence = st.builds(
    Evidence,
    subject=st.one_of(texts, st.sampled_from([GOOD.subject, "registry"])),
    checkpoint=st.one_of(texts, st.just(GOOD.checkpoint)),
    items=st.lists(st.one_of(wild_items, st.sampled_from(GOOD.items)), max_size=12).map(tuple),
)


@settings(deadline=None)
@given(wild_evidence)
def test_verification_never_raises_and_never_believes(evidence: Evidence) -> None:
    findings = check(evidence)
    known = {fact.entry.entry_id for fact in check(GOOD).facts}
    assert {fact.entry.entry_id for fact in findings.facts} <= known | {
        fact.entry.entry_id for fact in check(replace(GOOD, subject="registry")).facts
    }


@pytest.mark.parametrize("answer", [lambda *_: False, lambda *_: True], ids=["never", "always"])
def test_a_signature_counts_only_when_the_verifier_says_so(answer: Callable[..., bool]) -> None:
    class Oracle:
        es256 = staticmethod(answer)
        ed25519 = staticmethod(OPENSSL.ed25519)

    findings = verify(GOOD, POLICY, AT, Oracle())
    assert findings.valid is answer()


def test_the_specification_lists_every_code_with_its_severity(project: Path) -> None:
    page = (project / "docs" / "spec" / "verification.md").read_text()
    told = re.findall(
        r"^\| `([A-Z_]+)` \| (error|warning|info) \| ([0-9, ]+) \|", page, re.MULTILINE
    )
    assert {code: severity for code, severity, _ in told} == CODES
    steps_told = {code: {int(step) for step in numbers.split(",")} for code, _, numbers in told}
    for name in VECTORS:
        for finding in check_file(name, OPENSSL):
            assert finding.step in steps_told[finding.code]
