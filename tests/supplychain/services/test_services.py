from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ledger.core.errors import LedgerError
from ledger.core.links import OutputRef
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.outputs import State
from supplychain.models import Lot, Product
from supplychain.queries.lots import where_are_units
from supplychain.queries.stock import in_transit, parcels, stock_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import File, Recorded
from supplychain.services.create_user import create_user
from supplychain.services.decommission_units import decommission_units
from supplychain.services.destroy_units import destroy_units
from supplychain.services.dispense_units import dispense_units
from supplychain.services.export_units import export_units
from supplychain.services.issue_recall import issue_recall
from supplychain.services.issue_token import issue_token
from supplychain.services.lift_hold import lift_hold
from supplychain.services.place_hold import place_hold
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.register_product import register_product
from supplychain.services.release_units import release_units
from supplychain.services.report_loss import report_loss
from supplychain.services.revoke_token import revoke_token
from supplychain.services.sample_units import sample_units
from supplychain.services.void_shipment import void_shipment
from tests.people import AUDITOR
from tests.stages import (
    HEALS,
    INSULIN,
    LIES,
    MAKES,
    NO_LOGGER,
    NOT_REQUIRED,
    RULES,
    SELLS,
    TABLETS,
    Stage,
    a_lot,
    readings,
)

LOT, COLD = a_lot(), a_lot("F1", INSULIN)
Act = Callable[[], object]


def refused(act: Act) -> str:
    with pytest.raises((LedgerError, RuleBroken)) as caught:
        act()
    return str(getattr(caught.value, "code", ""))


@pytest.fixture
def stocked(stage: Stage) -> Stage:
    """100 tablets at the maker's, 30 of another delivery at the pharmacy's."""
    stage.register(LOT, 130)
    stage.deliver(MAKES, LOT, 30, HEALS)
    return stage


def dispense(stage: Stage, gln: str, quantity: int) -> Recorded:
    return dispense_units(
        party=gln, lot=LOT, quantity=quantity, at=stage.later(), nonce=stage.nonce()
    )


def test_a_pharmacy_dispenses_what_it_has(stocked: Stage) -> None:
    dispense(stocked, HEALS, 12)
    assert [line.held for line in stock_of(HEALS)] == [18]
    assert refused(lambda: dispense(stocked, HEALS, 19)) == "MASS_IMBALANCE"
    assert refused(lambda: dispense(stocked, HEALS, 0)) == "QUANTITY_WRONG"
    assert refused(lambda: dispense(stocked, SELLS, 1)) == "NOT_HOLDER"
    assert refused(lambda: dispense(stocked, MAKES, 1)) == "ROLE_MISSING"
    dispense(stocked, HEALS, 18)
    assert refused(lambda: dispense(stocked, HEALS, 1)) == "NOT_HOLDER"


def test_units_come_out_of_the_smallest_part_that_has_enough_else_out_of_few(
    stocked: Stage,
) -> None:
    stocked.deliver(MAKES, LOT, 5, HEALS)
    stocked.deliver(MAKES, LOT, 40, HEALS)
    dispense(stocked, HEALS, 35)
    assert [parcel.quantity for parcel in parcels(HEALS, LOT)] == [30, 5, 5]
    dispense(stocked, HEALS, 4)
    assert sorted(parcel.quantity for parcel in parcels(HEALS, LOT)) == [1, 5, 30]
    dispense(stocked, HEALS, 34)
    assert sorted(parcel.quantity for parcel in parcels(HEALS, LOT)) == [1, 1]


def destroy(stage: Stage, gln: str, quantity: int, state: State = State.HELD) -> Recorded:
    return destroy_units(
        party=gln,
        lot=LOT,
        quantity=quantity,
        reason="Broken",
        at=stage.later(),
        nonce=stage.nonce(),
        state=state,
    )


def test_units_are_destroyed_from_stock_and_from_quarantine(stocked: Stage) -> None:
    stocked.ship(MAKES, LOT, 10, HEALS)
    stocked.receive(HEALS, LOT, 6, damaged=4)
    destroy(stocked, HEALS, 3, state=State.QUARANTINED)
    destroy(stocked, HEALS, 1)
    (line,) = stock_of(HEALS)
    assert (line.held, line.quarantined) == (35, 1)
    assert refused(lambda: destroy(stocked, HEALS, 2, state=State.QUARANTINED)) == "MASS_IMBALANCE"


def test_units_are_set_aside_and_released_or_leave_the_trade(stocked: Stage) -> None:
    def said(quantity: int, reason: str) -> dict[str, Any]:
        words = {"party": HEALS, "lot": LOT, "quantity": quantity, "reason": reason}
        return words | {"at": stocked.later(), "nonce": stocked.nonce()}

    quarantine_units(**said(10, "Seal to be looked at"))
    release_units(**said(4, "Seal is good"))
    sample_units(**said(2, "Asked for by the authority"), state=State.QUARANTINED)
    decommission_units(**said(1, "Free sample"))
    assert [(line.held, line.quarantined) for line in stock_of(HEALS)] == [(23, 4)]
    assert refused(lambda: export_units(**said(1, "To Norway"))) == "ROLE_MISSING"
    stocked.deliver(MAKES, LOT, 5, SELLS)
    export_units(**said(5, "To Norway") | {"party": SELLS})
    assert stock_of(SELLS) == []
    assert refused(lambda: quarantine_units(**said(24, "All"))) == "MASS_IMBALANCE"
    assert refused(lambda: release_units(**said(5, "All"))) == "MASS_IMBALANCE"
    whole = where_are_units(MAKES, LOT)
    assert whole is not None
    assert whole.balanced


def lose(stage: Stage, gln: str, quantity: int, output: OutputRef | None = None) -> Recorded:
    return report_loss(
        party=gln,
        lot=LOT,
        quantity=quantity,
        kind="stolen",
        reason="Van broken into",
        at=stage.later(),
        nonce=stage.nonce(),
        output=output,
    )


def test_units_are_lost_from_stock_or_on_the_way(stocked: Stage) -> None:
    lose(stocked, HEALS, 2)
    stocked.ship(MAKES, LOT, 10, HEALS)
    sent = stocked.inbound(HEALS, LOT).output
    assert refused(lambda: lose(stocked, SELLS, 1, sent)) == "NOT_HOLDER"
    assert refused(lambda: lose(stocked, HEALS, 11, sent)) == "MASS_IMBALANCE"
    lose(stocked, MAKES, 4, sent)
    assert refused(lambda: lose(stocked, MAKES, 1, sent)) == "NOT_IN_TRANSIT"
    stocked.receive(HEALS, LOT, 6)
    found = where_are_units(MAKES, LOT)
    assert found is not None
    assert found.balanced
    assert [line.held for line in stock_of(HEALS)] == [34]


def test_a_partial_receipt_keeps_the_rest_open(stocked: Stage) -> None:
    stocked.ship(MAKES, LOT, 20, SELLS)
    stocked.receive(SELLS, LOT, 12, damaged=3)
    rest = stocked.inbound(SELLS, LOT)
    assert (rest.quantity, rest.rest) == (5, True)
    assert refused(lambda: stocked.receive(SELLS, LOT, 6)) == "MASS_IMBALANCE"
    assert refused(lambda: stocked.receive(SELLS, LOT, 0)) == "NOTHING_RECEIVED"
    stocked.receive(SELLS, LOT, 5)
    assert [(line.held, line.quarantined) for line in stock_of(SELLS)] == [(17, 3)]


def void(stage: Stage, gln: str, output: OutputRef) -> Recorded:
    return void_shipment(
        party=gln, lot=LOT, output=output, reason="Late", at=stage.later(), nonce=stage.nonce()
    )


def test_the_giver_alone_takes_back_what_was_not_received_and_once(stocked: Stage) -> None:
    stocked.ship(MAKES, LOT, 20, SELLS)
    sent = stocked.inbound(SELLS, LOT).output
    assert refused(lambda: void(stocked, SELLS, sent)) == "NOT_GIVER"
    void(stocked, MAKES, sent)
    assert refused(lambda: void(stocked, MAKES, sent)) == "NOT_IN_TRANSIT"
    assert in_transit(LOT, sent) is None
    assert [line.held for line in stock_of(MAKES)] == [100]


def test_recalled_goods_go_nowhere_but_to_destruction(stocked: Stage) -> None:
    def recall(gln: str) -> Recorded:
        return issue_recall(
            party=gln,
            lot=LOT,
            recall_class="II",
            reason="Mould",
            at=stocked.later(),
            nonce=stocked.nonce(),
        )

    stocked.ship(MAKES, LOT, 5, SELLS)
    assert refused(lambda: recall(LIES)) == "MAY_NOT_FLAG"
    recall(MAKES)
    assert refused(lambda: stocked.ship(MAKES, LOT, 1, SELLS)) == "RECALLED"
    assert refused(lambda: dispense(stocked, HEALS, 1)) == "RECALLED"
    assert refused(lambda: stocked.receive(SELLS, LOT, 5)) == "RECALLED"
    stocked.receive(SELLS, LOT, 0, damaged=5)
    destroy(stocked, HEALS, 30)


def test_a_hold_is_lifted_by_who_placed_it(stocked: Stage) -> None:
    held = place_hold(
        party=MAKES, lot=LOT, reason="Sample", at=stocked.later(), nonce=stocked.nonce()
    )

    def lift(gln: str) -> Recorded:
        return lift_hold(
            party=gln,
            lot=LOT,
            hold=held.entry_id,
            reason="Clean",
            at=stocked.later(),
            nonce=stocked.nonce(),
        )

    assert refused(lambda: dispense(stocked, HEALS, 1)) == "ON_HOLD"
    assert refused(lambda: lift(LIES)) == "MAY_NOT_LIFT"
    lift(MAKES)
    assert refused(lambda: lift(MAKES)) == "HOLD_UNKNOWN"
    dispense(stocked, HEALS, 1)


def test_a_request_made_again_is_answered_like_the_first_time(stocked: Stage) -> None:
    at, nonce = stocked.later(), stocked.nonce()

    def act() -> Recorded:
        return dispense_units(party=HEALS, lot=LOT, quantity=30, at=at, nonce=nonce)

    first, second = act(), act()
    stocked.log()
    third = act()
    assert (first.known, second.known, third.known) == (False, True, True)
    assert len({first.entry_id, second.entry_id, third.entry_id}) == 1
    assert stock_of(HEALS) == []


def test_a_lot_is_born_once_and_of_a_known_product(stage: Stage) -> None:
    stage.register(LOT, 1)
    assert refused(lambda: stage.register(LOT, 1)) == "BORN_TWICE"
    assert refused(lambda: stage.register(a_lot("A", "00614141000036"), 1)) == "PRODUCT_UNKNOWN"
    assert Lot.objects.count() == 1


def put(gln: str, gtin: str = TABLETS, name: str = "Paracetamol") -> Product:
    return register_product(
        party=gln,
        gtin=gtin,
        name=name,
        strength="500 mg",
        form="20 pieces",
        profile="unmonitored/1",
    )


@pytest.mark.usefixtures("stage")
def test_a_product_is_its_makers() -> None:
    assert put(MAKES) == put(MAKES)
    assert refused(lambda: put(MAKES, name="Gold")) == "PRODUCT_KNOWN"
    assert refused(lambda: put(MAKES, "04012345678901")) == "GTIN_NOT_YOURS"
    assert refused(lambda: put(SELLS)) == "ROLE_MISSING"
    assert refused(lambda: put("9506000010014")) == "PARTY_UNKNOWN"
    assert refused(lambda: put(MAKES, "00614141000013")) == "INVALID_GTIN"


def test_readings_and_their_raw_file_stay_with_the_hand_off(stage: Stage) -> None:
    stage.register(COLD, 10)
    brought = readings(stage.now - timedelta(hours=2), stage.now, 500)
    raw = File(b"time,temperature\n", "text/csv")
    stage.ship(MAKES, COLD, 10, SELLS, ConditionsInput(series=brought.series, files=(raw,)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256, media, content FROM ledger_attachment")
        ((sha256, media, content),) = cursor.fetchall()
    assert (sha256, media, bytes(content)) == (raw.sha256, "text/csv", raw.content)


def test_a_fridge_product_moves_with_readings_or_a_reason(stage: Stage) -> None:
    stage.register(COLD, 10)
    assert refused(lambda: stage.ship(MAKES, COLD, 1, SELLS, NOT_REQUIRED)) == "CONDITIONS_REQUIRED"
    both = ConditionsInput("logger_missing", readings(stage.now, stage.now, 500).series)
    assert refused(lambda: stage.ship(MAKES, COLD, 1, SELLS, both)) == "READINGS_AND_REASON"
    stage.ship(MAKES, COLD, 1, SELLS, ConditionsInput())
    stage.receive(SELLS, COLD, 1, conditions=NO_LOGGER)


def test_what_never_was_is_not_received(stage: Stage) -> None:
    stage.register(LOT, 1)

    def receive() -> Recorded:
        return receive_shipment(
            party=SELLS,
            output=OutputRef("0" * 64, 0),
            lot=LOT,
            received=1,
            damaged=0,
            conditions=NOT_REQUIRED,
            note="",
            at=stage.later(),
            nonce=stage.nonce(),
        )

    assert refused(receive) == "NOT_IN_TRANSIT"
    assert refused(lambda: stage.ship(MAKES, a_lot("Z"), 1, SELLS)) == "NOT_BORN"


def test_who_has_no_key_here_signs_nothing_here(stage: Stage) -> None:
    stage.admit(AUDITOR, with_key=False)
    act = lambda: place_hold(  # noqa: E731  one line of one test
        party=str(AUDITOR.gln), lot=LOT, reason="x", at=stage.later(), nonce=stage.nonce()
    )
    assert refused(act) == "NO_CUSTODIAL_KEY"


def test_the_order_number_is_sealed(stage: Stage) -> None:
    stage.register(LOT, 1)
    stage.ship(MAKES, LOT, 1, SELLS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(jws, 'UTF8'), disclosures FROM ledger_entry"
            " WHERE type = 'custody.ship'"
        )
        ((jws, disclosures),) = cursor.fetchall()
    assert len(disclosures) == 1
    assert disclosures[0] not in jws


def test_people_and_programs_belong_to_admitted_organisations(stage: Stage) -> None:
    words = {"password": "correct horse battery", "email": "", "role": "signer"}
    create_user(name="mia", party=MAKES, **words)
    assert refused(lambda: create_user(name="mia", party=MAKES, **words)) == "USER_KNOWN"
    assert refused(lambda: create_user(name="x", party="1", **words)) == "PARTY_UNKNOWN"
    with pytest.raises(Invalid, match="viewer"):
        create_user(name="x", party=MAKES, **(words | {"role": "king"}))
    token = {"token": "t" * 32, "party": MAKES, "name": "till", "at": stage.now}
    kept = issue_token(role="viewer", **token)  # type: ignore[arg-type]  # by name
    assert "t" * 32 not in kept.digest
    with pytest.raises(RuleBroken):
        issue_token(role="viewer", **token)  # type: ignore[arg-type]  # by name
    assert revoke_token(party=MAKES, name="till", at=stage.now) == 1
    assert revoke_token(party=MAKES, name="till", at=stage.now) == 0


def test_a_profile_that_the_trade_does_not_know_is_not_admitted(stage: Stage) -> None:
    def admit() -> Recorded:
        return sign_registry(
            type_="registry.party.admit",
            body={"party": "9506000010014", "profile": {"name": "King", "roles": ["king"]}},
            signer=stage.authority,
            at=stage.later(),
            nonce=stage.nonce(),
        )

    assert refused(admit) == "MEMBER_MISSING"


def test_the_authority_may_stop_any_lot(stocked: Stage) -> None:
    place_hold(party=RULES, lot=LOT, reason="Sample", at=stocked.later(), nonce=stocked.nonce())
    assert refused(lambda: dispense(stocked, HEALS, 1)) == "ON_HOLD"
