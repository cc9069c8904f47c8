"""Evidence out of a copy: what a verifier says of it is what he says of the house's own."""

from pathlib import Path

import pytest

from ledger.core.countersignatures import Countersignature, countersigned_message
from ledger.core.entry import Entry
from ledger.core.errors import Refused
from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR, IndexLeaf, key_hash
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import Findings, verify
from ledger.folder_store import FolderStore
from ledger.mirror import __main__ as program
from ledger.mirror.checked_tiles import Contradiction
from ledger.mirror.following import Mirror
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger.mirror.a_log import Log
from tests.vectors.world import AT, LOT, MAKER, OTHER_LOT, PHARMACY, World, a_key, output


def entry_bytes(text: str) -> bytes:
    return text.partition("~")[0].encode()


def told(version: int = 1) -> World:
    """A story: three parties, two lots, an index, and something after it."""
    world = World(version=version)
    world.join(OPERATOR)
    maker = world.join(MAKER)
    world.join(PHARMACY)
    world.say(maker, "thing.made", creates=1, seen=world.seen())
    world.say(a_key(PHARMACY), "thing.made", stream=OTHER_LOT)
    world.say(maker, "thing.said", seen=world.seen())
    world.index()
    world.say(maker, "thing.said", seen=world.seen())
    return world


@pytest.fixture
def world() -> World:
    return told()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def copied(world: World, folder: Path, *, hashes_only: bool = False) -> Mirror:
    """A mirror of this world's log."""
    log = Log([entry_bytes(text) for text in world.texts], world.log_key, world.origin)
    mirror = Mirror(FolderStore(folder), log.vkey, EcdsaSignatures(), hashes_only=hashes_only)
    mirror.follow(log.get)
    return mirror


def check(world: World, evidence: Evidence) -> Findings:
    return verify(Evidence.parse(evidence.as_bytes()), world.policy, AT, OPENSSL)


@pytest.mark.parametrize("subject", [LOT, OTHER_LOT, "registry"])
@pytest.mark.parametrize("version", [1, 2])
def test_the_verifier_says_of_it_what_he_says_of_the_houses_own(
    version: int, folder: Path, subject: str
) -> None:
    world = told(version)
    ours, theirs = copied(world, folder).evidence(subject), world.evidence(subject)
    found, expected = check(world, ours), check(world, theirs)
    assert ours.version == theirs.version == version
    assert found.valid
    assert list(found) == list(expected)
    assert [(fact.index, fact.entry.entry_id) for fact in found.facts] == [
        (fact.index, fact.entry.entry_id) for fact in expected.facts
    ]
    assert found.complete_to == expected.complete_to


def traded(version: int = 2) -> tuple[World, OutputRef]:
    """A lot whose two outputs go two ways; the first way's end."""
    world = World(version=version)
    world.join(OPERATOR)
    maker = world.join(MAKER)
    made = world.say(maker, "thing.made", creates=2)
    ends = [world.say(maker, "thing.moved", consumes=(output(made, n),), creates=1) for n in (0, 1)]
    world.say(maker, "thing.said")
    world.index()
    return world, output(ends[0])


def test_about_an_output_it_has_what_concerns_it_and_no_more(folder: Path) -> None:
    world, end = traded()
    ours, theirs = copied(world, folder).evidence(LOT, [end]), world.evidence_of_outputs(end)
    assert ours.outputs == (end,)
    assert ours.within == theirs.within
    found = check(world, ours)
    assert (found.valid, found.complete_to) == (True, 8)
    assert [fact.index for fact in found.facts] == [4, 5, 7]


def test_about_an_output_an_index_of_version_1_proves_nothing(folder: Path) -> None:
    world, end = traded(version=1)
    evidence = copied(world, folder).evidence(LOT, [end])
    found = check(world, evidence)
    assert (evidence.version, found.valid, found.complete_to) == (2, True, None)


def test_it_is_complete_to_where_the_index_reaches(world: World, folder: Path) -> None:
    found = check(world, copied(world, folder).evidence(LOT))
    assert found.complete_to == 9
    assert [fact.index for fact in found.facts] == [6, 8, 10]


def test_of_the_registry_it_has_what_is_about_the_signers_and_no_more(
    world: World, folder: Path
) -> None:
    evidence = copied(world, folder).evidence(LOT)
    about_pharmacy = {4, 5}
    assert not about_pharmacy & {item.index for item in evidence.items}
    assert {one.key for one in evidence.index} == {
        LOT,
        f"kid:{a_key(MAKER).kid}",
        f"party:{MAKER}",
        f"kid:{a_key(OPERATOR).kid}",
        f"party:{OPERATOR}",
    }


def test_a_revocation_comes_with_it(world: World, folder: Path) -> None:
    world.revoke(a_key(MAKER), since=0)
    ours = check(world, copied(world, folder).evidence(LOT))
    theirs = check(world, world.evidence(LOT))
    assert {one.code for one in ours} == {one.code for one in theirs}
    assert "ENTRY_SUSPECT" in ours.codes


def test_whoever_countersigned_comes_with_it(folder: Path) -> None:
    world, device, digest = told(), f"{MAKER}:device", "ab" * 32
    key = world.join(device)
    message = countersigned_message(log=world.origin, party=device, kid=key.kid, digest=digest)
    word = Countersignature(key.kid, device, digest, key.sign(message))
    body = {"countersigned": [word.as_json()]}
    world.say(a_key(MAKER), "thing.said", body=body, seen=world.seen())
    world.index()
    found = check(world, copied(world, folder).evidence(LOT))
    assert found.valid
    assert found.complete_to == world.size - 1


def test_an_affirmation_comes_with_what_it_affirms(world: World, folder: Path) -> None:
    world.revoke(a_key(MAKER), since=0)
    world.add_key(MAKER, a_key("second"))
    entries = [Entry.parse(text) for text in world.texts]
    by_maker = [one for one in entries if one.envelope.kid == a_key(MAKER).kid]
    for _ in range(2):
        world.affirm(a_key(MAKER), *by_maker, by=a_key("second"))
    evidence = copied(world, folder).evidence(LOT)
    assert "ENTRY_SUSPECT" not in check(world, evidence).codes
    assert [item.index for item in evidence.items][-1] == world.size - 2


def test_without_an_index_completeness_is_not_proven(folder: Path) -> None:
    world = World()
    world.say(world.join(MAKER), "thing.made", creates=1)
    found = check(world, copied(world, folder).evidence(LOT))
    assert found.valid
    assert [one.code for one in found] == ["COMPLETENESS_NOT_PROVEN"]


def test_a_lying_index_is_caught(folder: Path) -> None:
    world = World()
    world.join(OPERATOR)
    world.say(world.join(MAKER), "thing.made", creates=1)
    world.lies = {LOT: IndexLeaf(key_hash(LOT), 2, 4, b"\1" * 32)}
    world.index()
    with pytest.raises(Contradiction) as caught:
        copied(world, folder).evidence(LOT)
    assert caught.value.code == "INDEX_DIFFERS"


def test_what_is_no_entry_is_passed_over(world: World, folder: Path) -> None:
    log = Log([entry_bytes(text) for text in world.texts], world.log_key, world.origin)
    log.entries += [b"no entry", b"\xff.\xff.\xff"]
    mirror = Mirror(FolderStore(folder), log.vkey, EcdsaSignatures())
    mirror.follow(log.get)
    assert check(world, mirror.evidence(LOT)).valid


def refusal(mirror: Mirror, subject: str) -> str:
    with pytest.raises(Refused) as refused:
        mirror.evidence(subject)
    return refused.value.code


def test_what_can_not_be_shown_is_said(world: World, folder: Path, tmp_path: Path) -> None:
    assert refusal(copied(world, folder), "lot:09506000134352/NONE") == "NOTHING_LOGGED"
    hashes = copied(world, tmp_path / "hashes", hashes_only=True)
    assert refusal(hashes, LOT) == "ENTRIES_NOT_HELD"
    log = Log(key=world.log_key, origin=world.origin)
    nothing = Mirror(FolderStore(tmp_path / "none"), log.vkey, EcdsaSignatures())
    assert refusal(nothing, LOT) == "NOTHING_HELD"


def test_the_program_writes_it_into_a_file(world: World, folder: Path, tmp_path: Path) -> None:
    copied(world, folder)
    out = tmp_path / "evidence.json"
    vkey = Log(key=world.log_key, origin=world.origin).vkey
    asked = ["--log", str(vkey), "--folder", str(folder), "--evidence", LOT, "--out", str(out)]
    assert program.main(asked) == 0
    made = output(Entry.parse(world.texts[6]))
    assert Evidence.parse(out.read_bytes()).outputs == ()
    assert program.main([*asked, "--output", str(made)]) == 0
    assert Evidence.parse(out.read_bytes()).outputs == (made,)
    assert verify(Evidence.parse(out.read_bytes()), world.policy, AT, OPENSSL).valid
