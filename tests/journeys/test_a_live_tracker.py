"""A tracker rides with insulin from the maker's fridge over the road to the wholesaler."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings

from ledger import proofs
from ledger.core import canonical
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.signers import policy
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.errors import RuleBroken
from supplychain.domain.statements import ConditionsRecord
from supplychain.models import Notice, SeriesChunk, TrackerBatch, TrackerLoad
from supplychain.queries.chains import chain_of
from supplychain.queries.readings import legs_of
from supplychain.queries.stock import parcels
from supplychain.services.add_profile import add_profile
from supplychain.services.audit_readings import audit_readings
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.record_conditions import record_conditions
from supplychain.services.report_loss import report_loss
from supplychain.services.seal_batches import seal_batches
from supplychain.services.void_shipment import void_shipment
from tests.database import tamper
from tests.journeys.test_lots_made_of_lots import AN_HOUR as WARM_FOR_AN_HOUR
from tests.journeys.test_lots_made_of_lots import COLD, DROPS
from tests.stages import INSULIN, MAKES, NO_LOGGER, SELLS, Stage, a_lot, readings, serials
from tests.supplychain.api.conftest import Programs, now, program

__all__ = ["now", "program"]

LOT = a_lot("Q1", INSULIN)
ABOUT = {"gtin": INSULIN, "lot": "Q1"}
TRACKER = "TRK-7"
STEP = timedelta(minutes=5)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def ridden(now: Stage, program: Programs) -> Stage:
    """A hundred packs of insulin with the maker, and a tracker that rides with them."""
    now.register(LOT, 100)
    owner = program(MAKES)
    assert owner.post("trackers", {"device": TRACKER}).status_code == 201
    assert owner.post("trackers/loads", {**ABOUT, "device": TRACKER}).status_code == 201
    return now


def sends(stage: Stage, program: Programs, *values: str, since: datetime | None = None) -> Any:
    """The tracker sends a value every five minutes, by its own token, as time goes on."""
    rows = []
    at = since or stage.now
    for value in values:
        rows.append({"time": at.isoformat(), "value": value, "unit": "C"})
        at += STEP
    if since is None:
        stage.later(STEP * len(values))
    return program(MAKES, "tracker").post(
        "trackers/readings", {"device": TRACKER, "readings": rows}
    )


def worker(stage: Stage, after: timedelta = timedelta(0)) -> int:
    """The worker comes by, and the sequencer."""
    made = seal_batches(at=stage.later(), most=256, after=after)
    stage.log()
    stage.later()
    return made


def codes(stage: Stage, programs: Programs, asking: str = MAKES) -> list[str]:
    stage.log()
    found = programs(asking).get("verify", code=f"01{INSULIN}10Q1").json()
    return [one["code"] for one in found["reasons"]]


def records(stage: Stage) -> list[ConditionsRecord]:
    """What the log has of the tracker, in its order."""
    acts = chain_of(LOT, stage.now).history.acts.values()
    return [act.statement for act in acts if isinstance(act.statement, ConditionsRecord)]


def test_what_a_tracker_sends_is_sealed_signed_shown_and_proven(
    ridden: Stage, program: Programs
) -> None:
    sent = sends(ridden, program, "5.0", "5.1", "5.2")
    assert (sent.status_code, sent.json()) == (200, {"new": 3, "known": 0})
    assert worker(ridden, AN_HOUR) == 0  # nothing has waited for an hour
    for _ in range(4):
        sends(ridden, program, *["5.1"] * 4)
    assert worker(ridden, AN_HOUR) == 1, [one.trouble for one in TrackerLoad.objects.all()]
    sends(ridden, program, *["5.3"] * 12)
    ridden.later(timedelta(minutes=65))
    assert worker(ridden, AN_HOUR) == 1
    assert worker(ridden, AN_HOUR) == 0
    first, second = records(ridden)
    assert first.batch
    assert second.batch
    assert (first.batch.n, second.batch.n) == (1, 2)
    assert second.batch.previous == first.batch.digest(settings.LOG_ORIGIN, MAKES)
    assert codes(ridden, program) == []
    evidence = proofs.evidence_of(LOT.stream).evidence
    assert evidence is not None
    for signatures in (OPENSSL, EcdsaSignatures()):
        assert verify(evidence, policy(), ridden.now, signatures).valid
    chunk = SeriesChunk.objects.get(root=second.batch.root)
    tamper(
        "UPDATE supplychain_serieschunk SET packed = set_byte(packed, length(packed) - 1, 9)"
        " WHERE root = %s",
        [chunk.root],
    )
    assert "READINGS_DISAGREE" in codes(ridden, program)
    assert len(audit_readings(at=ridden.later()).wrong) == 1


def test_a_tracker_goes_along_on_the_way_and_what_it_told_is_with_who_receives(
    ridden: Stage, program: Programs
) -> None:
    sends(ridden, program, *["5.0"] * 14)
    assert worker(ridden) == 1
    ridden.ship(MAKES, LOT, 100, SELLS, NO_LOGGER)
    dispatched = ridden.inbound(SELLS, LOT)
    sends(ridden, program, *["5.0"] * 6, *["9.4"] * 6, *["5.0"] * 6)
    assert worker(ridden) == 1
    assert records(ridden)[-1].outputs[0].to is not None
    assert "TEMPERATURE_EXCURSION" in codes(ridden, program, SELLS)
    on_the_way = ridden.inbound(SELLS, LOT)
    assert (on_the_way.dispatch, on_the_way.rest) == (dispatched.dispatch, False)
    taken = program(SELLS).post(
        "receipts",
        {
            **ABOUT,
            "output": str(dispatched.output),  # as it was before the tracker was recorded
            "received": 100,
            "conditions": {"none": "logger_missing"},
        },
    )
    assert taken.status_code == 201, taken.content
    assert "TEMPERATURE_EXCURSION" in codes(ridden, program, SELLS)
    sends(ridden, program, *["5.0"] * 14)
    assert worker(ridden) == 0
    load = TrackerLoad.objects.get()
    assert load.until is not None
    assert "no longer with you" in load.trouble


def test_a_deviation_over_the_seam_of_two_batches_is_one(ridden: Stage, program: Programs) -> None:
    """A profile with a delay: 40 minutes outside are an excursion, though neither half is one."""
    sends(ridden, program, *["5.0"] * 10, *["9.4"] * 4)
    ridden.later(timedelta(minutes=65))
    worker(ridden)
    sends(ridden, program, *["9.4"] * 4, *["5.0"] * 2, since=ridden.now - timedelta(minutes=67))
    worker(ridden)
    whole = records(ridden)[-1].readings
    assert [one.count for one in whole.series] == [5, 6]  # from the last one that was in
    assert whole.judged
    assert whole.judged.outside.above_s == 9 * 5 * 60


def test_late_readings_are_a_batch_of_their_own_and_count(ridden: Stage, program: Programs) -> None:
    began = ridden.now
    sends(ridden, program, *["5.0"] * 3)
    ridden.later(timedelta(minutes=20))
    sends(ridden, program, *["5.0"] * 3)
    assert worker(ridden) == 1
    sent = sends(ridden, program, "5.0", "9.0", "5.0", since=began + 4 * STEP)
    assert sent.json() == {"new": 3, "known": 0}
    sends(ridden, program, "5.0")
    assert worker(ridden) == 2
    batches = list(TrackerBatch.objects.order_by("n"))
    assert [one.count for one in batches] == [6, 3, 1]
    assert all(later.previous == one.digest for one, later in pairwise(batches))
    assert codes(ridden, program) == ["TEMPERATURE_EXCURSION"]


def test_what_came_late_is_of_the_stability_budget_too(now: Stage, program: Programs) -> None:
    profile = add_profile(party=MAKES, document=canonical.dumps(WARM_FOR_AN_HOUR), at=now.now)
    now.catalogue(DROPS, "Eye drops", profile.id)
    now.register(COLD, 10)
    owner = program(MAKES)
    owner.post("trackers", {"device": TRACKER})
    owner.post("trackers/loads", {"gtin": DROPS, "lot": "COLD", "device": TRACKER})
    began = now.now
    sends(now, program, *["5.0"] * 3)
    now.later(3 * AN_HOUR)
    sends(now, program, *["5.0"] * 3)
    assert worker(now) == 1
    for late in (4, 16):  # forty minutes of warmth at most; neither is too long by itself
        sends(now, program, "5.0", *["9.0"] * 7, "5.0", since=began + late * STEP)
        assert worker(now) == 1
    chain = chain_of(COLD, now.now)
    legs = legs_of(chain, chain.history.acts.keys())
    (goods,) = chain.history.state.outputs.values()
    assert goods.spent.tally.used["warm"].seconds == 2 * 40 * 60
    assert [leg.totals["warm"] // 60 for leg in legs] == [0, 40, 80]
    assert [bool(leg.beyond) for leg in legs] == [False, False, True]


def test_the_same_reading_counts_once_and_another_value_is_refused_and_told(
    ridden: Stage, program: Programs
) -> None:
    began = ridden.now
    sends(ridden, program, "5.0", "5.1")
    again = sends(ridden, program, "5.0", "5.1", "5.2", since=began)
    assert again.json() == {"new": 1, "known": 2}
    worker(ridden)
    again = sends(ridden, program, "5.0", "5.1", since=began)
    assert again.json() == {"new": 0, "known": 2}
    other = sends(ridden, program, "5.0", "5.4", "5.2", "5.3", since=began)
    assert (other.status_code, other.json()["code"]) == (400, "DUPLICATE_DIFFERS")
    (line,) = program(MAKES).get("trackers").json()["results"]
    assert "find out which is right" in line["trouble"]
    assert (line["waiting"], line["batches"]) == (0, 1)


def test_a_full_batch_is_sealed_on_arrival(ridden: Stage, program: Programs) -> None:
    sends(ridden, program, *["5.0"] * 600)
    assert [one.count for one in TrackerBatch.objects.order_by("n")] == [256, 256]
    (line,) = program(MAKES).get("trackers").json()["results"]
    assert (line["waiting"], line["batches"]) == (88, 2)
    assert worker(ridden, AN_HOUR) == 2
    assert worker(ridden) == 1


def test_what_was_tampered_with_before_it_was_signed_is_not_signed(
    ridden: Stage, program: Programs
) -> None:
    sends(ridden, program, *["9.9"] * 256)
    tamper("UPDATE supplychain_trackerbatch SET packed = set_byte(packed, length(packed) - 1, 9)")
    assert worker(ridden) == 0
    assert TrackerLoad.objects.get().trouble.startswith("BATCH_CHANGED")
    assert records(ridden) == []


def test_goods_that_were_parted_or_mixed_ask_which_the_tracker_is_with(
    ridden: Stage, program: Programs
) -> None:
    ridden.ship(MAKES, LOT, 40, SELLS, NO_LOGGER)
    sends(ridden, program, *["5.0"] * 3)
    assert worker(ridden) == 0
    assert TrackerLoad.objects.get().trouble.startswith("GOODS_PARTED")
    owner = program(MAKES)
    ended = owner.post("trackers/unloads", {**ABOUT, "device": TRACKER})
    assert ended.status_code == 200, ended.content
    sent = str(ridden.inbound(SELLS, LOT).output)
    said = {**ABOUT, "device": TRACKER, "state": "in_transit", "outputs": [sent]}
    since = (ridden.now - 3 * STEP).isoformat()
    assert owner.post("trackers/loads", {**said, "since": since}).status_code == 201
    assert worker(ridden) == 1
    assert records(ridden)[0].outputs[0].quantity == 40


def test_whom_the_tracker_went_with_is_not_guessed_when_a_part_was_received(
    ridden: Stage, program: Programs
) -> None:
    ridden.ship(MAKES, LOT, 40, SELLS, NO_LOGGER)
    sends(ridden, program, *["5.0"] * 3)
    ridden.receive(SELLS, LOT, 40, conditions=NO_LOGGER)
    assert worker(ridden) == 0
    assert TrackerLoad.objects.get().trouble.startswith("GOODS_PARTED")
    assert records(ridden) == []


def test_readings_from_before_the_goods_came_aboard_are_ignored_and_seen(
    now: Stage, program: Programs
) -> None:
    now.register(LOT, 100)
    owner = program(MAKES)
    owner.post("trackers", {"device": TRACKER})
    sends(now, program, *["21.0"] * 3)
    owner.post("trackers/loads", {**ABOUT, "device": TRACKER})
    sends(now, program, *["5.0"] * 3)
    assert worker(now) == 1
    (said,) = records(now)
    assert said.readings.judged
    assert len(said.readings.judged.ignored) == 1
    assert said.readings.series[0].count == 6
    assert codes(now, program) == []


def test_a_batch_is_signed_once_whatever_the_worker_forgets(
    ridden: Stage, program: Programs
) -> None:
    before = TrackerLoad.objects.get()
    sends(ridden, program, *["5.0"] * 3)
    assert worker(ridden) == 1
    before.save()  # stopped after the entry, before its mark
    assert worker(ridden) == 0
    assert len(records(ridden)) == 1
    assert TrackerLoad.objects.get().recorded == 1
    sends(ridden, program, *["5.0"] * 3)
    assert worker(ridden) == 1


def test_readings_that_come_after_the_ride_are_of_the_ride_while_they_tell_of_it(
    ridden: Stage, program: Programs
) -> None:
    began = ridden.now
    ridden.later(timedelta(minutes=20))
    owner = program(MAKES)
    assert owner.post("trackers/unloads", {**ABOUT, "device": TRACKER}).status_code == 200
    ridden.later(timedelta(minutes=20))
    sends(ridden, program, *["5.0"] * 5, *["21.0"] * 2, since=began)
    assert worker(ridden) == 1
    (said,) = records(ridden)
    assert said.readings.series[0].count == 7
    assert codes(ridden, program) == []
    sends(ridden, program, *["21.0"] * 3)
    assert worker(ridden) == 0


def test_goods_put_to_others_ask_which_the_tracker_is_with(now: Stage, program: Programs) -> None:
    now.register(LOT, 100)
    owner = program(MAKES)
    owner.post("trackers", {"device": TRACKER})
    now.ship(MAKES, LOT, 40, SELLS, NO_LOGGER)
    void(now, now.inbound(SELLS, LOT).output)
    ours = next(one for one in parcels(MAKES, LOT) if one.quantity == 40)
    said = {**ABOUT, "device": TRACKER, "outputs": [str(ours.ref)]}
    assert owner.post("trackers/loads", said).status_code == 201
    began = now.now
    sends(now, program, *["5.0"] * 3)
    record_conditions(  # of all that is in the fridge
        party=MAKES,
        lot=LOT,
        conditions=readings(began, now.now, 500),
        covers=(began, now.now),
        at=now.later(timedelta(hours=1)),
        nonce=now.nonce(),
    )
    assert worker(now) == 0
    assert TrackerLoad.objects.get().trouble.startswith("GOODS_MIXED")


def test_a_dispatch_is_voided_and_lost_by_the_name_that_it_had(
    ridden: Stage, program: Programs
) -> None:
    ridden.ship(MAKES, LOT, 100, SELLS, NO_LOGGER)
    sent = ridden.inbound(SELLS, LOT).output
    sends(ridden, program, *["5.0"] * 3)
    assert worker(ridden) == 1
    assert ridden.inbound(SELLS, LOT).output != sent
    report_loss(
        party=MAKES,
        lot=LOT,
        quantity=10,
        kind="lost",
        reason="Fell off",
        at=ridden.later(),
        nonce=ridden.nonce(),
        output=sent,
    )
    rest = ridden.inbound(SELLS, LOT)
    assert (rest.quantity, rest.rest) == (90, True)
    void(ridden, rest.output)
    assert [(one.quantity, one.state) for one in parcels(MAKES, LOT)] == [(90, "held")]
    with pytest.raises(RuleBroken) as refused:
        void(ridden, sent)
    assert refused.value.code == "NOT_IN_TRANSIT"


def test_the_receiver_of_goods_on_the_way_is_told_too(ridden: Stage, program: Programs) -> None:
    ridden.ship(MAKES, LOT, 100, SELLS, NO_LOGGER)
    sends(ridden, program, "5.0", "9.9", "9.9", "5.0")
    assert worker(ridden) == 1
    for _ in range(2):
        follow_checkpoints(at=ridden.later())
    told = Notice.objects.filter(kind="excursion")
    assert {one.gln for one in told} == {MAKES, SELLS}
    assert all(f"from {MAKES} to {SELLS}" in one.body for one in told)


def void(stage: Stage, output: OutputRef) -> None:
    void_shipment(
        party=MAKES, lot=LOT, output=output, reason="Back", at=stage.later(), nonce=stage.nonce()
    )


def test_packs_with_serial_numbers_ride_and_arrive_as_the_same_ones(
    now: Stage, program: Programs
) -> None:
    packs = serials(*range(20))
    now.register(LOT, 20, packs=packs)
    owner = program(MAKES)
    owner.post("trackers", {"device": TRACKER})
    now.ship(MAKES, LOT, 5, SELLS, NO_LOGGER, packs=packs[:5])
    on_board = [str(now.inbound(SELLS, LOT).output)]
    said = {**ABOUT, "device": TRACKER, "state": "in_transit", "outputs": on_board}
    assert owner.post("trackers/loads", said).status_code == 201
    for _ in range(2):
        sends(now, program, *["5.0"] * 3)
        assert worker(now) == 1, TrackerLoad.objects.get().trouble
    now.receive(SELLS, LOT, 5, conditions=NO_LOGGER, packs=packs[:5])
    now.log()
    found = program(SELLS).get("verify", code=f"01{INSULIN}10Q1\x1d21{packs[0]}").json()
    assert [one["code"] for one in found["reasons"]] == ["NO_TEMPERATURE_DATA"]
    assert [one.quantity for one in parcels(SELLS, LOT)] == [5]
