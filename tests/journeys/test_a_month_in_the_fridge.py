"""A vaccine bears a month at 2 to 8 °C once thawed: twenty days here and eleven there are too many.

Each leg is in range by itself, and its signed statement says so. All of them together are not.
"""

from datetime import timedelta

import pytest

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.errors import RuleBroken
from supplychain.domain.findings import Finding
from supplychain.domain.verdicts import VerdictCode
from supplychain.models import Leg, Notice
from supplychain.queries.chains import chain_of
from supplychain.queries.profiles import profile_of
from supplychain.queries.questions import waiting_with
from supplychain.queries.scans import ScanResult
from supplychain.queries.stock import parcels
from supplychain.recording.submissions import Recorded
from supplychain.services.add_profile import add_profile
from supplychain.services.dispense_units import dispense_units
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from supplychain.services.verify_scan import verify_scan
from supplychain.web.budget_page import budget_page
from supplychain.web.leg_page import one_leg
from supplychain.web.verdict_page import fact_of
from tests.stages import HEALS, MAKES, SELLS, Stage, a_lot, readings

VACCINE = "00614141000036"
LOT = a_lot("M1", VACCINE)
DAY = timedelta(days=1)


def keep(stage: Stage, party: str, days: int) -> Recorded:
    """So many days in a fridge."""
    since, until = stage.now, stage.later(days * DAY)
    return record_conditions(
        party=party,
        lot=LOT,
        conditions=readings(since, until + timedelta(minutes=1), 500, 510),
        covers=(since, until),
        at=stage.later(timedelta(minutes=30)),
        nonce=stage.nonce(),
        place="Fridge 2",
    )


def carry(stage: Stage, giver: str, receiver: str, quantity: int) -> Recorded:
    """From hand to hand within an hour, at five degrees."""
    stage.ship(giver, LOT, quantity, receiver, readings(stage.now, stage.now, 500))
    journey = readings(stage.now, stage.later(timedelta(hours=1)), 500)
    return stage.receive(receiver, LOT, quantity, conditions=journey)


def decide(stage: Stage, party: str) -> Recorded:
    return release_quality(
        party=party,
        lot=LOT,
        reason="The maker's study 4711 shows 40 days",
        decided_by="Quinn Ash",
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )


def scan(stage: Stage, asking: str) -> ScanResult:
    stage.log()
    return verify_scan(scanned=f"(01){VACCINE}(10)M1", at=stage.later(), asking=asking)


@pytest.fixture
def spent(stage: Stage) -> Stage:
    """Ten packs with the wholesaler, for a day too long."""
    stage.catalogue(VACCINE, "Vaccine", "ultra-cold-thawed-once/2")
    stage.register(LOT, 10)
    keep(stage, MAKES, 20)
    carry(stage, MAKES, SELLS, 10)
    keep(stage, SELLS, 10)
    return stage


def test_it_waits_until_quality_decides(spent: Stage) -> None:
    found = scan(spent, SELLS)
    assert (found.verdict.code, found.verdict.codes) == (
        VerdictCode.STOP,
        ("TEMPERATURE_EXCURSION",),
    )
    words = fact_of(found.verdict.reasons[0], found)
    assert "Longer in one band of temperatures than the product bears." in words
    assert [one.units for one in waiting_with(SELLS)] == [10]
    with pytest.raises(RuleBroken) as refused:
        carry(spent, SELLS, HEALS, 10)
    assert refused.value.code == "TEMPERATURE_UNDECIDED"


def test_both_ends_are_told_like_of_any_excursion(spent: Stage) -> None:
    spent.log()
    follow_checkpoints(at=spent.later())
    assert Leg.objects.filter(state="EXCURSION", giver=SELLS).count() == 1
    assert [one.gln for one in Notice.objects.filter(kind="excursion")] == [SELLS]


def test_a_release_is_of_what_was_used_till_then(spent: Stage) -> None:
    decide(spent, SELLS)
    assert scan(spent, SELLS).verdict.codes == ("RELEASED_BY_QA",)
    carry(spent, SELLS, HEALS, 4)  # readings of five degrees for an hour more
    found = scan(spent, HEALS)
    assert set(found.verdict.codes) == {"TEMPERATURE_EXCURSION", "RELEASED_BY_QA"}
    with pytest.raises(RuleBroken) as refused:
        dispense_units(party=HEALS, lot=LOT, quantity=1, at=spent.later(), nonce=spent.nonce())
    assert refused.value.code == "TEMPERATURE_UNDECIDED"
    decide(spent, HEALS)
    assert scan(spent, HEALS).verdict.codes == ("RELEASED_BY_QA",)
    dispense_units(party=HEALS, lot=LOT, quantity=1, at=spent.later(), nonce=spent.nonce())


def test_what_a_file_told_before_asks_nobody(stage: Stage) -> None:
    """Six days in a room, then the whole file once more, with one day more: seven of ten in all."""
    room: Json = {"id": "room", "low_centi_c": 1500, "high_centi_c": 2500, "total_min": 14_400}
    fridge: dict[str, Json] = {
        "name": "Fridge, ten days of a room",
        "low_centi_c": 200,
        "high_centi_c": 800,
    }
    document = canonical.dumps({**fridge, "bands": [room]})
    profile = add_profile(party=MAKES, document=document, at=stage.now)
    stage.catalogue(VACCINE, "Drops", profile.id)
    stage.register(LOT, 10)
    start, six = stage.now, [2000, 2010] * 432
    for days, told in ((6, six), (7, [*six, *[500, 510] * 432, *[2000, 2010] * 72])):
        until = stage.later(days * DAY)
        record_conditions(
            party=MAKES,
            lot=LOT,
            conditions=readings(start, until, *told),
            covers=(start, until),
            at=stage.later(),
            nonce=stage.nonce(),
        )
    found = scan(stage, MAKES)
    assert [leg.state.value for leg in found.legs] == ["IN_RANGE", "IN_RANGE"]
    assert 60 * 7 * 1440 <= found.legs[1].totals["room"] < 60 * (7 * 1440 + 60)
    assert not waiting_with(MAKES)
    assert found.verdict.codes == ()


def test_what_goes_on_over_a_hand_off_waits_for_quality(stage: Stage) -> None:
    """Heat of half an hour with the maker, and of half an hour on the way: an hour is too long."""
    limits: dict[str, Json] = {"low_centi_c": 200, "high_centi_c": 800, "delay_min": 60}
    document = canonical.dumps({"name": "An hour of heat", **limits})
    profile = add_profile(party=MAKES, document=document, at=stage.now)
    stage.catalogue(VACCINE, "Drops", profile.id)
    stage.register(LOT, 10)
    dock = readings(stage.now - timedelta(minutes=40), stage.now, *[500] * 3, *[900] * 3)
    stage.ship(MAKES, LOT, 10, SELLS, dock)
    way = readings(stage.now, stage.later(timedelta(hours=1)), *[900] * 4, *[500] * 4)
    stage.receive(SELLS, LOT, 10, conditions=way)
    assert [one.units for one in waiting_with(SELLS)] == [10]
    with pytest.raises(RuleBroken) as refused:
        carry(stage, SELLS, HEALS, 10)
    assert refused.value.code == "TEMPERATURE_UNDECIDED"
    found = scan(stage, SELLS)
    assert [leg.state.value for leg in found.legs] == ["IN_RANGE", "EXCURSION"]
    assert found.legs[1].beyond == {Finding.GOES_ON}
    assert found.verdict.code is VerdictCode.STOP
    chain = chain_of(LOT, stage.now, asking=SELLS)
    leg = one_leg(chain, found.legs[1].act.entry_id)
    assert leg is not None
    assert leg.state.value == "EXCURSION"
    goods = [one.ref for one in parcels(SELLS, LOT)]
    (line,) = budget_page(chain, profile_of(profile.id), goods).bands
    assert (line.name, line.used) == ("above the limits, over a hand-off", "1 h 1 min")
    assert line.over == "Outside before a hand-off and after it, and together for too long"


def test_who_decides_sees_what_was_used_where_and_by_whom(spent: Stage) -> None:
    spent.log()
    goods = [one.ref for one in parcels(SELLS, LOT)]
    chain = chain_of(LOT, spent.now, asking=SELLS)
    assert (chain.errors, chain.broken) == ((), ())
    page = budget_page(chain, profile_of("ultra-cold-thawed-once/2"), goods)
    thawed = next(one for one in page.bands if one.name == "thawed")
    assert (thawed.range, thawed.allowed) == ("2.0 °C to 8.0 °C", "30 d 0 h")
    assert thawed.used.startswith("30 d 1 h")
    assert thawed.over == "Longer in one band of temperatures than the product bears"
    assert [one.over for one in page.bands if one.name != "thawed"] == [""] * 6
    assert [leg.title.split(" by ")[0] for leg in page.legs] == [
        "Kept in Fridge 2",
        "Before dispatch",
        "Journey to Wendover Wholesale (GLN 9506000020013)",
        "Kept in Fridge 2",
    ]
    assert page.legs[0].used == ("thawed: 20 d 0 h",)
