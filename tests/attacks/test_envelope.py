"""Attacks 25 to 44: bytes that are not what they seem, before any rule of the trade is asked."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from ledger.appending import Overloaded
from ledger.core import canonical
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry, sign
from ledger.core.envelope import Disclosure, seal
from ledger.core.errors import LedgerError, Malformed
from ledger.core.evidence import Evidence
from ledger.core.findings import CODES
from ledger.core.index import OPERATOR
from ledger.core.keys import ORDER, PublicKey, scalars
from ledger.core.merkle import leaf_hash, node_hash, verify_inclusion
from ledger.core.note import WITNESS_KEY, Vkey, split_note
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.statement import Statement
from ledger.core.tlog_policy import TlogPolicy
from ledger.models import Alarm
from ledger.proofs import latest_seen
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.recording.submissions import Refusal, Submission
from supplychain.services.record_entries import record_entries
from tests.attacks.inspection import found, inspect
from tests.ledger.verifier.test_ecdsa_signatures import FIELD, crafted
from tests.ledger.world import World
from tests.stages import HEALS
from tests.supplychain.api.conftest import Programs
from tests.vectors.build_evidence import FOLDER
from tests.vectors.world import (
    AT,
    MAKER,
    MORNING,
    OTHER_LOT,
    PHARMACY,
    a_key,
    a_log_key,
    output,
    with_item,
)
from tests.vectors.world import World as PureWorld

MAKERS = a_key(MAKER)
DIGESTS, DISCLOSURES = seal({"order": "PO-1", "price": 125}, [b"a" * 16, b"b" * 16])


@pytest.fixture
def story() -> PureWorld:
    """A maker (0 and 1), a lot (2), a dispatch with two sealed members (3), another lot (4)."""
    world = PureWorld()
    world.join(MAKER)
    made = world.say(MAKERS, "lot.register", creates=1)
    world.say(MAKERS, "custody.ship", DISCLOSURES, consumes=(output(made),), sealed=DIGESTS)
    world.say(MAKERS, "lot.register", stream=OTHER_LOT)
    return world


TEXT = sign(PureWorld().state("custody.note"), MAKERS)
HEADER, PAYLOAD, SIGNATURE = TEXT.rstrip("~").split(".")


def code_of(read: Callable[[Any], object], given: Any) -> str:
    """The code with which a reader refuses."""
    with pytest.raises(LedgerError) as refusal:
        read(given)
    return refusal.value.code


def with_signature(signature: bytes) -> str:
    return f"{HEADER}.{PAYLOAD}.{b64u(signature)}"


def mirrored(signature: bytes) -> bytes:
    return signature[:32] + (ORDER - int.from_bytes(signature[32:])).to_bytes(32)


# --- 25 to 27: the right entry in the wrong place ---------------------------------------------


def test_attack_25_the_same_entry_again(world: World, story: PureWorld) -> None:
    """At the door it is the same entry, whatever its signature; twice in a log it is an error."""
    entry = world.entry()
    twin = Entry.parse(
        f"{entry.envelope.jws.rpartition('.')[0]}.{b64u(mirrored(entry.envelope.signature))}"
    )
    world.log_all(entry, entry, twin)
    assert world.audit().size == 3
    head, _, signature = story.texts[2].rstrip("~").rpartition(".")
    story.log(f"{head}.{b64u(mirrored(unb64u(signature)))}")
    assert "ENTRY_REPEATED" in found(story.evidence())


def test_attack_26_a_replay_to_another_lot(story: PureWorld) -> None:
    items = (*story.evidence().items, story.item(4))
    assert found(replace(story.evidence(), items=items)) == {"STREAM_FOREIGN"}


def test_attack_26_a_replay_to_another_log(world: World, story: PureWorld) -> None:
    elsewhere = world.entry(log="log.example/elsewhere")
    assert code_of(world.append, elsewhere) == "LOG_MISMATCH"
    story.say(MAKERS, "custody.note", log="log.example/elsewhere")
    assert found(story.evidence()) == {"LOG_MISMATCH"}


def test_attack_26_a_replay_to_another_deployment_of_the_same_name(world: World) -> None:
    """Where even the name of the log is the same, what the signer had seen of it is not."""
    other = PureWorld(origin=world.entry().statement.log)
    other.join(MAKER)
    assert code_of(world.append, world.entry(seen=other.seen())) == "SEEN_UNKNOWN"


def test_attack_27_a_valid_entry_with_anothers_proof_index_size_or_origin(
    story: PureWorld,
) -> None:
    evidence, other = story.evidence(), PureWorld(origin="log.example/other")
    assert found(with_item(evidence, 2, proof=evidence.items[3].proof)) >= {"INCLUSION_NOT_PROVEN"}
    assert found(with_item(evidence, 2, index=4)) >= {"INCLUSION_NOT_PROVEN"}
    assert found(with_item(evidence, 3, index=9)) >= {"INDEX_OUTSIDE_LOG"}
    for checkpoint, code in (
        (Checkpoint(story.origin, story.size - 1, story.root()), "INCLUSION_NOT_PROVEN"),
        (Checkpoint(other.origin, story.size, story.root()), "CHECKPOINT_NOT_SIGNED"),
    ):
        note = sign_checkpoint(checkpoint, story.log_key)
        assert code in found(replace(evidence, checkpoint=note))


# --- 28 to 32: signatures and spellings -------------------------------------------------------


@pytest.mark.parametrize(
    "signature",
    [
        encode_dss_signature(*(scalars(unb64u(SIGNATURE)) or (0, 0))),
        unb64u(SIGNATURE)[:-1],
        unb64u(SIGNATURE) + b"\0",
        bytes(64),
        ORDER.to_bytes(32) * 2,
        b"",
    ],
    ids=["DER", "short", "long", "zero", "n", "empty"],
)
def test_attack_28_a_signature_of_another_form(signature: bytes) -> None:
    assert code_of(Entry.parse, with_signature(signature)) == "SIGNATURE_MALFORMED"


def test_attack_28_a_malleable_signature_makes_no_second_entry() -> None:
    twin = Entry.parse(with_signature(mirrored(unb64u(SIGNATURE))))
    assert twin.entry_id == Entry.parse(TEXT).entry_id


@pytest.mark.parametrize("change", ['"none"', '"HS256"', '"ES256K"', '"ES256","jwk":{}'])
def test_attack_29_the_algorithm_is_to_be_confused(change: str) -> None:
    header = unb64u(HEADER).decode().replace('"ES256"', change)
    assert code_of(Entry.parse, f"{b64u(header.encode())}.{PAYLOAD}.{SIGNATURE}") == (
        "HEADER_REFUSED"
    )


@pytest.mark.parametrize("change", ["=", "\n", " ", "+", "A"])
def test_attack_30_one_entry_has_two_spellings_in_base64url(change: str) -> None:
    assert code_of(Entry.parse, f"{HEADER}.{PAYLOAD}{change}.{SIGNATURE}") == "MALFORMED_BASE64"
    last = SIGNATURE[:-1] + chr(ord(SIGNATURE[-1]) + 1)  # the same bytes to a lenient reader
    assert code_of(Entry.parse, f"{HEADER}.{PAYLOAD}.{last}") == "MALFORMED_BASE64"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"creates":0', b'"creates":0,"creates":0', "DUPLICATE_KEY"),
        (b"}", b"} ", "NOT_CANONICAL"),
        (b'{"at"', b'\xef\xbb\xbf{"at"', "MALFORMED_JSON"),
        (b'"creates":0', b'"creates":NaN', "UNSUPPORTED_VALUE"),
        (b'"creates":0', b'"creates":0.0', "UNSUPPORTED_VALUE"),
        (b'"creates":0', b'"creates":9007199254740993', "INTEGER_RANGE"),
        (b'"creates":0', b'"creates":-0', "NOT_CANONICAL"),
    ],
)
def test_attack_31_json_that_readers_read_differently(old: bytes, new: bytes, code: str) -> None:
    payload = unb64u(PAYLOAD)
    changed = new.join(payload.rsplit(old, 1))
    assert changed != payload
    assert code_of(Statement.parse, changed) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Zu\u0308rich", "NOT_NFC"),
        ("\ud800", "BAD_CHARACTER"),
        ("safe\u202eefas", "BAD_CHARACTER"),
        ("A\u200b1", "BAD_CHARACTER"),
        ("\U000e0041", "BAD_CHARACTER"),
    ],
)
def test_attack_32_texts_that_look_alike(text: str, code: str) -> None:
    assert code_of(canonical.dumps, {"note": text}) == code
    with pytest.raises(Malformed):  # confusables: what a stream is named has no Cyrillic letters
        PureWorld().state("custody.note", stream="lot:09506000134352/\u0410BC")


# --- 33 to 36: proofs, sizes, crashes, notes --------------------------------------------------


def test_attack_33_an_inner_node_is_shown_as_a_leaf() -> None:
    a, b, c, d = (leaf_hash(bytes([n])) for n in range(4))
    left, right = node_hash(a, b), node_hash(c, d)
    proof, root = [right], node_hash(left, right)
    for leaf in (left, leaf_hash(a + b), leaf_hash(b"\1" + a + b)):
        assert not verify_inclusion(index=0, size=4, leaf=leaf, proof=proof, root=root)
    assert not verify_inclusion(index=0, size=2, leaf=leaf_hash(a + b), proof=proof, root=root)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"[" * 16_000, "TOO_DEEP"),
        (b'{"a":"' + b"x" * 20_000 + b'"}', "TOO_LARGE"),
        (b'"' + b"\\u0061" * 2_000 + b'"', "NOT_CANONICAL"),
        (b"9" * 16_000, "INTEGER_RANGE"),
    ],
    ids=["deep", "large", "escaped", "digits"],
)
def test_attack_34_a_statement_that_is_a_bomb(payload: bytes, code: str) -> None:
    assert code_of(Statement.parse, payload) == code


def test_attack_34_evidence_that_is_a_bomb(story: PureWorld) -> None:
    assert code_of(Evidence.parse, b"[" * 3_000_000 + b"\n") == "TOO_DEEP"
    assert code_of(Evidence.parse, b"[" + b"0," * 3_000_000 + b"0]\n") == "TOO_LARGE"
    members = json.loads(story.evidence().as_bytes())
    members["items"] *= 10_000
    assert code_of(Evidence.parse, canonical.dumps(members) + b"\n") == "TOO_LARGE"


def test_attack_35_a_crafted_signature_is_to_crash_the_verifier(shared: Path) -> None:
    """Those that make the library raise, as it comes from the box: here they are bad, or good."""
    file = shared / "vectors" / "wycheproof" / "ecdsa_secp256r1_sha256_p1363_test.json"
    both, judged = (OPENSSL, EcdsaSignatures()), 0
    for group in json.loads(file.read_bytes())["testGroups"]:
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        for case in group["tests"]:
            key, message = PublicKey(point[1:33], point[33:]), bytes.fromhex(case["msg"])
            signature, good = bytes.fromhex(case["sig"]), case["result"] == "valid"
            assert {one.es256(key, message, signature) for one in both} == {good}
            judged += 1
    assert judged > 200


def test_attack_35_a_crafted_signature_is_to_be_good_for_one_verifier_only(
    story: PureWorld,
) -> None:
    """Under a checkpoint, by the log's own key: R is a point of small order."""
    text = story.state_at(story.size).text
    signature = crafted(text.encode(), FIELD - 1)
    note = f"{text}\n{story.policy.log.line(signature)}\n"
    assert "CHECKPOINT_SIGNATURE_BAD" in found(replace(story.evidence(), checkpoint=note))


NOTE = sign_checkpoint(Checkpoint("log.example/a", 1, leaf_hash(b"")), a_log_key("log"))


@pytest.mark.parametrize(
    "note",
    [
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\n1\n", "\n1\r\n"),
        NOTE.replace("\u2014", "-"),
        NOTE + "\u2014 x AAAA\n",
        NOTE + "\u2014 x AAAAAAA\n" * 16,
        NOTE * 400,
        "",
    ],
    ids=range(8),
)
def test_attack_36_a_note_is_malformed(note: str) -> None:
    assert code_of(split_note, note) in {"NOTE_MALFORMED", "MALFORMED_BASE64"}


@pytest.mark.parametrize("text", ["log.example/a\n01\n", "log.example/a\n-1\n", "a\n9\n\n", "\n"])
def test_attack_36_a_checkpoint_is_malformed(text: str) -> None:
    assert code_of(Checkpoint.parse, text) == "CHECKPOINT_MALFORMED"


# --- 37 to 39: witnesses, clocks, disclosures -------------------------------------------------


def test_attack_37_one_witness_is_counted_twice(story: PureWorld) -> None:
    vkey = f"{story.policy.log}"
    witnesses = [_witness_line(name) for name in ("one", "two")]
    lines = [f"log {vkey}", *witnesses, "group all all one two", "quorum all", ""]
    policy = replace(story.policy, trust=TlogPolicy.parse("\n".join(lines)))
    story.witness(AT, name="one.example", key=a_log_key("one"))
    assert found(story.evidence(), policy) == {"WITNESS_QUORUM_NOT_MET"}
    story.witness(AT, name="one.example", key=a_log_key("one"))
    assert found(story.evidence(), policy) == {"COSIGNATURE_BAD", "WITNESS_QUORUM_NOT_MET"}
    lines[2] = lines[1].replace("witness one", "witness two")
    assert code_of(TlogPolicy.parse, "\n".join(lines)) == "POLICY_MALFORMED"


def _witness_line(name: str) -> str:
    return f"witness {name} {Vkey(f'{name}.example', a_log_key(name).public, WITNESS_KEY)}"


def test_attack_38_the_signers_clock_is_wrong(world: World, story: PureWorld) -> None:
    ahead = world.entry(at=world.now + timedelta(minutes=6))
    assert code_of(world.append, ahead) == "CLOCK_AHEAD"
    story.say(MAKERS, "custody.note", at=AT + timedelta(minutes=6))
    assert found(story.evidence()) == {"CLOCK_AHEAD"}


def test_attack_38_an_entry_is_dated_after_witnesses_saw_it(story: PureWorld) -> None:
    trust = TlogPolicy.parse(f"log {story.policy.log}\n{_witness_line('w')}\nquorum w")
    story.say(MAKERS, "custody.note", at=MORNING + timedelta(hours=9))
    story.witness(MORNING + timedelta(hours=1), name="w.example", key=a_log_key("w"))
    policy = replace(story.policy, trust=trust)
    assert found(story.evidence(), policy) == {"DATED_AFTER_LOGGED"}


def test_attack_38_the_houses_clock_steps_back(world: World) -> None:
    world.log_all(world.entry())
    world.wait(-3_600)
    world.append(world.entry())
    world.sequencer().step()
    assert Alarm.objects.get().code == "CLOCK_BACKWARDS"


def test_attack_39_disclosures_are_swapped_doubled_or_guessed(story: PureWorld) -> None:
    evidence, (order, price) = story.evidence(), (one.text for one in DISCLOSURES)
    guess = Disclosure(b"c" * 16, "order", "PO-1").text
    for disclosures, code in (
        ((guess,), "DISCLOSURE_UNMATCHED"),
        ((order, order), "DISCLOSURE_REPEATED"),
        ((f"{order}~{price}",), "DISCLOSURE_MALFORMED"),
    ):
        assert found(with_item(evidence, 3, disclosures=disclosures)) == {code}
    assert found(with_item(evidence, 2, disclosures=(order,))) >= {"DISCLOSURE_UNMATCHED"}


# --- 40 to 44: what is read off, brought along, kept, made up, or thrown in heaps --------------


@pytest.mark.usefixtures("traded")
def test_attack_40_the_trading_graph_is_read_off_the_log(program: Programs, client: Client) -> None:
    """Hashes are everybody's; entries are for authorities and auditors."""
    size = latest_seen().size
    assert client.get(f"/log/tile/0/000.p/{size}").status_code == 200
    entries = f"/log/tile/entries/000.p/{size}"
    assert client.get(entries).status_code == 401
    assert client.get(entries, headers=program(HEALS).headers()).status_code == 403


def test_attack_41_evidence_brings_its_own_policy(story: PureWorld) -> None:
    """A member more, and it is no evidence; a log and an authority of its own prove nothing."""
    members = json.loads(story.evidence().as_bytes())
    members["policy"] = json.loads(story.policy.as_bytes())
    assert code_of(Evidence.parse, canonical.dumps(members) + b"\n") == "EVIDENCE_MALFORMED"
    forger = PureWorld(authority=a_key("forger"), log_key=a_log_key("forger"))
    forger.say(forger.join(MAKER), "lot.register")
    assert found(forger.evidence()) == {"CHECKPOINT_NOT_SIGNED", "KEY_UNKNOWN"}
    forger.log_key = story.log_key
    assert found(forger.evidence()) == {"KEY_UNKNOWN"}


def test_attack_42_old_evidence_stops_verifying() -> None:
    """What was once written down of each golden file is what is found in it ten years later."""
    expected = json.loads((FOLDER / "expected.json").read_bytes())
    late = datetime.fromisoformat(expected["at"]) + timedelta(days=3_653)
    good = [name for name, one in expected["vectors"].items() if one["valid"]]
    assert len(good) > 10
    for name in good:
        policy = Policy.parse((FOLDER / expected["vectors"][name]["policy"]).read_bytes())
        evidence = Evidence.parse((FOLDER / f"{name}.json").read_bytes())
        assert {CODES[code] for code in found(evidence, policy, late)} <= {"warning", "info"}, name


def test_attack_43_a_part_of_a_proof_is_outside_the_tree(story: PureWorld) -> None:
    evidence = story.evidence()
    proof = evidence.items[2].proof
    for changed in (proof[:-1], (*proof, bytes(32)), (*proof, *proof), (bytes(32), *proof[1:])):
        assert "INCLUSION_NOT_PROVEN" in found(with_item(evidence, 2, proof=changed))
    short = with_item(evidence, 2, proof=(bytes(31), *proof[1:])).as_bytes()
    assert code_of(Evidence.parse, short) == "EVIDENCE_MALFORMED"
    earlier = replace(story.earlier(3), size=story.size + 1)
    assert found(replace(evidence, history=(earlier,))) == {"HISTORY_CONTRADICTED"}


def test_attack_44_garbage_in_quantity_costs_no_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    garbage = ["", "~" * 60_000, "a.b.c~", f"{HEADER}.{PAYLOAD}.~", "\0" * 60_000, "x" * 70_000]
    with django_assert_num_queries(0):
        answers = record_entries(submissions=list(map(Submission, garbage)), at=world.now)
    assert all(isinstance(one, Refusal) and isinstance(one.error, Malformed) for one in answers)


def test_attack_44_more_is_thrown_in_than_can_be_logged(world: World, settings: Settings) -> None:
    settings.INBOX_MAX = 3
    for _ in range(4):
        world.append(world.entry())
    with pytest.raises(Overloaded) as refusal:
        world.append(world.entry())
    assert (refusal.value.code, refusal.value.retry_after_s) == ("OVERLOADED", 2)
    world.sequencer().step()
    world.append(world.entry())


def test_attack_44_one_busy_party_floods_a_lot() -> None:
    """What it does in its own branch is not in anybody else's evidence, which grows by nothing."""
    world = PureWorld(version=2)
    for party in (MAKER, PHARMACY, OPERATOR):
        world.join(party)
    made = world.say(a_key(MAKER), "lot.register", creates=2)
    kept = world.say(a_key(PHARMACY), "custody.receive", consumes=(output(made),), creates=1)
    last = world.say(a_key(MAKER), "custody.ship", consumes=(output(made, 1),), creates=1)
    before = world.evidence_of_outputs(output(kept))
    for _ in range(60):
        last = world.say(a_key(MAKER), "custody.ship", consumes=(output(last),), creates=1)
    world.index()
    evidence = world.evidence_of_outputs(output(kept))
    findings = inspect(evidence)
    assert (findings.valid, findings.complete_to) == (True, world.indexed)
    assert len(evidence.items) == len(before.items) + 1  # the index
