"""Evidence about outputs: what concerns them, provably all of it, and nothing else."""

import random
from collections.abc import Collection
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import signers
from ledger.core.closure import closure
from ledger.core.entry import Entry, sign
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.findings import Findings
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.proofs import StreamEvidence, evidence_of_outputs
from ledger.stream_shown import concerning, entries_concerning
from tests.database import take_out, tamper
from tests.ledger.world import LOT, MAKER, World, ids
from tests.vectors.world import output


def shown(*outputs: OutputRef, **asked: Collection[str]) -> StreamEvidence:
    return evidence_of_outputs(LOT, outputs, **asked)  # type: ignore[arg-type]  # parties


def checked(world: World, *outputs: OutputRef) -> Findings:
    evidence = shown(*outputs).evidence
    assert evidence is not None
    again = Evidence.parse(evidence.as_bytes())
    assert again == evidence
    return verify(again, signers.policy(), world.now, OPENSSL)


def facts(findings: Findings) -> list[str]:
    return [fact.entry.entry_id for fact in findings.facts]


def signs(found: StreamEvidence) -> set[tuple[str, str | None]]:
    return {(sign.code, sign.entry_id) for sign in found.signs_of_tampering}


@pytest.fixture
def trade(world: World) -> list[Entry]:
    """A birth at index 4, its two ways (5, 6 and 7, 8), a word about the whole (9), an index."""
    world.admit_operator()
    born = world.entry(creates=2)
    first, second = world.after(born), world.after(born, output=1)
    ends = [world.after(first), world.after(second)]
    word = world.entry(type="recall.issue", creates=0)
    world.log_all(born, first, ends[0], second, ends[1], word, world.entry("lot:1/OTHER"))
    world.index()
    return [born, first, ends[0], second, ends[1], word]


def test_an_output_is_shown_with_its_ancestors_and_the_words_about_the_whole(
    world: World, trade: list[Entry]
) -> None:
    born, _, _, second, end, word = trade
    findings = checked(world, output(end))
    assert findings.valid
    assert findings.complete_to == 11
    assert facts(findings) == ids([born, second, end, word])
    assert shown(output(end)).entries == set(ids([born, second, end, word]))


def test_an_output_that_is_used_is_shown_with_its_user(world: World, trade: list[Entry]) -> None:
    born, first, end, _, _, word = trade
    findings = checked(world, output(first))
    assert (findings.valid, findings.complete_to) == (True, 11)
    assert facts(findings) == ids([born, first, end, word])


def test_several_outputs_are_shown_together(world: World, trade: list[Entry]) -> None:
    findings = checked(world, output(trade[2]), output(trade[4]), output(trade[4]))
    assert findings.complete_to == 11
    assert facts(findings) == ids(trade)


def test_a_use_after_the_index_is_shown_beyond_what_is_complete(
    world: World, trade: list[Entry]
) -> None:
    user = world.after(trade[4])
    world.log_all(user)
    findings = checked(world, output(trade[4]))
    assert (findings.valid, findings.complete_to) == (True, 11)
    assert facts(findings)[-1] == user.entry_id


def test_a_use_that_no_checkpoint_covers_is_pending(world: World, trade: list[Entry]) -> None:
    user = world.after(trade[4])
    world.append(user)
    assert shown(output(trade[4])).pending == (user.entry_id,)
    assert user.entry_id not in facts(checked(world, output(trade[4])))


def test_an_output_whose_maker_is_pending_is_not_made_yet(world: World, trade: list[Entry]) -> None:
    user = world.after(trade[4])
    world.append(user)
    assert shown(output(user)).pending == (user.entry_id,)
    assert "SUBJECT_NOT_MADE" in checked(world, output(user)).codes


def test_of_an_output_that_nobody_made_only_words_are_shown(
    world: World, trade: list[Entry]
) -> None:
    findings = checked(world, OutputRef("ab" * 32, 0), output(trade[4], 7))
    assert findings.codes == {"SUBJECT_NOT_MADE", "COMPLETENESS_NOT_PROVEN"}


def test_before_the_first_index_and_checkpoint_it_says_so(bare_world: World, db: None) -> None:
    del db
    world = bare_world
    world.admit_maker()
    entry = world.entry()
    world.append(entry)
    found = shown(output(entry))
    assert (found.evidence, found.pending) == (None, (entry.entry_id,))
    world.sequencer().step()
    findings = checked(world, output(entry))
    assert (findings.valid, findings.complete_to) == (True, None)
    assert facts(findings) == [entry.entry_id]


def test_sealed_members_and_further_parties_are_shown_as_for_the_whole(world: World) -> None:
    digests, disclosures = seal({"order": "PO-7"}, [b"s" * 16])
    entry = Entry.parse(sign(world.entry(sealed=digests).statement, world.maker, disclosures))
    admission = world.admit("9506000020013")
    world.append(admission)
    world.log_all(entry)
    found = evidence_of_outputs(
        LOT,
        [output(entry)],
        disclose=lambda one: one.disclosures if one.party == MAKER else (),
        parties=["9506000020013"],
    )
    assert found.evidence is not None
    assert admission.envelope.jws in {item.entry for item in found.evidence.items}
    assert [item.disclosures for item in found.evidence.items if item.disclosures] == [
        (disclosures[0].text,)
    ]


def test_the_database_tells_the_same_closure_as_the_core(world: World) -> None:
    chance, made, entries = random.Random(5), list[OutputRef](), list[Entry]()
    for _ in range(40):
        uses = chance.sample(made, min(len(made), chance.choice((0, 1, 1, 1, 2))))
        made = [ref for ref in made if ref not in uses]
        entry = world.entry(consumes=uses, creates=chance.randint(0, 3))
        entries.append(entry)
        made += [output(entry, n) for n in range(entry.statement.creates)]
    world.append(*entries)
    consumes = {entry.entry_id: entry.statement.consumes for entry in entries}
    for entry in entries:
        for ref in (output(entry, n) for n in range(entry.statement.creates)):
            read = concerning(
                LOT, [ref], entries_concerning(LOT, [ref]), 0
            ).contents.entries.values()
            assert {one.entry_id for one in read} == closure(consumes, [ref])


# --- how much it takes ------------------------------------------------------------------------


def test_neither_the_way_nor_the_rest_of_the_stream_makes_more_queries(
    world: World, trade: list[Entry]
) -> None:
    shown(output(trade[4]))  # the registry's entries are read once in the life of a process
    with CaptureQueriesContext(connection) as few:
        shown(output(trade[4]))
    last = trade[4]
    for _ in range(6):
        world.append(last := world.after(last))
        world.append(world.entry(type="hold.place", creates=0))
    world.sequencer().step()
    world.index()
    with CaptureQueriesContext(connection) as many:
        assert len(shown(output(last)).entries) == 3 + 1 + 6 + 6
    assert len(many) == len(few)


def test_what_does_not_concern_it_is_not_even_read(world: World) -> None:
    world.admit_operator()
    born = world.entry(creates=60)
    branches = [world.after(born, output=n) for n in range(60)]
    world.append(born, *branches)
    world.sequencer().step()
    world.index()
    found = shown(output(branches[7]))
    assert found.entries == {born.entry_id, branches[7].entry_id}
    assert found.evidence is not None
    assert len(found.evidence.within) == 3
    assert checked(world, output(branches[7])).complete_to == 65


# --- what has been done to the database shows -------------------------------------------------


def test_a_hidden_word_about_the_whole_is_missed(world: World, trade: list[Entry]) -> None:
    take_out(trade[5].entry_id)
    assert "ENTRIES_LEFT_OUT" in checked(world, output(trade[4])).codes


def test_a_hidden_user_is_missed(world: World, trade: list[Entry]) -> None:
    take_out(trade[2].entry_id)
    findings = checked(world, output(trade[1]))
    assert "ENTRIES_LEFT_OUT" in findings.codes
    assert findings.complete_to is None


def test_a_hidden_ancestor_is_missed_and_told(world: World, trade: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [trade[1].entry_id])
    assert signs(shown(output(trade[2]))) == {("ENTRY_MISSING", trade[1].entry_id)}
    assert "PARENT_MISSING" in checked(world, output(trade[2])).codes


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("DELETE FROM ledger_outputuse", "PARENT_MISSING"),
        ("UPDATE ledger_entry SET about_whole = false", "ENTRIES_LEFT_OUT"),
    ],
)
def test_tables_that_do_not_tell_where_to_look_make_nothing_look_better(
    world: World, trade: list[Entry], spoil: str, code: str
) -> None:
    tamper(spoil)
    findings = checked(world, output(trade[4]))
    assert code in findings.codes
    assert findings.complete_to is None


def test_a_changed_page_of_the_streams_own_index_is_told(world: World, trade: list[Entry]) -> None:
    tamper(
        "UPDATE ledger_indexpage SET leaves = set_byte(leaves, 39, 9) WHERE stream_id ="
        " (SELECT stream_id FROM ledger_stream WHERE name = %s)",
        [LOT],
    )
    assert ("INDEX_DAMAGED", None) in signs(shown(output(trade[4])))
    assert checked(world, output(trade[4])).complete_to is None


# --- the command ------------------------------------------------------------------------------


def test_the_command_writes_evidence_about_an_output(
    world: World, trade: list[Entry], tmp_path: Path
) -> None:
    out = tmp_path / "evidence.json"
    call_command("export_evidence", LOT, out=out, output=[str(output(trade[4]))])
    evidence = Evidence.parse(out.read_bytes())
    assert evidence.outputs == (output(trade[4]),)
    assert verify(evidence, signers.policy(), world.now, OPENSSL).complete_to == 11


@pytest.mark.usefixtures("world")
def test_the_command_refuses_what_names_no_output(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Expected <entry id>"):
        call_command("export_evidence", LOT, out=tmp_path / "no", output=["abc"])
