"""Files left to a worker: taken in order, once, whole or not, and told how far they are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DataError, OperationalError, connections

from ledger.models import Entry
from supplychain import tasks
from supplychain.domain.errors import RuleBroken
from supplychain.models import CaptureJob
from supplychain.queries.captures import (
    capture_of,
    captures_of,
    captures_to_watch,
    content_of,
)
from supplychain.queries.stock import stock_of
from supplychain.services import submit_capture as submitting
from supplychain.services.import_epcis import import_epcis
from supplychain.services.submit_capture import submit_capture
from supplychain.services.take_captures import take_captures
from tests.stages import MAKES, SELLS, Stage, open_stage
from tests.supplychain.formats.epcis_files import born, document, pack, seen, shipped
from tests.supplychain.services.test_import_epcis import BUYER, LOT

GOOD = document(born(pack(1), pack(2)), shipped(pack(1), receiver=BUYER))
STRANGE = document(seen(pack(9), biz_step="dispensing", minute=8))


@pytest.fixture
def trade(stage: Stage) -> Stage:
    stage.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    stage.catalogue(str(LOT.gtin), "Examplin", "unmonitored/1")
    return stage


def left(stage: Stage, data: bytes, on_error: Any = "rollback", party: str = MAKES) -> UUID:
    number = uuid4()
    submit_capture(
        number=number,
        party=party,
        data=data,
        name="trade.xml",
        on_error=on_error,
        by="mara",
        at=stage.later(),
    )
    return number


def taken(stage: Stage, take: Callable[..., Any] = import_epcis, only: UUID | None = None) -> int:
    return take_captures(take=take, clock=stage.later, seeds=lambda: bytes(32), only=only)


def test_a_file_is_taken_over_and_its_content_kept_once(trade: Stage) -> None:
    number = left(trade, GOOD)
    before = capture_of(MAKES, number)
    assert before is not None
    assert (before.running, before.started_at) == (True, None)
    assert taken(trade) == 1
    assert [line.held for line in stock_of(MAKES)] == [1]
    after = capture_of(MAKES, number)
    assert after is not None
    assert (after.running, after.stands, after.code, after.faults) == (False, True, "", [])
    assert bytes(CaptureJob.objects.get().content) == b""
    assert taken(trade) == 0
    assert captures_to_watch(MAKES) == []
    assert captures_of(SELLS) == []


def test_files_of_one_party_are_taken_in_the_order_they_came(trade: Stage) -> None:
    first, second = left(trade, STRANGE, "proceed"), left(trade, GOOD)
    order: list[bytes] = []

    def watched(**given: Any) -> Any:
        order.append(given["data"])
        return import_epcis(**given)

    assert taken(trade, watched) == 2
    assert order == [STRANGE, GOOD]
    one, other = capture_of(MAKES, first), capture_of(MAKES, second)
    assert one is not None
    assert other is not None
    assert (one.stands, other.stands) == (False, True)
    (fault,) = one.faults
    assert (fault["event"], fault["category"]) == (1, "product without data")


def test_what_is_no_epcis_is_told_and_not_tried_again(trade: Stage) -> None:
    number = left(trade, b"{")
    assert taken(trade) == 1
    told = capture_of(MAKES, number)
    assert told is not None
    assert (told.running, told.stands, told.code) == (False, False, "NOT_JSON")
    assert [one.number for one in captures_to_watch(MAKES)] == [number]
    assert taken(trade) == 0


def test_a_fault_of_ours_ends_the_job_and_signs_nothing(trade: Stage) -> None:
    number, before = left(trade, GOOD), Entry.objects.count()

    def broken(**given: Any) -> Any:
        import_epcis(**given)
        raise ZeroDivisionError

    assert taken(trade, broken) == 1
    told = capture_of(MAKES, number)
    assert told is not None
    assert (told.running, told.code) == (False, "INTERNAL")
    assert Entry.objects.count() == before


def test_a_database_that_is_away_leaves_the_file_and_those_behind_it_waiting(trade: Stage) -> None:
    number, behind = left(trade, GOOD), left(trade, STRANGE)
    others = left(trade, b"{", party=SELLS)

    def away(**given: Any) -> Any:
        if given["data"] == GOOD:
            raise OperationalError
        return import_epcis(**given)

    assert taken(trade, away) == 1
    told = [capture_of(*one) for one in ((MAKES, number), (MAKES, behind), (SELLS, others))]
    assert [one.running for one in told if one] == [True, True, False]
    assert taken(trade) == 2


def test_a_job_that_cannot_be_kept_ends_nobody_elses(trade: Stage) -> None:
    number, other = left(trade, GOOD), left(trade, b"{", party=SELLS)

    def unkept(**given: Any) -> Any:
        if given["party"] == MAKES:
            raise RuleBroken("R1", "C" * 10_000, "A code that no column holds.")
        return import_epcis(**given)

    assert taken(trade, unkept) == 1
    told, done = capture_of(MAKES, number), capture_of(SELLS, other)
    assert told is not None
    assert done is not None
    assert (told.running, done.running) == (True, False)


def test_a_file_that_no_table_can_hold_keeps_nobody_elses_from_being_taken(trade: Stage) -> None:
    number, other = left(trade, b"{", party=SELLS), left(trade, GOOD)

    def too_long(**given: Any) -> Any:
        if given["party"] == SELLS:
            raise DataError
        return import_epcis(**given)

    assert taken(trade, too_long) == 2
    told, stands = capture_of(SELLS, number), capture_of(MAKES, other)
    assert told is not None
    assert stands is not None
    assert (told.running, told.code) == (False, "INTERNAL")
    assert (stands.running, stands.stands) == (False, True)


def test_only_so_many_files_of_a_party_wait(trade: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "WAITING_MAX", 2)
    for _ in range(2):
        left(trade, GOOD)
    with pytest.raises(RuleBroken) as refused:
        left(trade, GOOD)
    assert refused.value.code == "TOO_MANY_CAPTURES"
    left(trade, GOOD, party=SELLS)


def test_what_is_looked_over_is_told_signed_nowhere_and_kept_for_a_day(trade: Stage) -> None:
    number, before = left(trade, GOOD, "look"), Entry.objects.count()
    assert taken(trade) == 1
    told = capture_of(MAKES, number)
    assert told is not None
    assert (told.running, told.events, told.left) == (False, 2, 0)
    assert content_of(MAKES, number) == GOOD
    assert content_of(SELLS, number) == b""
    assert Entry.objects.count() == before
    assert captures_of(MAKES) == [], "a program left nothing"
    assert [one.number for one in captures_to_watch(MAKES)] == [number]
    trade.now += timedelta(days=1)
    taken(trade)
    assert capture_of(MAKES, number) is None


def test_what_of_it_would_not_stand_is_told_whatever_stands_beside_it(trade: Stage) -> None:
    events = born(pack(1)), seen(pack(9), biz_step="dispensing", minute=8)
    number = left(trade, document(*events), "look")
    assert taken(trade) == 1
    told = capture_of(MAKES, number)
    assert told is not None
    assert (told.stands, told.counts) == (False, {"accepted": 1, "exception": 1})
    (fault,) = told.faults
    assert fault["what"] == "ObjectEvent OBSERVE dispensing"


def test_of_what_was_looked_over_the_newest_are_kept(
    trade: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "LOOKED_MAX", 2)
    others = left(trade, GOOD, "look", party=SELLS)
    numbers = []
    for _ in range(3):
        numbers.append(left(trade, b"{", "look"))
        taken(trade)
    kept = [number for number in numbers if capture_of(MAKES, number)]
    assert kept == numbers[1:]
    assert capture_of(SELLS, others) is not None


def test_somebody_who_waits_for_one_file_takes_no_other(trade: Stage) -> None:
    first, second = left(trade, GOOD), left(trade, STRANGE, "look")
    assert taken(trade, only=second) == 1
    waits = capture_of(MAKES, first)
    assert waits is not None
    assert waits.running


def test_the_worker_is_woken_for_them(trade: Stage) -> None:
    left(trade, b"{")
    tasks.take_captures()
    assert not captures_of(MAKES)[0].running


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_seen_by_others_before_it_is_over(settings: Any, tmp_path: Any) -> None:
    trade = open_stage(settings, tmp_path, datetime(2026, 11, 21, 12, tzinfo=UTC))
    trade.catalogue(str(LOT.gtin), "Examplin", "unmonitored/1")
    number, seen_beside = left(trade, GOOD), []
    beside = connections["default"].copy()

    def others_see(done: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "SELECT done, steps, started_at IS NOT NULL, finished_at IS NULL,"
                " pg_try_advisory_xact_lock(hashtext('capture'), hashtext(party))"
                " FROM supplychain_capturejob"
            )
            seen_beside.append((done, *cursor.fetchone()))

    def watched(**given: Any) -> Any:
        told = given.pop("progress")

        def progress(done: int, steps: int) -> None:
            told(done, steps)
            others_see(done)

        return import_epcis(**given, progress=progress)

    try:
        assert taken(trade, watched) == 1
    finally:
        beside.close()
    assert len(seen_beside) > 1
    for done, told_done, steps, started, running, free in seen_beside:
        assert (told_done, started, running, free) == (done, True, True, False)
        assert steps > 0
    found = capture_of(MAKES, number)
    assert found is not None
    assert found.done == found.steps
