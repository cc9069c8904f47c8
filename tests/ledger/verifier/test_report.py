"""What the verifier prints."""

import json
from dataclasses import replace

from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.verifier import report
from tests.vectors.build_evidence import POLICIES
from tests.vectors.defects import VECTORS
from tests.vectors.world import AT, MAKER, World, a_key

POLICY = World().policy


def text_of(name: str) -> str:
    evidence, policy = VECTORS[name].make(), POLICIES[VECTORS[name].policy]
    return report.as_text(evidence, policy, AT, verify(evidence, policy, AT, OPENSSL))


def test_the_report_says_what_log_what_subject_and_how_large() -> None:
    lines = text_of("good").splitlines()
    assert lines[0] == "VALID"
    assert "Log         log.example/vectors" in lines
    assert "Subject     lot:09506000134352/A1" in lines
    assert "Checkpoint  size 12" in lines


def test_each_entry_is_told_with_index_time_party_and_type() -> None:
    assert (
        "         9  2026-03-02T09:30:00Z  Wholesaler AG (9506000222228, key: file)"
        "  custody.receive\n" in text_of("good")
    )


def not_proven(name: str) -> str:
    return text_of(name).partition("Not proven:\n")[2]


def test_the_report_says_what_is_not_proven() -> None:
    assert not_proven("good").count("\n") == 4
    assert report.WITHOUT_INDEX in not_proven("good")
    assert report.WITHOUT_WITNESSES in not_proven("good")
    assert all(sentence in not_proven("good-small") for sentence in report.ALWAYS)


def test_what_the_index_and_the_witnesses_prove_is_not_among_it() -> None:
    assert report.WITHOUT_INDEX not in not_proven("good-small")
    assert report.WITHOUT_WITNESSES not in not_proven("good-small")
    assert "from index 6 on" in not_proven("good-small")


def test_the_report_says_which_outputs_it_is_about_and_who_uses_them() -> None:
    evidence = VECTORS["good-v2-output-used"].make()
    (ref,) = evidence.outputs
    findings = verify(evidence, POLICY, AT, OPENSSL)
    user = next(fact for fact in findings.facts if ref in fact.entry.statement.consumes)
    line = f"Output      {ref}, used up by {user.entry.entry_id}\n"
    assert line in text_of("good-v2-output-used")
    assert ", used up by nothing that is shown\n" in text_of("good-v2-output")
    assert report.OTHER_OUTPUTS in not_proven("good-v2-output")
    assert report.OTHER_OUTPUTS not in not_proven("good-v2")
    told = json.loads(report.as_json(evidence, POLICY, AT, findings))
    assert told["outputs"] == [{"output": str(ref), "used_by": user.entry.entry_id}]


def test_the_report_says_of_which_set_an_element_is_a_member() -> None:
    text = text_of("good-v2-pack")
    assert "'09506000134352/3' is among the 10 that outputs.0.packs stands for\n" in text
    assert "'09506000134352/3' is not among the 30 that outputs.1.packs stands for\n" in text
    evidence = VECTORS["good-v2-pack"].make()
    findings = verify(evidence, POLICY, AT, OPENSSL)
    (_, sent, _) = json.loads(report.as_json(evidence, POLICY, AT, findings))["members"]
    assert (sent["element"], sent["path"]) == ("09506000134352/3", ["outputs", 0, "packs"])
    assert (sent["count"], sent["present"]) == (10, True)


def test_the_report_says_when_it_was_witnessed_and_up_to_where_it_is_complete() -> None:
    lines = text_of("good-small").splitlines()
    assert "Witnessed   2026-03-02T11:00:00Z" in lines
    assert "Complete    below index 6" in lines
    bracket = "witnesses: after 2026-03-02T09:00:00Z, before 2026-03-02T11:00:00Z"
    assert f"            {bracket}" in lines
    assert "Complete    not proven" in text_of("good").splitlines()


def test_a_finding_is_told_with_severity_step_code_and_entry() -> None:
    text = text_of("output-used-twice")
    assert text.startswith("NOT VALID\n")
    assert "  error    step 15  OUTPUT_USED: Output " in text
    assert "           entry " in text


def test_without_a_checkpoint_no_entry_is_told() -> None:
    text = text_of("checkpoint-by-a-stranger")
    assert "Checkpoint  none that can be trusted\n" in text
    assert "type):\n  none\n" in text


def test_programs_get_the_same_as_one_object() -> None:
    evidence = VECTORS["good"].make()
    findings = verify(evidence, POLICY, AT, OPENSSL)
    told = json.loads(report.as_json(evidence, POLICY, AT, findings))
    assert told["valid"] is True
    assert told["checkpoint"]["size"] == 12
    assert told["entries"][1]["body"] == {"order": "PO-4711", "shipment": "S-1"}
    assert told["entries"][1]["name"] == "Maker Ltd"
    assert told["findings"][-1]["code"] == "COMPLETENESS_NOT_PROVEN"
    assert (told["witnessed_at"], told["complete_to"]) == (None, None)
    broken = replace(evidence, checkpoint="")
    findings = verify(broken, POLICY, AT, OPENSSL)
    assert json.loads(report.as_json(broken, POLICY, AT, findings))["checkpoint"] is None


def test_a_party_without_a_name_is_called_by_its_identifier() -> None:
    world = World()
    world.register("registry.party.admit", {"party": MAKER, "profile": {"name": 7}})
    world.add_key(MAKER, a_key(MAKER))
    world.say(a_key(MAKER), "lot.register", creates=1)
    fact = verify(world.evidence(), POLICY, AT, OPENSSL).facts[0]
    assert report.party_name(fact) == MAKER
