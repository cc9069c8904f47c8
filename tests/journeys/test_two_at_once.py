"""Two who act at the same moment, each over a connection of its own."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from ledger.core.errors import LedgerError
from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.queries.lots import where_are_units
from supplychain.queries.stock import inbound_to, parcels
from supplychain.recording.submissions import Recorded
from supplychain.services.issue_recall import issue_recall
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.ship_lot import ship_lot
from supplychain.services.void_shipment import void_shipment
from tests.stages import HEALS, HEALS_TOO, MAKES, NOT_REQUIRED, SELLS, Stage, a_lot, open_stage

LOT = a_lot()


@pytest.fixture
def busy(transactional_db: None, settings: Settings, tmp_path: Path) -> Stage:  # noqa: ARG001  opens the database
    """A lot at the wholesaler's; what is done is committed."""
    stage = open_stage(settings, tmp_path)
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 100, SELLS)
    return stage


def at_once(*deeds: Callable[[], Recorded]) -> tuple[list[Recorded], list[str]]:
    """Do these at the same moment; return what was recorded, and the codes of what was refused."""
    gate = threading.Barrier(len(deeds))
    recorded: list[Recorded] = []
    codes: list[str] = []

    def do(deed: Callable[[], Recorded]) -> None:
        gate.wait()
        try:
            recorded.append(deed())
        except (LedgerError, RuleBroken) as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return recorded, codes


def shipping(stage: Stage, receiver: str, nonce: bytes | None = None) -> Callable[[], Recorded]:
    at, salt, nonce = stage.later(), stage.nonce(), nonce or stage.nonce()
    return lambda: ship_lot(
        party=SELLS,
        lot=LOT,
        quantity=100,
        receiver=receiver,
        shipment="S",
        order=None,
        conditions=NOT_REQUIRED,
        at=at,
        nonce=nonce,
        salt=salt,
    )


def units_are_where_they_should_be() -> bool:
    found = where_are_units(MAKES, LOT)
    return found is not None and found.balanced


@pytest.mark.django_db(transaction=True)
def test_the_same_units_go_to_one_of_two_receivers(busy: Stage) -> None:
    recorded, codes = at_once(shipping(busy, HEALS), shipping(busy, HEALS_TOO))
    assert len(recorded) == 1
    assert codes in (["OUTPUT_USED"], ["NOT_HOLDER"])
    assert len(inbound_to(HEALS)) + len(inbound_to(HEALS_TOO)) == 1
    assert units_are_where_they_should_be()


@pytest.mark.django_db(transaction=True)
def test_one_request_that_arrives_eight_times_is_one_entry(busy: Stage) -> None:
    nonce = busy.nonce()
    deed = shipping(busy, HEALS, nonce)
    recorded, codes = at_once(*[deed] * 8)
    assert codes == []
    assert len({one.entry_id for one in recorded}) == 1
    assert sum(not one.known for one in recorded) == 1
    assert units_are_where_they_should_be()


def receiving(stage: Stage, output: OutputRef) -> Callable[[], Recorded]:
    """A receipt of just this dispatch, which somebody else may have closed meanwhile."""
    at, nonce = stage.later(), stage.nonce()
    return lambda: receive_shipment(
        party=HEALS,
        output=output,
        lot=LOT,
        received=100,
        damaged=0,
        conditions=NOT_REQUIRED,
        note="",
        at=at,
        nonce=nonce,
    )


@pytest.mark.django_db(transaction=True)
def test_goods_are_voided_or_received_and_never_both(busy: Stage) -> None:
    shipping(busy, HEALS)()
    line = busy.inbound(HEALS, LOT)
    at, nonce = busy.later(), busy.nonce()

    def void() -> Recorded:
        return void_shipment(
            party=SELLS, lot=LOT, output=line.output, reason="Late", at=at, nonce=nonce
        )

    recorded, codes = at_once(void, receiving(busy, line.output))
    assert (len(recorded), len(codes)) == (1, 1)
    held = sum(parcel.quantity for gln in (SELLS, HEALS) for parcel in parcels(gln, LOT))
    assert held == 100


@pytest.mark.django_db(transaction=True)
def test_a_dispatch_and_a_recall_at_once_are_both_in_some_order(busy: Stage) -> None:
    at, nonce = busy.later(), busy.nonce()

    def recall() -> Recorded:
        return issue_recall(
            party=MAKES, lot=LOT, recall_class="I", reason="Glass", at=at, nonce=nonce
        )

    _, codes = at_once(recall, shipping(busy, HEALS))
    assert set(codes) <= {"RECALLED"}
    assert units_are_where_they_should_be()
