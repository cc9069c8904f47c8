"""What may be appended, what is refused, and what two connections may do at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from ledger import proofs
from ledger.appending import Overloaded, open_stream
from ledger.core.encoding import b64u
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import Conflict, LedgerError, Refused
from ledger.core.keys import ORDER
from ledger.core.links import OutputRef
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.registry_acts import AdmitParty, RevokeKey
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Seen
from ledger.models import Attachment, Inbox, Key, OutputUse, Party, Stream
from ledger.models import Entry as Row
from tests.ledger.world import LOT, MAKER, NOON, World, a_file, ids


def refusal(world: World, *entries: Entry) -> LedgerError:
    """How the last of these entries is refused; nothing is stored."""
    rows = Row.objects.count()
    with pytest.raises(LedgerError) as refused, transaction.atomic():
        world.append(*entries)
    assert Row.objects.count() == rows
    return refused.value


def resigned(entry: Entry) -> Entry:
    """The same statement with the other signature that ECDSA allows: (r, n - s)."""
    r, s = entry.envelope.signature[:32], int.from_bytes(entry.envelope.signature[32:])
    head = entry.envelope.signing_input.decode()
    return Entry.parse(f"{head}.{b64u(r + (ORDER - s).to_bytes(32))}")


def test_an_entry_is_stored_as_it_came_in_and_waits_in_the_inbox(world: World) -> None:
    entry = world.entry()
    world.append(entry)
    row = Row.objects.get(stream_id=stream_id(LOT))
    assert bytes(row.jws).decode() == entry.envelope.jws
    assert (row.entry_id, row.number, row.party) == (entry.entry_id, 0, MAKER)
    assert (row.at, row.accepted_at) == (NOON, NOON)
    assert Inbox.objects.get().entry_id == entry.entry_id
    assert Stream.objects.get(name=LOT).entries == 1


def test_entries_of_a_stream_are_numbered_without_a_gap(world: World) -> None:
    entries = [world.entry() for _ in range(3)]
    world.append(entries[0])
    world.append(*entries[1:])
    rows = Row.objects.filter(stream_id=stream_id(LOT)).order_by("number")
    assert [(row.number, row.entry_id) for row in rows] == list(enumerate(ids(entries)))


def test_sending_an_entry_again_changes_nothing(world: World) -> None:
    entry = world.entry()
    for _ in range(3):
        world.append(entry)
    assert Row.objects.filter(stream_id=stream_id(LOT)).count() == 1
    assert Inbox.objects.count() == 1


def test_an_entry_that_is_twice_in_one_batch_is_stored_once(world: World) -> None:
    entry = world.entry()
    world.append(entry, entry)
    assert Inbox.objects.count() == 1


def test_the_same_statement_with_another_signature_is_the_same_entry(world: World) -> None:
    entry = world.entry()
    other = resigned(entry)
    assert other.envelope.jws != entry.envelope.jws
    world.append(entry)
    world.append(other)
    assert bytes(Row.objects.get(stream_id=stream_id(LOT)).jws).decode() == entry.envelope.jws


def test_admitting_what_is_there_already_is_a_conflict(world: World) -> None:
    entry = world.entry()
    world.append(entry)
    with transaction.atomic():
        stream = open_stream(LOT, [entry], at=world.now)
        with pytest.raises(Conflict, match="accepted already") as refused:
            stream.admit(entry)
    assert refused.value.code == "ENTRY_KNOWN"


def test_an_output_is_used_up_once(world: World) -> None:
    first = world.entry()
    second = world.after(first)
    world.append(first, second)
    assert refusal(world, world.after(first)).code == "OUTPUT_USED"
    assert OutputUse.objects.get().used_by == second.entry_id


def test_the_table_itself_refuses_a_second_use(world: World) -> None:
    first = world.entry()
    second, third = world.after(first), world.after(first)
    world.append(first, second)
    with transaction.atomic():
        stream = open_stream(LOT, [third], at=world.now)
        stream._known.used.clear()  # as if the check had seen nothing
        stream.add(third, stream.admit(third))
        with pytest.raises(Conflict) as refused, transaction.atomic():
            stream.save()
    assert refused.value.code == "ENTRY_CLASHES"


def test_an_output_is_used_up_once_within_a_batch(world: World) -> None:
    first = world.entry()
    refused = refusal(world, first, world.after(first), world.after(first))
    assert (refused.code, type(refused)) == ("OUTPUT_USED", Conflict)


@pytest.mark.parametrize("output", [1, 999])
def test_an_output_beyond_what_an_entry_makes_does_not_exist(world: World, output: int) -> None:
    first = world.entry()
    assert refusal(world, first, world.after(first, output=output)).code == "OUTPUT_UNKNOWN"


def test_an_output_of_another_stream_does_not_exist_here(world: World) -> None:
    first = world.entry("lot:00614141000012/B2")
    world.append(first)
    stolen = world.entry(LOT, consumes=[OutputRef(first.entry_id, 0)])
    assert refusal(world, stolen).code == "OUTPUT_UNKNOWN"


def test_a_nonce_of_a_hand_off_is_not_used_for_a_revocation(world: World) -> None:
    other = PrivateKey.generate()

    def revocation(nonce: bytes) -> Entry:
        body = RevokeKey(other.kid, "lost").as_body()
        return world.entry(REGISTRY, type=RevokeKey.TYPE, body=body, creates=0, nonce=nonce)

    world.append(world.add_key(MAKER, other))
    world.append(world.entry(nonce=bytes(16)))
    assert refusal(world, revocation(bytes(16))).code == "NONCE_REUSED"
    world.append(revocation(b"r" * 16))
    assert refusal(world, world.entry(nonce=b"r" * 16)).code == "NONCE_REUSED"


def test_a_nonce_is_used_once_by_a_key(world: World) -> None:
    world.append(world.entry(nonce=bytes(16)))
    again = world.entry(nonce=bytes(16), body={"another": "thing"})
    assert refusal(world, again).code == "NONCE_REUSED"
    assert refusal(
        world, world.entry(nonce=b"n" * 16), world.entry(nonce=b"n" * 16, creates=2)
    ).code == ("NONCE_REUSED")


def test_an_entry_for_another_log_is_refused(world: World) -> None:
    assert refusal(world, world.entry(log="another.example/log")).code == "LOG_MISMATCH"


def test_an_entry_about_another_stream_is_refused(world: World) -> None:
    with transaction.atomic():
        stream = open_stream(LOT, [], at=world.now)
        with pytest.raises(Refused) as refused:
            stream.admit(world.entry("lot:00614141000012/B2"))
    assert refused.value.code == "STREAM_MISMATCH"


def test_a_registry_statement_about_a_lot_is_refused(world: World) -> None:
    strayed = world.entry(LOT, type="registry.party.admit")
    assert refusal(world, strayed).code == "STREAM_WRONG"


def test_an_entry_may_be_dated_two_minutes_ahead_and_no_more(world: World) -> None:
    world.append(world.entry(at=NOON + timedelta(minutes=2)))
    late = world.entry(at=NOON + timedelta(minutes=2, seconds=1))
    assert refusal(world, late).code == "CLOCK_AHEAD"


def test_a_checkpoint_that_was_never_signed_was_not_seen(world: World) -> None:
    assert refusal(world, world.entry(seen=Seen(2, bytes(32)))).code == "SEEN_UNKNOWN"
    assert refusal(world, world.entry(seen=Seen(7, bytes(32)))).code == "SEEN_UNKNOWN"


def test_a_checkpoint_that_was_signed_may_be_seen(world: World) -> None:
    world.append(world.entry(seen=proofs.latest_seen()))
    assert proofs.latest_seen().size == 2


def test_a_key_that_nobody_has_added_signs_nothing(world: World) -> None:
    stranger = world.entry(signer=PrivateKey.generate())
    assert refusal(world, stranger).code == "KEY_UNKNOWN"


def test_an_authority_signs_no_lot(world: World) -> None:
    assert refusal(world, world.entry(signer=world.authority)).code == "KEY_UNKNOWN"


def test_a_signature_over_another_text_is_bad(world: World) -> None:
    one, other = world.entry(), world.entry()
    head = one.envelope.signing_input.decode()
    forged = Entry.parse(f"{head}.{b64u(other.envelope.signature)}")
    assert refusal(world, forged).code == "SIGNATURE_BAD"


def test_a_revoked_key_signs_no_more(world: World) -> None:
    world.append(world.entry())
    world.append(world.revoke(world.maker))
    assert refusal(world, world.entry()).code == "KEY_REVOKED"


def test_a_party_revokes_its_own_key_once(world: World) -> None:
    revocation = world.revoke(world.maker, signer=world.maker)
    world.append(revocation)
    key = Key.objects.get(kid=world.maker.kid)
    assert (key.revoked_by, key.revoked_from) == ([revocation.entry_id], None)
    assert refusal(world, world.revoke(world.maker, signer=world.maker)).code == "KEY_REVOKED"
    assert refusal(world, world.revoke(world.maker)).code == "KEY_ALREADY_REVOKED"


def test_an_authority_sets_the_beginning_of_a_revocation_further_back(world: World) -> None:
    world.log_all(world.entry(), world.revoke(world.maker))
    earlier = world.revoke(world.maker, start=2)
    world.append(earlier)
    key = Key.objects.get(kid=world.maker.kid)
    assert (key.revoked_by[1:], key.revoked_from) == ([earlier.entry_id], 2)
    assert refusal(world, world.revoke(world.maker, start=3)).code == "KEY_ALREADY_REVOKED"


def test_a_revocation_does_not_begin_ahead_of_the_log(world: World) -> None:
    assert refusal(world, world.revoke(world.maker, start=3)).code == "REVOCATION_AHEAD"


def test_a_party_is_admitted_once(world: World) -> None:
    assert refusal(world, world.admit(MAKER)).code == "PARTY_KNOWN"
    assert Party.objects.get().profile == {"name": "Marlow Medicines"}


def test_a_key_is_added_once(world: World) -> None:
    assert refusal(world, world.add_key(MAKER, world.maker)).code == "KEY_KNOWN"


def test_a_key_of_a_party_that_nobody_knows_is_refused(world: World) -> None:
    orphan = world.add_key("9506000080017", PrivateKey.generate())
    assert refusal(world, orphan).code == "PARTY_UNKNOWN"


def test_a_party_admits_nobody(world: World) -> None:
    usurped = world.registering(AdmitParty("9506000080017", {}), world.maker)
    assert refusal(world, usurped).code == "NOT_PERMITTED"


def test_a_registry_entry_of_a_shape_unknown_is_refused(world: World) -> None:
    odd = world.entry("registry", signer=world.authority, type="registry.party.rename", creates=0)
    assert refusal(world, odd).code == "REGISTRY_TYPE_UNKNOWN"


def test_the_number_of_queries_does_not_grow_with_the_entries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.append(world.entry())  # what a session prepares, it prepares once
    for number in (1, 50):
        first = world.entry(creates=number)
        entries = [first, *(world.after(first, output=n) for n in range(number))]
        with django_assert_num_queries(4):  # two of them are the test's own savepoint
            world.append(*entries)


def test_a_full_inbox_pushes_back(world: World, settings: Settings) -> None:
    world.append(*(world.entry() for _ in range(3)))
    settings.INBOX_MAX = 2
    refused = refusal(world, world.entry())
    assert isinstance(refused, Overloaded)
    assert refused.retry_after_s > 0
    world.sequencer().step()
    world.append(world.entry())


def test_what_was_rolled_back_does_not_push_back_for_ever(world: World, settings: Settings) -> None:
    with transaction.atomic():
        world.append(*(world.entry() for _ in range(5)))
        transaction.set_rollback(True)
    settings.INBOX_MAX = 2
    assert refusal(world, world.entry()).code == "OVERLOADED"
    world.sequencer().step()
    world.append(world.entry())


def test_appending_needs_a_transaction_of_the_caller(bare_world: World) -> None:
    del bare_world
    with pytest.raises(RuntimeError, match="atomic"):
        open_stream(LOT, [], at=NOON)


def test_files_are_kept_with_the_entry_that_names_them(world: World) -> None:
    content = b"2026-03-02T12:00:00Z,4.5\n"
    entry = world.entry(attachments=(a_file(content), a_file(b"elsewhere")))
    world.append(entry, files={a_file(content).sha256: content})
    kept = {row.sha256: row.content for row in Attachment.objects.all()}
    assert bytes(kept[a_file(content).sha256] or b"") == content
    assert kept[a_file(b"elsewhere").sha256] is None


def test_a_file_that_is_not_the_one_named_is_refused(world: World) -> None:
    entry = world.entry(attachments=(a_file(b"cold"),))
    for digest, content in ((a_file(b"cold").sha256, b"warm"), ("0" * 64, b"other")):
        with pytest.raises(Refused) as refused, transaction.atomic():
            world.append(entry, files={digest: content})
        assert refused.value.code == "ATTACHMENT_WRONG"


# --- two connections at once ------------------------------------------------------------------


def at_once(*deeds: Callable[[], None]) -> list[str]:
    """Do these in threads, each on its own connection; returns their refusals' codes, sorted."""
    gate = threading.Barrier(len(deeds))
    codes: list[str] = []

    def do(deed: Callable[[], None]) -> None:
        gate.wait()
        try:
            deed()
        except LedgerError as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(codes)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_an_output_at_once_one_wins(bare_world: World) -> None:
    bare_world.admit_maker()
    first = bare_world.entry()
    bare_world.append(first)
    rivals = [bare_world.after(first) for _ in range(6)]
    codes = at_once(*(lambda one=one: bare_world.append(one) for one in rivals))
    assert codes == ["OUTPUT_USED"] * 5
    assert OutputUse.objects.count() == 1
    assert Stream.objects.get(name=LOT).entries == 2


@pytest.mark.django_db(transaction=True)
def test_one_entry_sent_over_many_connections_at_once_is_stored_once(bare_world: World) -> None:
    bare_world.admit_maker()
    entry = bare_world.entry()
    assert at_once(*[lambda: bare_world.append(entry)] * 8) == []
    assert Row.objects.filter(entry_id=entry.entry_id).count() == 1


def test_only_the_operator_signs_the_index_and_it_signs_nothing_else(world: World) -> None:
    operator = PrivateKey.generate()
    world.append(world.admit("operator"), world.add_key("operator", operator))
    usurped = world.entry("index", type="index.root", creates=0)
    assert refusal(world, usurped).code == "NOT_PERMITTED"
    assert refusal(world, world.entry(signer=operator)).code == "NOT_PERMITTED"
    assert refusal(world, world.entry("index", signer=operator)).code == "STREAM_WRONG"
    world.append(world.entry("index", type="index.root", creates=0, signer=operator))
