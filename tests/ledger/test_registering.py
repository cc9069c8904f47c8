"""Acts of the registry by the tables: what is refused, what changes, and two who act at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from ledger import registering
from ledger.appending import open_stream
from ledger.core.entry import Entry
from ledger.core.errors import Conflict, LedgerError, Refused
from ledger.core.registry_acts import SuspendParty
from ledger.core.signatures import PrivateKey
from ledger.models import Inbox, Key, Party
from tests.ledger.test_appending import at_once, refusal
from tests.ledger.world import LOT, MAKER, World

OTHER = "9506000020013"


def test_a_suspended_party_signs_nothing_until_it_is_reinstated(world: World) -> None:
    suspension = world.suspend()
    world.append(suspension)
    assert Party.objects.get(party=MAKER).suspended_by == [suspension.entry_id]
    assert refusal(world, world.entry()).code == "PARTY_SUSPENDED"
    revocation = world.revoke(world.maker, signer=world.maker)
    assert refusal(world, revocation).code == "PARTY_SUSPENDED"
    world.append(world.reinstate())
    world.append(world.entry())


def test_a_party_is_suspended_and_reinstated_in_turn(world: World) -> None:
    assert refusal(world, world.reinstate()).code == "PARTY_NOT_SUSPENDED"
    world.append(world.suspend(), world.reinstate(), world.suspend())
    assert isinstance(refusal(world, world.suspend()), Conflict)
    assert refusal(world, world.suspend("9506000020020")).code == "PARTY_UNKNOWN"
    act = SuspendParty(MAKER, "Because")
    assert refusal(world, world.registering(act, world.maker)).code == "PARTY_SUSPENDED"


def test_a_key_added_while_its_party_is_suspended_waits_for_its_reinstatement(
    world: World,
) -> None:
    new = PrivateKey.generate()
    world.append(world.suspend(), world.add_key(MAKER, new))
    assert refusal(world, world.entry(signer=new)).code == "PARTY_SUSPENDED"
    world.append(world.reinstate())
    world.append(world.entry(signer=new))


def test_a_party_that_has_had_many_keys_is_given_more_by_an_authority(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever rotates without end fills the evidence of all who deal with him."""
    monkeypatch.setattr(registering, "KEYS_MAX", 2)
    new = PrivateKey.generate()
    world.append(world.rotate(new))
    third = PrivateKey.generate()
    assert refusal(world, world.rotate(third, old=new)).code == "KEYS_TOO_MANY"
    world.append(world.add_key(MAKER, third))
    world.append(world.entry(signer=third))


def test_a_rotated_key_gives_way_to_the_new_one(world: World) -> None:
    new = PrivateKey.generate()
    rotation = world.rotate(new)
    world.append(rotation)
    assert refusal(world, world.entry()).code == "KEY_REVOKED"
    world.append(world.entry(signer=new))
    old = Key.objects.get(kid=world.maker.kid)
    assert (old.revoked_by, old.revoked_from, old.successor) == (
        [rotation.entry_id],
        None,
        new.kid,
    )
    key = Key.objects.get(kid=new.kid)
    assert (key.party_id, key.custody, key.added_by) == (MAKER, "file", rotation.entry_id)
    assert refusal(world, world.rotate(PrivateKey.generate())).code == "KEY_REVOKED"
    assert refusal(world, world.rotate(world.maker, old=new)).code == "KEY_KNOWN"


def test_a_thief_who_rotated_the_key_loses_his_own_with_it(world: World) -> None:
    """Attack 16, a stolen key: whatever the thief brought in falls with what he stole."""
    thiefs, next_one, other = (PrivateKey.generate() for _ in range(3))
    world.log_all(world.rotate(thiefs))
    world.append(world.rotate(next_one, old=thiefs), world.add_key(MAKER, other))
    revocation = world.revoke(world.maker, start=2)
    world.append(revocation)
    for key in (thiefs, next_one):
        assert refusal(world, world.entry(signer=key)).code == "KEY_REVOKED"
        row = Key.objects.get(kid=key.kid)
        assert (row.revoked_by[-1], row.revoked_from) == (revocation.entry_id, 2)
    world.append(world.entry(signer=other))
    world.sequencer().step()
    assert world.audit().clean


def test_a_theft_is_moved_back_and_an_affirmation_follows_it(world: World) -> None:
    first, second, new = world.entry(), world.entry(), PrivateKey.generate()
    world.log_all(first, second, world.add_key(MAKER, new))
    world.log_all(world.revoke(world.maker, start=3))
    assert refusal(world, world.affirm(new, first)).code == "AFFIRMED_NOT_SUSPECT"
    world.log_all(world.revoke(world.maker, start=2))
    assert Key.objects.get(kid=world.maker.kid).revoked_from == 2
    world.log_all(world.affirm(new, first, second))
    assert world.audit().clean


def test_a_rotation_that_is_not_logged_yet_falls_too(world: World) -> None:
    new = PrivateKey.generate()
    world.append(world.rotate(new))
    world.append(world.revoke(world.maker, start=2))
    assert refusal(world, world.entry(signer=new)).code == "KEY_REVOKED"
    world.sequencer().step()
    assert world.audit().clean


def test_a_party_affirms_what_is_logged_signed_with_that_key_and_suspect(world: World) -> None:
    before, stolen, waiting = world.entry(), world.entry(), world.entry()
    new = PrivateKey.generate()
    world.log_all(before, stolen, world.add_key(MAKER, new))
    mine = world.entry(signer=new)
    world.log_all(mine)
    assert refusal(world, world.affirm(new, stolen)).code == "KEY_NOT_SUSPECT"
    world.append(waiting)
    world.append(world.revoke(world.maker, start=3))
    assert refusal(world, world.affirm(new, before, stolen)).code == "AFFIRMED_NOT_SUSPECT"
    for other in (mine, waiting, world.entry()):
        assert refusal(world, world.affirm(new, other)).code == "AFFIRMED_UNKNOWN"
    assert refusal(world, world.affirm(world.authority, stolen)).code == "NOT_PERMITTED"
    world.append(world.affirm(new, stolen))
    world.sequencer().step()
    world.append(world.affirm(new, waiting))
    world.sequencer().step()
    assert world.audit().clean


# --- two at once: what is accepted before comes before in the log ---------------------------------


def suspending(world: World) -> Entry:
    return world.suspend()


def revoking(world: World) -> Entry:
    return world.revoke(world.maker)


def rotating(world: World) -> Entry:
    return world.rotate(PrivateKey.generate())


def falling(world: World) -> Entry:
    """The key that signs was rotated from one that is said to be stolen now."""
    old, world.maker = world.maker, PrivateKey.generate()
    world.append(world.rotate(world.maker, old=old))
    return world.revoke(old, start=2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [suspending, revoking, rotating, falling])
def test_what_ends_a_key_waits_for_what_is_being_accepted_with_it(
    bare_world: World, ends: Callable[[World], Entry]
) -> None:
    bare_world.admit_maker()
    bare_world.sequencer().step()
    end = ends(bare_world)
    entry = bare_world.entry()
    done = threading.Event()

    def append_end() -> None:
        try:
            bare_world.append(end)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=append_end)
    with transaction.atomic():
        stream = open_stream(LOT, [entry], at=bare_world.now)
        stream.add(entry, stream.admit(entry))
        thread.start()
        assert not done.wait(0.3), "the end of the key did not wait for the append"
        stream.save()
    thread.join(timeout=30)
    arrivals = dict(Inbox.objects.values_list("entry_id", "arrival"))
    assert arrivals[entry.entry_id] < arrivals[end.entry_id]
    with pytest.raises(Refused, match=r"revoked|suspended"):
        bare_world.append(bare_world.entry())
    bare_world.sequencer().step()
    assert bare_world.audit().clean


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [suspending, revoking, rotating, falling])
def test_nothing_is_accepted_with_a_key_that_is_being_ended(
    bare_world: World, ends: Callable[[World], Entry]
) -> None:
    bare_world.admit_maker()
    bare_world.sequencer().step()
    end = ends(bare_world)
    entry = bare_world.entry()
    codes: list[str] = []
    done = threading.Event()

    def append() -> None:
        try:
            bare_world.append(entry)
        except LedgerError as refused:
            codes.append(refused.code)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=append)
    with transaction.atomic():
        stream = open_stream("registry", [end], at=bare_world.now)
        stream.add(end, stream.admit(end))
        stream.save()
        thread.start()
        assert not done.wait(0.3), "the append did not wait for the end of its key"
    thread.join(timeout=30)
    assert codes in (["KEY_REVOKED"], ["PARTY_SUSPENDED"])
    bare_world.sequencer().step()
    assert bare_world.audit().clean


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [suspending, revoking, rotating])
def test_appends_and_the_end_of_their_key_at_once_leave_a_log_that_verifies(
    bare_world: World, ends: Callable[[World], Entry]
) -> None:
    bare_world.admit_maker()
    end = ends(bare_world)
    entries = [bare_world.entry(f"lot:00614141000012/L{n}") for n in range(6)]
    deeds = [lambda one=one: bare_world.append(one) for one in (*entries[:3], end, *entries[3:])]
    assert set(at_once(*deeds)) <= {"KEY_REVOKED", "PARTY_SUSPENDED"}
    bare_world.sequencer().step()
    assert bare_world.audit().clean


@pytest.mark.django_db(transaction=True)
def test_of_two_rotations_of_one_key_at_once_one_is_taken(bare_world: World) -> None:
    bare_world.admit_maker()
    rotations = [bare_world.rotate(PrivateKey.generate()) for _ in range(2)]
    assert at_once(*(lambda one=one: bare_world.append(one) for one in rotations)) == [
        "KEY_REVOKED"
    ]
    assert Key.objects.filter(party=MAKER, revoked_by=[]).count() == 1
    bare_world.sequencer().step()
    assert bare_world.audit().clean
