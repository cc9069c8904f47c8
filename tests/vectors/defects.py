"""Golden evidence: good stories, and one bad file for each defect, named by it.

Each function below makes one file. What is expected of it stands in the same line of the table
at the end; ``python -m tests.vectors.build_evidence`` writes them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.cosignature import cosign
from ledger.core.encoding import b64, b64u, unb64u
from ledger.core.entry import Entry, sign
from ledger.core.envelope import Disclosure, seal
from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR, IndexLeaf, IndexRoot, key_hash
from ledger.core.keys import ORDER
from ledger.core.note import WITNESS_KEY, SignatureLine
from ledger.core.registry_acts import (
    AddKey,
    AdmitParty,
    ReinstateParty,
    RevokeKey,
    SuspendParty,
)
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Seen
from tests.vectors.trade import every_statement
from tests.vectors.world import (
    AT,
    LOT,
    MAKER,
    MORNING,
    NAMES,
    OTHER_LOT,
    PHARMACY,
    WHOLESALER,
    WITNESS,
    World,
    a_key,
    a_log_key,
    output,
    with_item,
    without_item,
)

ORDER_NUMBER = seal({"order": "PO-4711", "price": 1250}, [b"salt of an order", b"salt of a price."])


def _joined() -> World:
    """A log in which three parties have joined (indices 0 to 5)."""
    world = World()
    for party in (MAKER, WHOLESALER, PHARMACY):
        world.join(party)
    return world


MAKERS, WHOLESALERS, PHARMACYS = a_key(MAKER), a_key(WHOLESALER), a_key(PHARMACY)
SECOND, THIRD = a_key("second"), a_key("third")


def _made(world: World) -> Entry:
    return world.say(MAKERS, "lot.register", creates=1, body={"quantity": 100})


def _story() -> World:
    """Lot A1 at the indices 6, 8, 9 and 10, item by item; lot B2 at 7 and 11."""
    world = _joined()
    made = _made(world)
    world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    digests, disclosures = ORDER_NUMBER
    shipped = world.say(
        MAKERS,
        "custody.ship",
        disclosures[:1],
        consumes=(output(made),),
        creates=2,
        sealed=digests,
        body={"shipment": "S-1"},
    )
    received = world.say(
        WHOLESALERS, "custody.receive", consumes=(output(shipped),), creates=1, seen=world.seen()
    )
    world.say(WHOLESALERS, "custody.ship", consumes=(output(received),), creates=1)
    world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    return world


# The items of the story's evidence: 0 to 5 the registry, then these.
MADE, SHIPPED, RECEIVED, PASSED_ON = 6, 7, 8, 9


def _good() -> Evidence:
    return _story().evidence()


def _small() -> Evidence:
    """One party, one lot, one shipment with a sealed order number: small, for mutations.

    Witnessed before and after the shipment, with a proof that nothing is left out.
    """
    world = World()
    world.join(OPERATOR)
    world.join(MAKER)
    digests, disclosures = ORDER_NUMBER
    made = _made(world)
    world.witness(MORNING + timedelta(hours=1))
    changes: dict[str, Any] = {"seen": world.seen(), "at": MORNING + timedelta(hours=2)}
    changes |= {"consumes": (output(made),), "creates": 1, "sealed": digests}
    world.say(MAKERS, "custody.ship", disclosures[:1], **changes)
    world.index()
    world.witness(MORNING + timedelta(hours=3))
    return world.evidence()


def _about_the_registry() -> Evidence:
    return _story().evidence("registry")


def _with_a_key_revoked_later() -> Evidence:
    world = _story()
    world.revoke(MAKERS)
    return world.evidence()


def _with_a_key_revoked_by_its_party() -> Evidence:
    world = _story()
    world.revoke(MAKERS, by=MAKERS)
    return world.evidence()


def _with_a_revocation_moved_back() -> Evidence:
    """Revoked twice, the second time from further back, but after the last use of the key."""
    world = _story()
    world.revoke(MAKERS)
    world.revoke(MAKERS, since=11)
    return world.evidence()


def _with_a_mirrored_signature() -> Evidence:
    """(r, n - s) verifies too, and is what half of all browsers send."""
    world = _joined()
    world.log(_mirrored(sign(world.state("lot.register", creates=1), MAKERS)))
    return world.evidence()


def _with_nothing_disclosed() -> Evidence:
    return with_item(_good(), SHIPPED, disclosures=())


def _mirrored(text: str) -> str:
    head, _, signature = text.removesuffix("~").rpartition(".")
    raw = unb64u(signature)
    mirrored = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    return f"{head}.{b64u(mirrored)}"


# Steps 1 to 3: the checkpoint, its witnesses, its past.


def _note_without_signatures() -> Evidence:
    evidence = _good()
    return replace(evidence, checkpoint="".join(evidence.checkpoint.splitlines(keepends=True)[:3]))


def _note_by_a_stranger() -> Evidence:
    world = _story()
    world.log_key = a_log_key("a stranger")
    return world.evidence()


def _note_with_another_root() -> Evidence:
    """The tree was rebuilt over edited entries, and the old signature kept."""
    evidence = _good()
    size = evidence.checkpoint.splitlines()[1]
    lines = [World().origin, size, b64(bytes(32)), *evidence.checkpoint.splitlines()[3:]]
    return replace(evidence, checkpoint="\n".join(lines) + "\n")


def _note_of_another_log() -> Evidence:
    """The log's own key signed a checkpoint under another origin."""
    world = _story()
    text = Checkpoint("log.example/another", world.size, world.root()).text
    vkey = Vkey(world.origin, world.log_key.public)
    signature = b64(vkey.id + world.log_key.sign(text.encode()))
    note = f"{text}\n\u2014 {vkey.name} {signature}\n"
    return replace(world.evidence(), checkpoint=note)


def _signed_anew_by_another_log() -> Evidence:
    """A whole log under the same name, with entries, tree and key of somebody else."""
    world = _story()
    return replace(
        world.evidence(),
        checkpoint=sign_checkpoint(
            Checkpoint("log.example/another", world.size, world.root()), a_log_key("another")
        ),
    )


def _witnessed(*names: str, at: datetime = MORNING + timedelta(hours=3)) -> Evidence:
    world = _story()
    for name in names:
        world.witness(at, name=name)
    return world.evidence()


def _witnessed_by_two() -> Evidence:
    return _witnessed(WITNESS, "witness.example/w3", "stranger.example")


def _witnessed_by_an_impostor() -> Evidence:
    world = _story()
    world.witness(MORNING, key=a_log_key("an impostor"))
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    lines = SignatureLine.parse(world.cosigned[world.size].pop())
    world.cosigned[world.size].append(stolen.line(lines.signature))
    return world.evidence()


def _witnessed_without_a_time() -> Evidence:
    world = _story()
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    text = world.state_at(world.size).text.encode()
    world.cosigned[world.size] = [stolen.line(a_log_key(WITNESS).sign(text))]
    return world.evidence()


def _witnessed_beyond_all_time() -> Evidence:
    world = _story()
    line = cosign(world.state_at(world.size), name=WITNESS, key=a_log_key(WITNESS), at=MORNING)
    signature = b"\xff" * 8 + SignatureLine.parse(line).signature[8:]
    stolen = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    world.cosigned[world.size] = [stolen.line(signature)]
    return world.evidence()


def _history(**changes: Any) -> Evidence:
    evidence = _good()
    return replace(evidence, history=(replace(evidence.history[0], **changes),))


def _history_of_another_log() -> Evidence:
    """Somebody was shown another log when it had nine entries."""
    return _history(root=bytes(32))


def _history_with_a_broken_cosignature() -> Evidence:
    return _history(cosignatures=("\u2014 witness.example/w1 AAAA",))


# Step 4: the entries.


def _algorithm_none() -> Evidence:
    evidence = _good()
    payload = evidence.items[MADE].entry.split(".")[1]
    header = b64u(b'{"alg":"none","typ":"unbroken-entry+sd-jwt"}')
    return with_item(evidence, MADE, entry=f"{header}.{payload}.")


def _disclosure_within_the_entry() -> Evidence:
    evidence = _good()
    shipped = evidence.items[SHIPPED]
    entry = f"{shipped.entry}~{shipped.disclosures[0]}~"
    return with_item(evidence, SHIPPED, entry=entry, disclosures=())


def _entry_doubled() -> Evidence:
    evidence = _good()
    return replace(evidence, items=(*evidence.items, evidence.items[PASSED_ON]))


def _entry_logged_twice() -> Evidence:
    """The operator logged one entry again, with the mirrored signature."""
    world = _story()
    world.log(_mirrored(world.texts[6]))
    return world.evidence()


# Steps 5 to 8: log, streams, indices, inclusion.


def _meant_for_another_log() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, log="log.example/another")
    return world.evidence()


def _about_another_lot() -> Evidence:
    world = _story()
    evidence = world.evidence()
    items = (*evidence.items[:7], world.item(7), *evidence.items[7:])
    return replace(evidence, items=items)


def _index_beyond_the_checkpoint() -> Evidence:
    return with_item(_good(), PASSED_ON, index=12)


def _index_claimed_twice() -> Evidence:
    return with_item(_good(), PASSED_ON, index=9)


def _anothers_proof() -> Evidence:
    evidence = _good()
    return with_item(evidence, PASSED_ON, proof=evidence.items[RECEIVED].proof)


def _signature_mirrored_after_logging() -> Evidence:
    evidence = _good()
    return with_item(evidence, MADE, entry=_mirrored(evidence.items[MADE].entry))


def _proof_too_long() -> Evidence:
    evidence = _good()
    return with_item(evidence, MADE, proof=(*evidence.items[MADE].proof, bytes(32)))


# Steps 9 to 11: nonces, dates, and what was seen.


def _nonce_used_twice() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, nonce=bytes(16))
    world.say(MAKERS, "recall.issue", nonce=bytes(16))
    return world.evidence()


def _dated_in_the_future() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, at=AT + timedelta(minutes=5, seconds=1))
    return world.evidence()


def _dated_within_the_skew() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, at=AT + timedelta(minutes=5))
    return world.evidence()


def _saw_the_future() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, seen=Seen(7, bytes(32)))
    return world.evidence()


def _saw_another_log() -> Evidence:
    """The wholesaler was shown a log of nine entries with another past than this one."""
    world = _joined()
    made = _made(world)
    seen = Seen(world.size, bytes(32))
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1, seen=seen)
    return world.evidence()


def _what_was_seen_left_out() -> Evidence:
    return replace(_good(), history=())


def _dated_after_it_was_witnessed() -> Evidence:
    world = _joined()
    world.say(MAKERS, "lot.register", creates=1, at=MORNING + timedelta(hours=6))
    world.witness(MORNING + timedelta(hours=5))
    return world.evidence()


def _recorded_late() -> Evidence:
    """Said to be of the morning; the signer had seen what was witnessed in the evening."""
    world = _joined()
    world.witness(MORNING + timedelta(hours=10))
    world.say(MAKERS, "lot.register", creates=1, seen=world.seen())
    world.witness(MORNING + timedelta(hours=11))
    return world.evidence()


# Step 12: disclosures.


def _disclosure_of_no_form() -> Evidence:
    return with_item(_good(), SHIPPED, disclosures=(b64u(b'["salt","order"]'),))


def _disclosures_in_one() -> Evidence:
    joined = "~".join(one.text for one in ORDER_NUMBER[1])
    return with_item(_good(), SHIPPED, disclosures=(joined,))


def _disclosure_of_another_value() -> Evidence:
    other = Disclosure(b"salt of an order", "order", "PO-4712")
    return with_item(_good(), SHIPPED, disclosures=(other.text,))


def _disclosure_at_another_entry() -> Evidence:
    return with_item(_good(), RECEIVED, disclosures=(ORDER_NUMBER[1][0].text,))


def _disclosure_twice() -> Evidence:
    return with_item(_good(), SHIPPED, disclosures=(ORDER_NUMBER[1][0].text,) * 2)


def _disclosure_over_a_member() -> Evidence:
    """A sealed member has the name of an open one: which of the two was signed?"""
    world = _joined()
    digests, disclosures = seal({"quantity": 1000}, [b"sixteen bytes..."])
    body = {"quantity": 100}
    statement = world.state("lot.register", creates=1, sealed=digests, body=body)
    world.log(sign(statement, MAKERS))
    return with_item(world.evidence(), MADE, disclosures=(disclosures[0].text,))


# Step 13: the registry.


def _registry_of_another_type() -> Evidence:
    world = _story()
    world.register("registry.party.promote", {"party": MAKER})
    return world.evidence()


def _registry_makes_outputs() -> Evidence:
    world = _story()
    world.register(AdmitParty.TYPE, AdmitParty("new", {}).as_body(), creates=1)
    return world.evidence()


def _registry_body_with_a_stranger() -> Evidence:
    world = _story()
    body = {**AdmitParty("new", {}).as_body(), "admin": True}
    world.register(AdmitParty.TYPE, body)
    return world.evidence()


def _registry_key_off_the_curve() -> Evidence:
    world = _story()
    body = world.key_body(MAKER, a_key("new"))
    jwk: dict[str, Json] = {"kty": "EC", "crv": "P-256", "x": b64u(bytes(32)), "y": b64u(bytes(32))}
    world.register(AddKey.TYPE, {**body, "jwk": jwk})
    return world.evidence()


def _party_admits_a_party() -> Evidence:
    world = _story()
    world.admit("friend", by=MAKERS)
    return world.evidence()


def _party_adds_a_key() -> Evidence:
    world = _story()
    world.add_key(MAKER, a_key("new"), by=MAKERS)
    return world.evidence()


def _party_revokes_anothers_key() -> Evidence:
    world = _story()
    world.revoke(WHOLESALERS, by=MAKERS)
    return world.evidence()


def _party_revokes_backwards() -> Evidence:
    """Revoking its own key from the past would let a party deny what it signed."""
    world = _story()
    world.revoke(MAKERS, since=8, by=MAKERS)
    return world.evidence()


def _party_admitted_twice() -> Evidence:
    world = _story()
    world.admit(MAKER)
    return world.evidence()


def _key_of_nobody() -> Evidence:
    world = _story()
    world.add_key("nobody", a_key("new"))
    return world.evidence()


def _key_added_twice() -> Evidence:
    """The wholesaler's key, added to the pharmacy too."""
    world = _story()
    world.add_key(PHARMACY, WHOLESALERS)
    return world.evidence()


def _authority_as_a_party() -> Evidence:
    world = _story()
    world.add_key(MAKER, world.authority)
    return world.evidence()


def _anothers_public_key() -> Evidence:
    """A thief registers a public key that it has seen, with a proof by its own key."""
    world = _story()
    body = world.key_body(MAKER, a_key("victim"))
    thiefs = world.key_body(MAKER, a_key("thief"))
    world.register(AddKey.TYPE, {**body, "proof": thiefs["proof"]})
    return world.evidence()


def _revoked_from_the_future() -> Evidence:
    world = _story()
    world.revoke(MAKERS, since=13)
    return world.evidence()


def _revoked_twice() -> Evidence:
    world = _story()
    world.revoke(MAKERS, since=12)
    world.revoke(MAKERS)
    return world.evidence()


def _unknown_key_revoked() -> Evidence:
    world = _story()
    world.revoke(a_key("new"))
    return world.evidence()


def _registry_signed_by_another() -> Evidence:
    """The authority's name in the header, another key's signature."""
    world = _story()
    world.log(_forged(world, "registry.party.admit", world.authority.kid, stream="registry"))
    return world.evidence()


def _forged(world: World, kind: str, kid: str, **changes: Any) -> str:
    body = AdmitParty("new", {}).as_body()
    return sign(world.state(kind, body=body, **changes), _Impostor(kid))


@dataclass
class _Impostor:
    kid: str

    def sign(self, message: bytes) -> bytes:
        return a_key("impostor").sign(message)


def _party_suspends_a_party() -> Evidence:
    world = _story()
    world.suspend(WHOLESALER, by=MAKERS)
    return world.evidence()


def _nobody_suspended() -> Evidence:
    world = _story()
    world.suspend("nobody")
    return world.evidence()


def _suspended_twice() -> Evidence:
    world = _story()
    world.suspend(MAKER)
    world.suspend(MAKER)
    return world.evidence()


def _reinstated_without_need() -> Evidence:
    world = _story()
    world.reinstate(MAKER)
    return world.evidence()


def _rotated_by_another() -> Evidence:
    """The maker has a second key; each key is rotated by itself only."""
    world = _story()
    world.add_key(MAKER, SECOND)
    world.rotate(MAKER, MAKERS, THIRD, by=SECOND)
    return world.evidence()


def _rotated_to_a_known_key() -> Evidence:
    world = _story()
    world.rotate(MAKER, MAKERS, WHOLESALERS)
    return world.evidence()


def _revoked_with_a_foreign_approval() -> Evidence:
    """A party needs nobody's approval, and takes none."""
    world = _story()
    body = RevokeKey(MAKERS.kid, "lost").as_body()
    approved = world.approved(RevokeKey.TYPE, body, world.authority, by=MAKERS)
    world.register(RevokeKey.TYPE, approved, by=MAKERS)
    return world.evidence()


def _three_authorities(*approvers: PrivateKey) -> World:
    """Every entry of the registry but the last is agreed by two of three authorities."""
    world = World()
    for party in (MAKER, WHOLESALER):
        act = AdmitParty(party, {"name": NAMES[party], "country": "CH"})
        world.register(act.TYPE, world.approved(act.TYPE, act.as_body(), a_key("second authority")))
        body = world.key_body(party, a_key(party))
        world.register(AddKey.TYPE, world.approved(AddKey.TYPE, body, a_key("third authority")))
    _made(world)
    body = SuspendParty(WHOLESALER, "Licence withdrawn").as_body()
    world.register(SuspendParty.TYPE, world.approved(SuspendParty.TYPE, body, *approvers))
    return world


def _agreed_by_two() -> Evidence:
    return _three_authorities(a_key("third authority")).evidence()


def _agreed_by_all() -> Evidence:
    world = _three_authorities(a_key("third authority"), a_key("second authority"))
    return world.evidence()


def _agreed_by_one() -> Evidence:
    return _three_authorities().evidence()


def _approved_by_itself() -> Evidence:
    return _three_authorities(World().authority).evidence()


def _approved_by_a_stranger() -> Evidence:
    return _three_authorities(a_key("stranger")).evidence()


def _approval_of_another_act() -> Evidence:
    """The second authority approved of an admission, and not of this suspension."""
    world = _three_authorities(a_key("third authority"))
    body = ReinstateParty(WHOLESALER).as_body()
    other = world.approved(SuspendParty.TYPE, body, a_key("second authority"))
    world.register(ReinstateParty.TYPE, {**body, "approvals": other["approvals"]})
    return world.evidence()


# Step 14: signers.


def _signer_suspended() -> Evidence:
    world = _joined()
    world.suspend(MAKER)
    _made(world)
    return world.evidence()


def _signer_reinstated() -> Evidence:
    world = _story()
    world.suspend(MAKER)
    world.reinstate(MAKER)
    world.say(MAKERS, "lot.note")
    return world.evidence()


def _signer_rotated_before() -> Evidence:
    world = _joined()
    world.rotate(MAKER, MAKERS, SECOND)
    _made(world)
    return world.evidence()


def _signer_rotated() -> Evidence:
    """The old key signed the lot, the new one its dispatch."""
    world = _joined()
    made = _made(world)
    world.rotate(MAKER, MAKERS, SECOND)
    world.say(SECOND, "custody.ship", consumes=(output(made),), creates=1)
    return world.evidence()


def _registry_type_in_the_lot() -> Evidence:
    world = _story()
    world.say(world.authority, AdmitParty.TYPE, body=AdmitParty("new", {}).as_body())
    return world.evidence()


def _lot_type_in_the_registry() -> Evidence:
    world = _story()
    world.say(MAKERS, "lot.register", stream="registry")
    return world.evidence()


def _signer_never_registered() -> Evidence:
    world = _joined()
    world.say(a_key("stranger"), "lot.register", creates=1)
    return world.evidence()


def _registration_left_out() -> Evidence:
    return without_item(_good(), 3)  # the wholesaler's key; it signed the last two


def _signer_registered_later() -> Evidence:
    world = World()
    world.admit(MAKER)
    made = _made(world)
    world.add_key(MAKER, MAKERS)
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1)
    return world.evidence()


def _signer_revoked_before() -> Evidence:
    world = _joined()
    world.revoke(MAKERS)
    _made(world)
    return world.evidence()


def _authority_makes_a_lot() -> Evidence:
    world = _joined()
    world.say(world.authority, "lot.register", creates=1)
    return world.evidence()


def _signed_by_another() -> Evidence:
    world = _joined()
    world.log(_forged(world, "lot.register", MAKERS.kid))
    return world.evidence()


def _edited_and_logged_anew() -> Evidence:
    """The operator edited a payload, kept the signature, rebuilt the tree and signed it."""
    world = _story()
    header, payload, signature = world.texts[6].removesuffix("~").split(".")
    edited = unb64u(payload).replace(b'"quantity":100', b'"quantity":900')
    world.texts[6] = f"{header}.{b64u(edited)}.{signature}"
    return world.evidence()


# Step 15: links.


def _parent_left_out() -> Evidence:
    return without_item(_good(), SHIPPED)


def _parent_logged_after_child() -> Evidence:
    world = _joined()
    made = sign(world.state("lot.register", creates=1), MAKERS)
    parent = output(Entry.parse(made))
    world.say(MAKERS, "custody.ship", consumes=(parent,), creates=1, nonce=bytes(16))
    world.log(made)
    return world.evidence()


def _output_that_was_not_made() -> Evidence:
    world = _joined()
    world.say(MAKERS, "custody.ship", consumes=(output(_made(world), 1),), creates=1)
    return world.evidence()


def _output_of_another_lot() -> Evidence:
    world = _joined()
    made = world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)
    world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1)
    evidence = world.evidence()
    items = (*evidence.items[:6], world.item(6), *evidence.items[6:])
    return replace(evidence, items=items)


def _same_stock_to_two() -> Evidence:
    world = _joined()
    made = _made(world)
    for to in (WHOLESALER, PHARMACY):
        world.say(MAKERS, "custody.ship", consumes=(output(made),), creates=1, body={"to": to})
    return world.evidence()


# Step 16: suspects.


def _stolen(since: int = 10) -> World:
    """The wholesaler's key, which signed the entry at index 10, was stolen since `since`."""
    world = _story()
    world.revoke(WHOLESALERS, since=since)
    return world


def _suspect() -> Evidence:
    return _stolen().evidence()


def _suspect_in_both_hands() -> Evidence:
    """One thief, two keys: the receipt of a suspect vouches for nothing."""
    world = _stolen(since=9)
    world.revoke(MAKERS, since=8)
    return world.evidence()


def _received_too_late() -> Evidence:
    """The receipt came when all could know that the dispatch is suspect."""
    world = _stolen()
    passed_on = Entry.parse(world.texts[10])
    world.say(PHARMACYS, "custody.receive", consumes=(output(passed_on),), creates=1)
    return world.evidence()


def _received_in_time() -> Evidence:
    """The dispatch was received before anybody said that its key was stolen."""
    world = _story()
    passed_on = Entry.parse(world.texts[10])
    world.say(PHARMACYS, "custody.receive", consumes=(output(passed_on),), creates=1)
    world.revoke(WHOLESALERS, since=10)
    return world.evidence()


def _used_by_its_own_party() -> Evidence:
    """The party's other key went on from it, before the theft was told: it vouches for nothing."""
    world = _story()
    world.add_key(WHOLESALER, SECOND)
    passed_on = Entry.parse(world.texts[10])
    world.say(SECOND, "custody.void", consumes=(output(passed_on),), creates=1)
    world.revoke(WHOLESALERS, since=10)
    return world.evidence()


def _affirmed() -> Evidence:
    world = _stolen()
    world.add_key(WHOLESALER, SECOND)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    return world.evidence()


def _affirmed_by_the_thief() -> Evidence:
    """The thief had the party's second key too, and stood by what he had signed."""
    world = _story()
    world.add_key(WHOLESALER, SECOND)
    world.revoke(WHOLESALERS, since=10)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    world.revoke(SECOND, since=13)
    return world.evidence()


def _signed_by_a_fallen_key() -> Evidence:
    """A key that a suspect rotation brought in is revoked together with the one it came from."""
    world = _story()
    world.rotate(WHOLESALER, WHOLESALERS, SECOND)
    world.revoke(WHOLESALERS, since=11)
    world.say(SECOND, "custody.note")
    return world.evidence()


def _suspect_by_a_fallen_key() -> Evidence:
    world = _story()
    world.rotate(WHOLESALER, WHOLESALERS, SECOND)
    world.say(SECOND, "custody.note")
    world.revoke(WHOLESALERS, since=11)
    return world.evidence()


def _affirmed_without_need() -> Evidence:
    world = _story()
    world.revoke(WHOLESALERS)
    world.add_key(WHOLESALER, SECOND)
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=SECOND)
    return world.evidence()


def _affirmed_by_another_party() -> Evidence:
    world = _stolen()
    world.affirm(WHOLESALERS, Entry.parse(world.texts[10]), by=MAKERS)
    return world.evidence()


# Steps 17 and 18: the subject, and all about it.


def _another_subject() -> Evidence:
    evidence = _good()
    return replace(evidence, subject=OTHER_LOT, items=evidence.items[:6])


def _no_items() -> Evidence:
    return replace(_good(), items=())


def _indexed(world: World | None = None) -> World:
    """A story with an index over all of it (index 15), among three parties and the operator."""
    world = world or _story()
    world.join(OPERATOR)
    world.index()
    return world


def _complete() -> Evidence:
    return _indexed().evidence()


def _complete_of_nothing() -> Evidence:
    """No lot of this name was ever registered, and the index says so."""
    return _indexed().evidence("lot:09506000134352/NEVER")


def _recalled_after_the_index() -> Evidence:
    world = _indexed()
    world.say(MAKERS, "recall.issue")
    return world.evidence()


def _recall_left_out() -> Evidence:
    """The lot was recalled before the index was made, and the operator does not show it."""
    world = _story()
    world.say(MAKERS, "recall.issue")
    evidence = _indexed(world).evidence()
    recall = next(n for n, item in enumerate(evidence.items) if item.index == 12)
    return without_item(evidence, recall)


def _revocation_left_out() -> Evidence:
    world = _story()
    world.revoke(WHOLESALERS)
    evidence = _indexed(world).evidence()
    revocation = next(n for n, item in enumerate(evidence.items) if item.index == 12)
    return without_item(evidence, revocation)


def _index_of_other_entries() -> Evidence:
    """As many entries as the index counts, but one of them is not the one that it chains."""
    world = _story()
    world.lies[LOT] = IndexLeaf(key_hash(LOT), 4, 10, bytes(32))
    return _indexed(world).evidence()


def _index_key_not_shown() -> Evidence:
    """The lot's own leaf is not shown: nothing is proven of it."""
    evidence = _complete()
    return replace(evidence, index=tuple(one for one in evidence.index if one.key != LOT))


def _index_leaf_of_another_key() -> Evidence:
    """The maker's leaf, shown as the lot's."""
    evidence = _complete()
    (makers,) = (one for one in evidence.index if one.key == f"party:{MAKER}")
    others = tuple(one for one in evidence.index if one.key != LOT)
    return replace(evidence, index=(*others, replace(makers, key=LOT)))


def _index_leaf_with_another_proof() -> Evidence:
    evidence = _complete()
    first, *rest = evidence.index
    placed = replace(first.leaves[0], proof=first.leaves[0].proof[::-1])
    return replace(evidence, index=(replace(first, leaves=(placed,)), *rest))


def _index_with(**changes: Any) -> Evidence:
    world = _story()
    world.join(OPERATOR)
    body = IndexRoot(world.size, 1, bytes(32)).as_body()
    world.say(a_key(OPERATOR), "index.root", stream="index", body={**body, **changes})
    world.indexed = world.size - 1
    return replace(world.evidence(), index=())


def _index_without_a_root() -> Evidence:
    return _index_with(root="none")


def _index_over_the_future() -> Evidence:
    return _index_with(size=99)


def _index_by_a_party() -> Evidence:
    world = _story()
    body = IndexRoot(world.size, 1, bytes(32)).as_body()
    world.say(MAKERS, "index.root", stream="index", body=body)
    world.indexed = world.size - 1
    return replace(world.evidence(), index=())


def _operator_ships() -> Evidence:
    """The operator may sign the index, and not a word about a lot."""
    world = _joined()
    world.join(OPERATOR)
    world.say(a_key(OPERATOR), "lot.register", creates=1)
    return world.evidence()


@dataclass(frozen=True)
class Vector:
    """How to make a file, and the codes of errors and warnings that verification must find."""

    make: Callable[[], Evidence]
    codes: frozenset[str] = frozenset()
    policy: str = "policy"
    complete: bool = False
    """Whether the index proves that nothing was left out; otherwise that is always a finding."""

    @property
    def found(self) -> frozenset[str]:
        """All codes."""
        return self.codes if self.complete else self.codes | {"COMPLETENESS_NOT_PROVEN"}


def _bad(
    make: Callable[[], Evidence], *codes: str, policy: str = "policy", complete: bool = False
) -> Vector:
    return Vector(make, frozenset(codes), policy, complete)


_LOST = "PARENT_NOT_PROVEN"
VECTORS: Mapping[str, Vector] = {
    "good": Vector(_good),
    "good-small": Vector(_small, policy="policy-witness", complete=True),
    "good-witnessed": Vector(_witnessed_by_two, policy="policy-two-of-three"),
    "good-recorded-late": Vector(
        _recorded_late, frozenset({"RECORDED_LATE"}), policy="policy-witness"
    ),
    "good-complete": Vector(_complete, complete=True),
    "good-every-statement": Vector(every_statement, complete=True),
    "good-recalled-after-the-index": Vector(_recalled_after_the_index, complete=True),
    "good-about-the-registry": Vector(_about_the_registry),
    "good-key-revoked-later": Vector(_with_a_key_revoked_later),
    "good-key-revoked-by-its-party": Vector(_with_a_key_revoked_by_its_party),
    "good-revocation-moved-back": Vector(_with_a_revocation_moved_back),
    "good-party-reinstated": Vector(_signer_reinstated),
    "good-key-rotated": Vector(_signer_rotated),
    "good-suspect-affirmed": Vector(_affirmed),
    "good-suspect-received-in-time": Vector(_received_in_time),
    "good-two-of-three-authorities": Vector(_agreed_by_two, policy="policy-authorities"),
    "good-three-of-three-authorities": Vector(_agreed_by_all, policy="policy-authorities"),
    "good-mirrored-signature": Vector(_with_a_mirrored_signature),
    "good-nothing-disclosed": Vector(_with_nothing_disclosed),
    "good-dated-within-the-skew": Vector(_dated_within_the_skew),
    "checkpoint-without-signatures": _bad(_note_without_signatures, "CHECKPOINT_MALFORMED"),
    "checkpoint-by-a-stranger": _bad(_note_by_a_stranger, "CHECKPOINT_NOT_SIGNED"),
    "checkpoint-with-another-root": _bad(_note_with_another_root, "CHECKPOINT_SIGNATURE_BAD"),
    "checkpoint-of-another-origin": _bad(_note_of_another_log, "CHECKPOINT_OTHER_LOG"),
    "checkpoint-by-another-log": _bad(_signed_anew_by_another_log, "CHECKPOINT_NOT_SIGNED"),
    "witnesses-too-few": _bad(
        lambda: _witnessed(WITNESS), "WITNESS_QUORUM_NOT_MET", policy="policy-two-of-three"
    ),
    "witnesses-one-twice": _bad(
        lambda: _witnessed(WITNESS, WITNESS),
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-two-of-three",
    ),
    "witnesses-an-impostor": _bad(
        _witnessed_by_an_impostor,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-without-a-time": _bad(
        _witnessed_without_a_time,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-beyond-all-time": _bad(
        _witnessed_beyond_all_time,
        "COSIGNATURE_BAD",
        "WITNESS_QUORUM_NOT_MET",
        policy="policy-witness",
    ),
    "witnesses-long-ago": _bad(
        lambda: _witnessed(WITNESS), "CHECKPOINT_OLD", policy="policy-recent"
    ),
    "history-of-another-log": _bad(
        _history_of_another_log, "HISTORY_CONTRADICTED", "SEEN_NOT_PROVEN", _LOST
    ),
    "history-with-a-broken-cosignature": _bad(
        _history_with_a_broken_cosignature, "COSIGNATURE_BAD"
    ),
    "entry-algorithm-none": _bad(_algorithm_none, "ENTRY_MALFORMED", "PARENT_MISSING", _LOST),
    "entry-holds-a-disclosure": _bad(
        _disclosure_within_the_entry, "ENTRY_MALFORMED", "PARENT_MISSING", _LOST
    ),
    "entry-doubled": _bad(_entry_doubled, "ENTRY_REPEATED"),
    "entry-logged-twice": _bad(_entry_logged_twice, "ENTRY_REPEATED", _LOST),
    "entry-meant-for-another-log": _bad(_meant_for_another_log, "LOG_MISMATCH"),
    "entry-about-another-lot": _bad(_about_another_lot, "STREAM_FOREIGN"),
    "index-beyond-the-checkpoint": _bad(
        _index_beyond_the_checkpoint, "INDEX_OUTSIDE_LOG", "INCLUSION_NOT_PROVEN"
    ),
    "index-claimed-twice": _bad(
        _index_claimed_twice, "INDEX_REPEATED", "INCLUSION_NOT_PROVEN", "PARENT_NOT_BEFORE", _LOST
    ),
    "proof-of-another-entry": _bad(_anothers_proof, "INCLUSION_NOT_PROVEN"),
    "proof-too-long": _bad(_proof_too_long, "INCLUSION_NOT_PROVEN", _LOST),
    "signature-mirrored-after-logging": _bad(
        _signature_mirrored_after_logging, "INCLUSION_NOT_PROVEN", _LOST
    ),
    "nonce-used-twice": _bad(_nonce_used_twice, "NONCE_REUSED"),
    "entry-dated-in-the-future": _bad(_dated_in_the_future, "CLOCK_AHEAD"),
    "entry-saw-the-future": _bad(_saw_the_future, "SEEN_AHEAD"),
    "entry-saw-another-log": _bad(_saw_another_log, "SEEN_CONTRADICTED"),
    "entry-saw-what-is-not-shown": _bad(_what_was_seen_left_out, "SEEN_NOT_PROVEN", _LOST),
    "entry-dated-after-it-was-witnessed": _bad(
        _dated_after_it_was_witnessed, "DATED_AFTER_LOGGED", policy="policy-witness"
    ),
    "disclosure-of-no-form": _bad(_disclosure_of_no_form, "DISCLOSURE_MALFORMED", _LOST),
    "disclosures-in-one": _bad(_disclosures_in_one, "DISCLOSURE_MALFORMED", _LOST),
    "disclosure-of-another-value": _bad(
        _disclosure_of_another_value, "DISCLOSURE_UNMATCHED", _LOST
    ),
    "disclosure-at-another-entry": _bad(
        _disclosure_at_another_entry, "DISCLOSURE_UNMATCHED", _LOST
    ),
    "disclosure-twice": _bad(_disclosure_twice, "DISCLOSURE_REPEATED", _LOST),
    "disclosure-over-a-member": _bad(_disclosure_over_a_member, "DISCLOSURE_CLASHES"),
    "registry-type-unknown": _bad(_registry_of_another_type, "REGISTRY_TYPE_UNKNOWN"),
    "registry-makes-outputs": _bad(_registry_makes_outputs, "REGISTRY_LINKS"),
    "registry-body-with-a-stranger": _bad(_registry_body_with_a_stranger, "REGISTRY_BODY"),
    "registry-key-off-the-curve": _bad(_registry_key_off_the_curve, "REGISTRY_BODY"),
    "registry-party-admits-a-party": _bad(_party_admits_a_party, "NOT_PERMITTED"),
    "registry-party-adds-a-key": _bad(_party_adds_a_key, "NOT_PERMITTED"),
    "registry-party-revokes-anothers-key": _bad(_party_revokes_anothers_key, "NOT_PERMITTED"),
    "registry-party-revokes-backwards": _bad(_party_revokes_backwards, "NOT_PERMITTED"),
    "registry-party-admitted-twice": _bad(_party_admitted_twice, "PARTY_KNOWN"),
    "registry-key-of-nobody": _bad(_key_of_nobody, "PARTY_UNKNOWN"),
    "registry-key-added-twice": _bad(_key_added_twice, "KEY_KNOWN"),
    "registry-authority-as-a-party": _bad(_authority_as_a_party, "KEY_OF_AUTHORITY"),
    "registry-public-key-of-another": _bad(_anothers_public_key, "POSSESSION_NOT_PROVEN"),
    "registry-revoked-from-the-future": _bad(_revoked_from_the_future, "REVOCATION_AHEAD"),
    "registry-revoked-twice": _bad(_revoked_twice, "KEY_ALREADY_REVOKED"),
    "registry-revoked-unknown-key": _bad(_unknown_key_revoked, "KEY_UNKNOWN"),
    "registry-party-suspends-a-party": _bad(_party_suspends_a_party, "NOT_PERMITTED"),
    "registry-nobody-suspended": _bad(_nobody_suspended, "PARTY_UNKNOWN"),
    "registry-party-suspended-twice": _bad(_suspended_twice, "PARTY_ALREADY_SUSPENDED"),
    "registry-party-not-suspended": _bad(_reinstated_without_need, "PARTY_NOT_SUSPENDED"),
    "registry-key-rotated-by-another": _bad(_rotated_by_another, "NOT_PERMITTED"),
    "registry-key-rotated-to-a-known-one": _bad(_rotated_to_a_known_key, "KEY_KNOWN"),
    "registry-affirmed-by-another-party": _bad(
        _affirmed_by_another_party, "NOT_PERMITTED", "ENTRY_SUSPECT"
    ),
    "registry-affirmed-without-need": _bad(_affirmed_without_need, "KEY_NOT_SUSPECT"),
    "registry-agreed-by-one-of-three": _bad(
        _agreed_by_one, "AUTHORITY_QUORUM_NOT_MET", policy="policy-authorities"
    ),
    "registry-approved-by-itself": _bad(
        _approved_by_itself, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approved-by-a-stranger": _bad(
        _approved_by_a_stranger, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approval-of-another-act": _bad(
        _approval_of_another_act, "APPROVAL_BAD", policy="policy-authorities"
    ),
    "registry-approval-of-a-partys-act": _bad(_revoked_with_a_foreign_approval, "APPROVAL_BAD"),
    "registry-signed-by-another": _bad(_registry_signed_by_another, "SIGNATURE_BAD"),
    "stream-with-a-registry-type": _bad(_registry_type_in_the_lot, "STREAM_WRONG"),
    "stream-registry-with-a-lot-type": _bad(_lot_type_in_the_registry, "STREAM_WRONG"),
    "signer-never-registered": _bad(_signer_never_registered, "KEY_UNKNOWN"),
    "signer-registration-left-out": _bad(_registration_left_out, "KEY_UNKNOWN", _LOST),
    "signer-registered-later": _bad(_signer_registered_later, "KEY_NOT_YET_VALID", _LOST),
    "signer-revoked-before": _bad(_signer_revoked_before, "KEY_REVOKED"),
    "signer-rotated-before": _bad(_signer_rotated_before, "KEY_REVOKED"),
    "signer-suspended": _bad(_signer_suspended, "PARTY_SUSPENDED"),
    "signer-brought-in-by-a-thief": _bad(_signed_by_a_fallen_key, "KEY_REVOKED"),
    "signer-is-the-authority": _bad(_authority_makes_a_lot, "KEY_OF_AUTHORITY"),
    "signer-is-another": _bad(_signed_by_another, "SIGNATURE_BAD"),
    "signer-of-an-edited-entry": _bad(
        _edited_and_logged_anew, "SIGNATURE_BAD", "SEEN_CONTRADICTED", "PARENT_MISSING", _LOST
    ),
    "parent-left-out": _bad(_parent_left_out, "PARENT_MISSING", _LOST),
    "parent-logged-after-child": _bad(_parent_logged_after_child, "PARENT_NOT_BEFORE"),
    "output-not-made": _bad(_output_that_was_not_made, "OUTPUT_UNKNOWN"),
    "output-of-another-lot": _bad(
        _output_of_another_lot, "OUTPUT_OTHER_STREAM", "STREAM_FOREIGN", _LOST
    ),
    "output-used-twice": _bad(_same_stock_to_two, "OUTPUT_USED"),
    "entry-suspect": _bad(_suspect, "ENTRY_SUSPECT"),
    "entry-suspect-in-both-hands": _bad(_suspect_in_both_hands, "ENTRY_SUSPECT"),
    "entry-suspect-used-by-its-own-party": _bad(_used_by_its_own_party, "ENTRY_SUSPECT"),
    "entry-suspect-received-too-late": _bad(_received_too_late, "ENTRY_SUSPECT"),
    "entry-suspect-affirmed-by-the-thief": _bad(_affirmed_by_the_thief, "ENTRY_SUSPECT"),
    "entry-suspect-by-a-key-of-the-thief": _bad(_suspect_by_a_fallen_key, "ENTRY_SUSPECT"),
    "subject-is-another": _bad(_another_subject, "NOTHING_ABOUT_SUBJECT"),
    "subject-without-items": _bad(_no_items, "NOTHING_ABOUT_SUBJECT"),
    "subject-never-registered": _bad(_complete_of_nothing, "NOTHING_ABOUT_SUBJECT", complete=True),
    "signer-is-the-operator": _bad(_operator_ships, "NOT_PERMITTED"),
    "index-recall-left-out": _bad(_recall_left_out, "ENTRIES_LEFT_OUT", complete=True),
    "index-revocation-left-out": _bad(_revocation_left_out, "ENTRIES_LEFT_OUT", complete=True),
    "index-of-other-entries": _bad(_index_of_other_entries, "INDEX_CONTRADICTED", complete=True),
    "index-key-not-shown": _bad(_index_key_not_shown),
    "index-leaf-of-another-key": _bad(
        _index_leaf_of_another_key, "INDEX_NOT_PROVEN", complete=True
    ),
    "index-leaf-with-another-proof": _bad(
        _index_leaf_with_another_proof, "INDEX_NOT_PROVEN", complete=True
    ),
    "index-without-a-root": _bad(_index_without_a_root, "INDEX_MALFORMED"),
    "index-over-the-future": _bad(_index_over_the_future, "INDEX_MALFORMED"),
    "index-by-a-party": _bad(_index_by_a_party, "NOT_PERMITTED"),
}
