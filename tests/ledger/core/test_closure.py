"""What evidence about an output says of it is what the whole stream says."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.closure import closure
from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.core.findings import Findings, Severity
from ledger.core.index import OPERATOR
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from tests.vectors.world import (
    AT,
    LOT,
    MAKER,
    OTHER_LOT,
    PHARMACY,
    World,
    a_key,
    output,
    without_item,
)

NAMES = [f"{n:x}" * 64 for n in range(8)]
A, B, C, D, E, F, G, H = NAMES


def refs(*texts: str) -> tuple[OutputRef, ...]:
    return tuple(OutputRef(one[:-2], int(one[-1])) for one in texts)


#   A makes two outputs: B and C use one each, D and E go on from them; F is a word about the whole.
TREE = {A: (), B: refs(A + "#0"), C: refs(A + "#1"), D: refs(B + "#0"), E: refs(C + "#0"), F: ()}


def test_the_closure_is_ancestors_users_and_words_about_the_whole() -> None:
    assert closure(TREE, refs(D + "#0")) == {A, B, D, F}
    assert closure(TREE, refs(C + "#0")) == {A, C, E, F}
    assert closure(TREE, refs(A + "#0", A + "#1")) == {A, B, C, F}
    assert closure(TREE, ()) == {A, F}


def test_whoever_uses_the_same_is_shown_with_its_own_ancestors() -> None:
    tree = TREE | {G: refs(B + "#0", C + "#1")}
    assert closure(tree, refs(D + "#0")) == {A, B, C, D, F, G}


def test_of_an_output_that_nobody_made_only_its_users_are_shown() -> None:
    assert closure(TREE | {G: refs(H + "#3")}, refs(H + "#3")) == {A, F, G}


@dataclass(frozen=True)
class Step:
    """One entry to come: which outputs, of all that were made, it uses; how many it makes."""

    uses: frozenset[int]
    makes: int
    by: str


steps = st.lists(
    st.builds(
        Step,
        uses=st.frozensets(st.integers(0, 7), max_size=2),
        makes=st.integers(0, 3),
        by=st.sampled_from([MAKER, PHARMACY, "stranger"]),
    ),
    min_size=2,
    max_size=9,
)


def grown(plan: list[Step], indexed_after: int) -> tuple[World, list[OutputRef]]:
    """A log in which these entries follow each other; outputs may be used twice, by anybody."""
    world = World(version=2)
    for party in (MAKER, PHARMACY, OPERATOR):
        world.join(party)
    made: list[OutputRef] = []
    for number, step in enumerate(plan):
        uses = sorted({made[n % len(made)] for n in step.uses}) if made else []
        entry = world.say(a_key(step.by), "thing.moved", consumes=tuple(uses), creates=step.makes)
        made += [output(entry, n) for n in range(step.makes)]
        if number == indexed_after % len(plan):
            world.index()
    return world, made


def judge(evidence: Evidence) -> Findings:
    return verify(Evidence.parse(evidence.as_bytes()), World().policy, AT, OPENSSL)


def errors(findings: Findings, about: set[str]) -> set[tuple[str, str | None]]:
    return {
        (one.code, one.entry_id)
        for one in findings
        if one.entry_id in about and one.severity is Severity.ERROR
    }


def users(findings: Findings, ref: OutputRef) -> set[str]:
    return {fact.entry.entry_id for fact in findings.facts if ref in fact.entry.statement.consumes}


@settings(deadline=None, max_examples=30)
@given(steps, st.integers(0, 8), st.integers(0, 30))
def test_the_closure_says_of_an_output_what_the_whole_stream_says(
    plan: list[Step], indexed_after: int, which: int
) -> None:
    world, made = grown(plan, indexed_after)
    if not made:
        return
    ref = made[which % len(made)]
    whole, narrow = judge(world.evidence()), judge(world.evidence_of_outputs(ref))
    shown = {Entry.parse(item.entry).entry_id for item in world.evidence_of_outputs(ref).items}
    assert errors(narrow, shown) == errors(whole, shown)
    assert {fact.entry.entry_id for fact in narrow.facts} == shown & {
        fact.entry.entry_id for fact in whole.facts
    }
    assert users(narrow, ref) == users(whole, ref)
    assert narrow.user_of(ref) == whole.user_of(ref)
    assert narrow.complete_to == whole.complete_to == world.indexed


@settings(deadline=None, max_examples=20)
@given(steps, st.integers(0, 30), st.integers(0, 30))
def test_nothing_that_the_index_counts_is_left_out_unseen(
    plan: list[Step], which: int, hidden: int
) -> None:
    world, made = grown(plan, len(plan) - 1)
    if not made:
        return
    evidence = world.evidence_of_outputs(made[which % len(made)])
    own = [n for n, item in enumerate(evidence.items) if _is_own(item.entry)]
    poorer = judge(without_item(evidence, own[hidden % len(own)]))
    assert poorer.complete_to is None
    assert not poorer.valid


def _is_own(text: str) -> bool:
    return Entry.parse(text).statement.stream == LOT


def test_it_does_not_grow_with_what_does_not_concern_it() -> None:
    """Fifty branches: evidence about one of them shows the birth, that branch, and no other."""
    world = World(version=2)
    maker = world.join(MAKER)
    world.join(OPERATOR)
    made = world.say(maker, "lot.register", creates=50)
    sold = [
        world.say(maker, "custody.ship", consumes=(output(made, n),), creates=1) for n in range(50)
    ]
    world.index()
    evidence = world.evidence_of_outputs(output(sold[7]))
    findings = judge(evidence)
    assert (findings.valid, len(findings.facts), len(evidence.within)) == (True, 2, 3)
    assert findings.complete_to == world.indexed


def test_without_either_part_of_the_proof_nothing_is_proven() -> None:
    world, made = grown([Step(frozenset(), 1, MAKER)] * 2, 1)
    evidence = world.evidence_of_outputs(made[0])
    for poorer in (replace(evidence, index=()), replace(evidence, within=())):
        findings = judge(poorer)
        assert findings.complete_to is None
        assert findings.valid


def test_of_a_stream_that_is_named_as_a_party_the_registrys_key_is_still_compared() -> None:
    """It has no index of its own: under its name the index counts what is about the party."""
    name = f"party:{MAKER}"
    world = World(version=2)
    world.join(OPERATOR)
    maker = world.join(MAKER)
    world.say(maker, "thing.said", stream=name)
    world.suspend(MAKER)
    world.index()
    evidence = world.evidence(name)
    assert (judge(evidence).valid, judge(evidence).complete_to) == (True, None)
    (suspension,) = (n for n, item in enumerate(evidence.items) if item.index == 5)
    assert "ENTRIES_LEFT_OUT" in judge(without_item(evidence, suspension)).codes


def test_an_entry_about_something_else_is_foreign_and_counts_for_nothing() -> None:
    world = World(version=2)
    world.join(OPERATOR)
    maker = world.join(MAKER)
    made = world.say(maker, "lot.register", creates=1)
    other = world.say(maker, "lot.register", creates=1, stream=OTHER_LOT)
    world.say(maker, "custody.ship", consumes=(output(other),), stream=OTHER_LOT)
    world.index()
    for evidence in (world.evidence(), world.evidence_of_outputs(output(made))):
        foreign = world.item(5), world.item(6)
        items = sorted((*evidence.items, *foreign), key=lambda item: item.index)
        findings = judge(replace(evidence, items=tuple(items)))
        assert findings.codes == {"STREAM_FOREIGN", "PARENT_NOT_PROVEN"}
        assert findings.complete_to == world.indexed
