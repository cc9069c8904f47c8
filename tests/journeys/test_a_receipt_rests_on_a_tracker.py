"""Insulin rides with the maker's tracker, and the wholesaler, who has no logger, rests on it."""

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any

import pytest

from ledger import proofs
from ledger.core.entry import stream_id
from ledger.core.signatures import OPENSSL
from ledger.core.verification import Fact, verify
from ledger.signers import policy
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.errors import RuleBroken
from supplychain.domain.facts import LegState
from supplychain.domain.histories import History, replay_all
from supplychain.domain.lot_state import Act
from supplychain.domain.parties import Party
from supplychain.domain.profiles import profile
from supplychain.domain.statements import Receive, Ship, read
from supplychain.formats import epcis
from supplychain.models import Leg, TrackerBatch, TrackerLoad
from supplychain.queries.chains import chain_of
from supplychain.queries.readings import legs_of
from supplychain.queries.rides import rides_of
from supplychain.queries.stock import inbound_to, parcels
from supplychain.recording.conditions import ConditionsInput
from supplychain.services.export_epcis import export_epcis
from supplychain.services.put_company_prefix import put_company_prefix
from supplychain.services.receive_shipment import receive_shipment
from supplychain.web.leg_page import leg_page, one_leg
from tests.journeys.test_a_live_tracker import (
    ABOUT,
    LOT,
    STEP,
    TRACKER,
    codes,
    ridden,
    sends,
    void,
    worker,
)
from tests.stages import HEALS, MAKES, NO_LOGGER, SELLS, Stage, readings
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, at_desk, words
from tests.supplychain.api.conftest import Programs, now, program

__all__ = ["at_desk", "now", "program", "ridden"]

BY_TRACKER = ConditionsInput(tracker=TRACKER)


@pytest.fixture
def sent(ridden: Stage, program: Programs) -> Stage:
    """The goods were told of in stock, and are on their way to the wholesaler."""
    sends(ridden, program, *["5.0"] * 6)
    assert worker(ridden) == 1
    since = ridden.now - timedelta(hours=1)
    ridden.ship(MAKES, LOT, 100, SELLS, readings(since, ridden.now))
    return ridden


def receipt_of(stage: Stage, program: Programs, asking: str = SELLS, **conditions: Any) -> Any:
    output = str(stage.inbound(SELLS, LOT).output)
    said = {**ABOUT, "output": output, "received": 100}
    return program(asking).post(
        "receipts", {**said, "conditions": conditions or {"tracker": TRACKER}}
    )


def leg_state(stage: Stage) -> tuple[LegState, str]:
    """What is known of the journey, and what the table has of it."""
    chain = chain_of(LOT, stage.now)
    legs = legs_of(chain, chain.history.acts.keys())
    (leg,) = (one for one in legs if isinstance(one.act.statement, Receive))
    return leg.state, Leg.objects.get(entry_id=leg.act.entry_id).state


def from_evidence(stage: Stage) -> History:
    """The history as an inspector has it, who has the file of evidence and nothing else."""
    stage.log()
    evidence = proofs.evidence_of(LOT.stream).evidence
    assert evidence is not None
    for signatures in (OPENSSL, EcdsaSignatures()):
        found = verify(evidence, policy(), stage.now, signatures)
        assert found.valid
    parties = {
        gln: Party.from_profile(gln, one.profile) for gln, one in found.registry.parties.items()
    }
    return replay_all(
        [_act(fact, parties) for fact in sorted(found.facts, key=attrgetter("index"))]
    )


def _act(fact: Fact, parties: dict[str, Party]) -> Act:
    said, entry = read(fact.entry), fact.entry
    return Act(
        entry_id=entry.entry_id,
        key=LOT,
        signer=parties[fact.signer.party],
        statement=said,
        at=entry.statement.at,
        consumes=entry.statement.consumes,
        receiver=parties[str(said.to)] if isinstance(said, Ship) else None,
        monitored=True,
        profile=profile("refrigerated-2-8/1"),
        log=entry.statement.log,
    )


def test_goods_that_were_measured_all_the_way_are_good(sent: Stage, program: Programs) -> None:
    sends(sent, program, *["5.0"] * 12)
    assert worker(sent) == 1
    sends(sent, program, *["5.1"] * 3)  # what nobody sealed yet is signed before the receipt
    taken = receipt_of(sent, program)
    assert taken.status_code == 201, taken.content
    assert TrackerBatch.objects.count() == 3
    assert codes(sent, program, SELLS) == []
    assert codes(sent, program, MAKES) == []
    assert leg_state(sent) == (LegState.TRACKED, "TRACKED")
    history = from_evidence(sent)
    assert history.broken == ()
    said = history.acts[taken.json()["entry_id"]].statement
    assert isinstance(said, Receive)
    assert said.conditions.tracker
    assert said.conditions.tracker.whole
    assert (said.conditions.tracker.first, said.conditions.tracker.last) == (2, 3)
    (found,) = (one for one in program(SELLS).get("verify", code=_CODE).json()["legs"][-1:])
    assert (found["state"], found["minutes_out"]) == ("TRACKED", None)
    sends(sent, program, *["5.0"] * 3)
    assert worker(sent) == 0
    assert "no longer with you" in TrackerLoad.objects.get().trouble


_CODE = f"01{ABOUT['gtin']}10{ABOUT['lot']}"


def test_what_the_tracker_leaves_untold_is_said_in_every_place(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 3)
    told_to = sent.now - STEP
    sent.later(timedelta(hours=2))
    assert receipt_of(sent, program).status_code == 201
    assert codes(sent, program, SELLS) == ["TEMPERATURE_GAP"]
    assert leg_state(sent) == (LegState.DATA_GAP, "DATA_GAP")
    history = from_evidence(sent)
    assert history.broken == ()
    receipt = list(history.acts.values())[-1].statement
    assert isinstance(receipt, Receive)
    assert receipt.conditions.tracker
    (gap,) = receipt.conditions.tracker.gaps
    assert gap.start == told_to
    chain = chain_of(LOT, sent.now)
    leg = one_leg(chain, list(chain.history.acts)[-1])
    assert leg
    page = leg_page(chain, leg)
    assert f"nothing from {gap.start:%-d %b %Y, %H:%M}" in dict(page.signed)["Rests on the tracker"]
    assert "a stretch without readings: TRK-7, batch 2; nothing from" in page.plot.note


def test_a_receipt_that_says_more_than_was_told_is_refused_and_found(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 3)
    sent.later(timedelta(hours=2))
    assert receipt_of(sent, program).status_code == 201
    history = from_evidence(sent)
    acts = list(history.acts.values())
    said = acts[-1].statement
    assert isinstance(said, Receive)
    assert said.conditions.tracker
    boast = replace(said.conditions, tracker=replace(said.conditions.tracker, gaps=()))
    lie = replace(acts[-1], statement=replace(said, conditions=boast))
    assert [one.code for one in replay_all([*acts[:-1], lie]).broken] == ["TRACKER_TOLD_OTHERWISE"]


@pytest.mark.parametrize("device", ["TRK-8", "TRK-9"])
def test_nobody_rests_on_a_tracker_that_was_not_along(
    sent: Stage, program: Programs, device: str
) -> None:
    program(MAKES).post("trackers", {"device": "TRK-8"})
    row = {"time": sent.now.isoformat(), "value": "5.0", "unit": "C"}
    sends = program(MAKES, "tracker").post
    assert sends("trackers/readings", {"device": "TRK-8", "readings": [row]}).status_code == 200
    refused = receipt_of(sent, program, tracker=device)
    assert (refused.status_code, refused.json()["code"]) == (422, "TRACKER_NOT_ALONG")
    assert parcels(SELLS, LOT) == []
    assert not TrackerBatch.objects.filter(device="TRK-8").exists()


def test_nobody_but_the_receiver_has_a_tracker_tell_what_it_knows(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 3)
    refused = receipt_of(sent, program, asking=HEALS)
    assert (refused.status_code, refused.json()["code"]) == (422, "NOT_RECEIVER")
    assert TrackerBatch.objects.count() == 1


def test_a_dispatch_and_a_receipt_rest_on_the_tracker_all_the_way(
    ridden: Stage, program: Programs, at_desk: AtDesk
) -> None:
    sends(ridden, program, *["5.0"] * 6)  # nobody has sealed anything
    paper = Paper(at_desk(MAKES), about("ship", LOT))
    assert "Your tracker" in words(paper.client.get(paper.url))
    said = {"quantity": 100, "receiver": SELLS, "shipment": "S-1", "order": ""}
    said |= {"way": "tracker", "tracker": TRACKER}
    assert "told of the last day" in words(paper.review(**said))
    assert paper.sign(**said).status_code == 302
    (way,) = inbound_to(SELLS)
    assert Leg.objects.get(entry_id=way.dispatch).state == "IN_RANGE"
    sends(ridden, program, *["5.0"] * 6)
    assert receipt_of(ridden, program).status_code == 201
    assert codes(ridden, program, SELLS) == []
    assert from_evidence(ridden).broken == ()


def test_a_dispatch_rests_on_a_tracker_that_rides_with_just_these_goods(
    ridden: Stage, program: Programs
) -> None:
    silent = ships(program, 100)
    assert (silent.status_code, silent.json()["code"]) == (422, "TRACKER_SILENT")
    sends(ridden, program, "5.0", "5.1", "5.0")
    program(MAKES).post("trackers", {"device": "TRK-8"})
    other = ships(program, 100, "TRK-8")
    assert (other.status_code, other.json()["code"]) == (422, "TRACKER_NOT_ALONG")
    ridden.ship(MAKES, LOT, 40, HEALS, NO_LOGGER)
    ridden.receive(HEALS, LOT, 40, conditions=NO_LOGGER)
    parted = ships(program, 60)
    assert (parted.status_code, parted.json()["code"]) == (422, "GOODS_PARTED")


def test_a_dispatch_of_goods_beside_those_it_rides_with_rests_on_nothing(
    now: Stage, program: Programs
) -> None:
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, SELLS, NO_LOGGER)
    void(now, now.inbound(SELLS, LOT).output)
    (with_it,) = (one.ref for one in parcels(MAKES, LOT) if one.quantity == 40)
    owner = program(MAKES)
    owner.post("trackers", {"device": TRACKER})
    owner.post("trackers/loads", {**ABOUT, "device": TRACKER, "outputs": [str(with_it)]})
    sends(now, program, *["5.0"] * 3)
    refused = ships(program, 60)
    assert (refused.status_code, refused.json()["code"]) == (422, "TRACKER_NOT_ALONG")


def ships(program: Programs, quantity: int, tracker: str = TRACKER) -> Any:
    said = {**ABOUT, "quantity": quantity, "receiver": SELLS, "shipment": "S-2"}
    return program(MAKES).post("shipments", {**said, "conditions": {"tracker": tracker}})


def test_a_receivers_dispatch_rests_on_no_tracker_of_another(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 3)
    assert receipt_of(sent, program).status_code == 201
    shipped = program(SELLS).post(
        "shipments",
        {
            **ABOUT,
            "quantity": 1,
            "receiver": HEALS,
            "shipment": "S-9",
            "conditions": {"tracker": TRACKER},
        },
    )
    assert (shipped.status_code, shipped.json()["code"]) == (422, "TRACKER_NOT_ALONG")
    back = {**ABOUT, "quantity": 1, "supplier": MAKES, "shipment": "R-9", "reason": "Too many"}
    back["conditions"] = {"tracker": TRACKER}
    returned = program(SELLS).post("returns", back)
    assert (returned.status_code, returned.json()["code"]) == (400, "TRACKER_MISPLACED")


def test_a_tracker_and_a_reason_are_one_too_many(sent: Stage) -> None:
    for both in (replace(BY_TRACKER, none="logger_missing"),):
        with pytest.raises(RuleBroken) as refused:
            _receive(sent, both)
        assert refused.value.code == "READINGS_AND_REASON"


def _receive(stage: Stage, conditions: ConditionsInput) -> None:
    receive_shipment(
        party=SELLS,
        output=stage.inbound(SELLS, LOT).output,
        lot=LOT,
        received=100,
        damaged=0,
        conditions=conditions,
        note="",
        at=stage.later(),
        nonce=stage.nonce(),
    )


def test_an_excursion_on_the_way_stays_one_and_asks_once(sent: Stage, program: Programs) -> None:
    sends(sent, program, *["5.0"] * 3, *["9.9"] * 3, *["5.0"] * 3)
    assert receipt_of(sent, program).status_code == 201
    assert codes(sent, program, SELLS) == ["TEMPERATURE_EXCURSION"]
    (parcel,) = parcels(SELLS, LOT)
    assert len(parcel.questions) == 1
    released = program(SELLS, "qa").post("quality-releases", {**ABOUT, "reason": "Stable for days"})
    assert released.status_code == 201, released.content
    assert codes(sent, program, SELLS) == ["RELEASED_BY_QA"]


def test_goods_that_arrived_before_the_batch_was_signed_are_received_as_of_then(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 6)
    arrived = sent.now
    sends(sent, program, *["5.0"] * 6)
    assert worker(sent) == 1
    receive_shipment(
        party=SELLS,
        output=sent.inbound(SELLS, LOT).output,
        lot=LOT,
        received=100,
        damaged=0,
        conditions=BY_TRACKER,
        note="",
        at=sent.later(),
        arrived=arrived,
        nonce=sent.nonce(),
    )
    assert codes(sent, program, SELLS) == []


def test_what_custody_follows_and_what_the_tables_have_is_the_same(
    sent: Stage, program: Programs
) -> None:
    sends(sent, program, *["5.0"] * 3)
    assert worker(sent) == 1
    sent.later(timedelta(hours=1))
    sends(sent, program, *["5.0"] * 3)
    assert worker(sent) == 1
    chain = chain_of(LOT, sent.now)
    (journey,) = chain.history.state.outputs.values()
    assert journey.dispatch
    assert rides_of(stream_id(LOT.stream), journey.dispatch) == journey.rides != ()


def test_the_list_of_what_is_on_the_way_names_the_trackers(sent: Stage, program: Programs) -> None:
    def named() -> list[str]:
        (line,) = program(SELLS).get("shipments", direction="in").json()["results"]
        trackers: list[str] = line["trackers"]
        return trackers

    assert named() == []
    sends(sent, program, *["5.0"] * 3)
    worker(sent)
    assert named() == [TRACKER]


def test_the_desk_offers_the_tracker_and_signs_what_it_told(
    sent: Stage, program: Programs, at_desk: AtDesk
) -> None:
    sends(sent, program, *["5.0"] * 6)  # none of it is sealed
    (way,) = inbound_to(SELLS)
    paper = Paper(at_desk(SELLS), about_way("receive", way))
    shown = words(paper.client.get(paper.url))
    assert "The giver" in shown
    assert TRACKER in shown
    said = {"received": 100, "damaged": 0, "missing": 0, "way": "tracker", "tracker": TRACKER}
    said["arrived"] = f"{sent.now:%Y-%m-%dT%H:%M}"
    review = paper.review(**said)
    assert f"tracker {TRACKER} told of the journey" in words(review)
    assert paper.sign(**said).status_code == 302
    assert codes(sent, program, SELLS) == []


def test_the_desk_offers_none_that_is_not_along(now: Stage, at_desk: AtDesk) -> None:
    now.register(LOT, 10)
    now.ship(MAKES, LOT, 10, SELLS, NO_LOGGER)
    (way,) = inbound_to(SELLS)
    paper = Paper(at_desk(SELLS), about_way("receive", way))
    assert "The giver" not in words(paper.client.get(paper.url))
    said = {"received": 10, "damaged": 0, "missing": 0, "way": "tracker", "tracker": TRACKER}
    assert paper.review(**said).context["form"].errors.keys() >= {"way"}


def test_epcis_tells_the_batches_with_the_receipt(sent: Stage, program: Programs) -> None:
    put_company_prefix(prefix=SELLS[:9], party=SELLS, at=sent.now)
    sends(sent, program, *["5.0"] * 3)
    worker(sent)
    sends(sent, program, *["5.2"] * 3)
    assert receipt_of(sent, program).status_code == 201
    sent.log()
    told = epcis.read(
        export_epcis(party=MAKES, lot=LOT, to=SELLS, at=sent.later(), version="2.0", codes="urn")
    )
    (receiving,) = (one for one in told.events if one.biz_step == "receiving")
    values = [[str(one.get("value")) for one in each.reports] for each in receiving.sensors]
    assert [each[:3] for each in values] == [["5"] * 3, ["5.2"] * 3]
    roots = [extension.text for each in receiving.sensors for extension in each.extensions]
    assert roots == list(TrackerBatch.objects.order_by("n").values_list("root", flat=True))[1:]
