"""Whatever file comes: an answer to each event or one refusal, and nothing is half written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.models import Entry
from supplychain.domain.identifiers import Gln
from supplychain.formats import epc
from supplychain.formats.errors import FormatError
from supplychain.models import Container, Output, Pack, PackName
from supplychain.recording.import_reports import EventReport
from supplychain.recording.import_source import OnError
from supplychain.services.import_epcis import import_epcis
from tests.nights import examples
from tests.stages import HEALS, MAKES, SELLS, Stage
from tests.supplychain.formats.epcis_files import (
    DECLARED_WRONG,
    LOT_MEMBERS,
    PALLET,
    associated,
    born,
    case,
    document,
    inputs,
    linked,
    outputs,
    pack,
    packed,
    seen,
    shipped,
    transformed,
)
from tests.supplychain.formats.test_epcis_hostile import damaged
from tests.supplychain.services.test_import_epcis import winter

__all__ = ["winter"]

SELLER, PHARMACY = epc.write(Gln(SELLS), 7), epc.write(Gln(HEALS), 7)
MINUTES = st.integers(0, 12)
SERIALS = st.integers(1, 6)
CODES = st.one_of(SERIALS.map(pack), st.integers(1, 2).map(case), st.just(PALLET))
SOME = st.lists(CODES, min_size=1, max_size=4)
STEPS = st.sampled_from(
    ["receiving", "void_shipping", "dispensing", "destroying", "decommissioning", "storing"]
)
AMOUNT = (
    "<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:0614141.012345.L2</epcClass>"
    "<quantity>{}</quantity></quantityElement></quantityList>"
)


def _wrong(event: str) -> str:
    """The same event, declared wrong by its sender."""
    member = f"<baseExtension>{DECLARED_WRONG}</baseExtension>"
    return event.replace("</eventTimeZoneOffset>", f"</eventTimeZoneOffset>{member}")


EVENTS = st.one_of(
    st.builds(lambda some, at: born(*map(pack, some), minute=at), st.sets(SERIALS), MINUTES),
    st.builds(
        lambda n, at: born(ilmd=LOT_MEMBERS, more=AMOUNT.format(n), minute=at), SERIALS, MINUTES
    ),
    st.builds(
        lambda parent, some, at, action: packed(parent, *some, minute=at, action=action),
        CODES,
        SOME,
        MINUTES,
        st.sampled_from(["ADD", "DELETE", "OBSERVE"]),
    ),
    st.builds(
        lambda some, at, giver, receiver: shipped(*some, minute=at, giver=giver, receiver=receiver),
        SOME,
        MINUTES,
        *[st.sampled_from([epc.write(Gln(MAKES), 7), SELLER, PHARMACY])] * 2,
    ),
    st.builds(lambda some, step, at: seen(*some, biz_step=step, minute=at), SOME, STEPS, MINUTES),
    st.builds(
        lambda of, into, lot: transformed(
            inputs(*map(pack, of)), outputs(*map(pack, into)), ilmd=LOT_MEMBERS.replace("L1", lot)
        ),
        st.sets(SERIALS, max_size=3),
        st.sets(st.integers(5, 9), max_size=3),
        st.sampled_from(["L1", "L3"]),
    ),
    st.sampled_from([linked(pack(1)), associated(pack(1))]),
)
FILES = st.lists(EVENTS | EVENTS.map(_wrong), max_size=9)


PARTIES = st.sampled_from([MAKES, SELLS, HEALS])


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> list[int]:
    return [one.objects.count() for one in (Entry, Output, Pack, PackName, Container)]


def take(stage: Stage, data: bytes, party: str, on_error: OnError) -> None:
    """Import, and hold the answers against what was written."""
    before = rows()
    try:
        reports = import_epcis(
            data=data, party=party, at=stage.later(), seed=bytes(32), on_error=on_error
        )
    except FormatError as refused:
        assert refused.message.endswith(".")  # noqa: PT017  either way is right
        assert rows() == before
        return
    assert [one.number for one in reports] == list(range(1, len(reports) + 1))
    for one in reports:
        _prove(one)
    if on_error == "rollback" and not all(one.stands for one in reports):
        assert rows() == before
    told = {entry for one in reports for entry in one.entries}
    assert Entry.objects.filter(entry_id__in=told).count() == len(told)
    if not any(one.entries for one in reports):
        assert rows()[0] == before[0], "what was signed is told"


def _prove(one: EventReport) -> None:
    assert one.outcome in ("accepted", "known", "refused", "exception")
    assert one.place
    assert one.code
    assert one.reason.endswith(".")
    assert one.stands or not one.entries
    assert one.stands or one.reason.count(".") > 1, "and what to do"
    assert bool(one.category) == (one.outcome == "exception")


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    files=st.lists(
        st.tuples(FILES, st.sampled_from([MAKES, SELLS, HEALS])), min_size=1, max_size=3
    ),
    on_error=st.sampled_from(get_args(OnError)),
)
def test_events_in_any_order_are_answered_and_nothing_is_half_written(
    winter: Stage, files: list[tuple[list[str], str]], on_error: OnError
) -> None:
    with undone():
        for events, party in files:
            take(winter, document(*events), party, on_error)
            take(winter, document(*events), party, on_error)


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=damaged(
        document(
            born(pack(1), pack(2)),
            packed(case(1), pack(1)),
            packed(PALLET, case(1), minute=2),
            shipped(PALLET, receiver=SELLER),
        ).decode()
    ),
    on_error=st.sampled_from(get_args(OnError)),
)
def test_a_damaged_file_is_answered_or_refused_and_nothing_is_half_written(
    winter: Stage, data: bytes, on_error: OnError
) -> None:
    with undone():
        take(winter, data, MAKES, on_error)
