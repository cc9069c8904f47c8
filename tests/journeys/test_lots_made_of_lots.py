"""Packs are repacked; when the old lot is recalled, the new packs are stopped too (R4, R11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Output
from supplychain.domain.spent import NOTHING_SPENT
from supplychain.domain.statements import LotRegister, TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.domain.verdicts import Verdict
from supplychain.models import Descent, Leg, Transformation
from supplychain.queries.chains import chain_of
from supplychain.queries.descent import made_into, made_of
from supplychain.queries.forebears import forebears_of
from supplychain.recording.submissions import Recorded
from supplychain.services.add_profile import add_profile
from supplychain.services.dispense_units import dispense_units
from supplychain.services.issue_recall import issue_recall
from supplychain.services.lift_recall import lift_recall
from supplychain.services.place_hold import place_hold
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from supplychain.services.transform_lot import transform_lot
from supplychain.services.verify_scan import verify_scan
from supplychain.web.verdict_page import fact_of
from tests.stages import HEALS, INSULIN, MAKES, Stage, a_lot, readings, serials

OLD, OLDER, NEW, NEWEST = (a_lot(number) for number in ("OLD", "OLDER", "NEW", "NEWEST"))


def make(stage: Stage, lot: LotKey, into: Into, lost: int = 0, **packs: object) -> Recorded:
    return transform_lot(
        party=MAKES,
        lot=lot,
        operation=f"OP-{into.key.lot}",
        kind=TransformKind.REPACK,
        into=(into,),
        lost=lost,
        reason="Smaller packs",
        at=stage.later(),
        nonce=stage.nonce(),
        **packs,  # type: ignore[arg-type]  # packs and lost_packs
    )


def scan(stage: Stage, lot: LotKey, asking: str | None = HEALS, serial: str = "") -> Verdict:
    stage.log()
    text = f"(01){lot.gtin}(17)271231(10){lot.lot}" + (f"(21){serial}" if serial else "")
    return verify_scan(scanned=text, at=stage.later(), asking=asking).verdict


def recall(stage: Stage, lot: LotKey) -> str:
    said = issue_recall(
        party=MAKES,
        lot=lot,
        recall_class="I",
        reason="Wrong strength",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    return said.entry_id


@pytest.fixture
def repacked(stage: Stage) -> Stage:
    """Two lots of 100 make one of 500, and half of this another; a pharmacy has of both."""
    stage.register(OLD, 100)
    stage.register(OLDER, 100)
    make(stage, OLD, Into(NEW, 90, 270), lost=1)
    make(stage, OLDER, Into(NEW, 100, 230))
    stage.register(NEW, 500)
    make(stage, NEW, Into(NEWEST, 250, 250))
    stage.register(NEWEST, 250)
    stage.deliver(MAKES, NEW, 10, HEALS)
    stage.deliver(MAKES, NEWEST, 10, HEALS)
    return stage


def test_a_repacked_lot_is_sound_where_its_sources_are(repacked: Stage) -> None:
    assert scan(repacked, NEW).code == "OK"
    assert scan(repacked, NEWEST).code == "OK"
    assert made_of(NEWEST) == [NEW, OLD, OLDER]
    assert made_into(OLD) == [NEW, NEWEST]


def test_a_recall_of_a_source_stops_all_that_was_made_of_it(repacked: Stage) -> None:
    recalled = recall(repacked, OLD)
    for lot in (OLD, NEW, NEWEST):
        assert "RECALLED" in scan(repacked, lot).codes
        assert scan(repacked, lot).code == "STOP"
    assert "RECALLED" not in scan(repacked, OLDER, MAKES).codes
    with pytest.raises(RuleBroken) as refused:
        dispense_units(
            party=HEALS, lot=NEWEST, quantity=1, at=repacked.later(), nonce=repacked.nonce()
        )
    assert refused.value.code == "RECALLED"
    lift_recall(
        party=MAKES,
        lot=OLD,
        recall=recalled,
        reason="Strength is right",
        at=repacked.later(),
        nonce=repacked.nonce(),
    )
    assert scan(repacked, NEWEST).code == "OK"
    dispense_units(party=HEALS, lot=NEWEST, quantity=1, at=repacked.later(), nonce=repacked.nonce())


def test_a_hold_on_a_source_holds_what_was_made_of_it(repacked: Stage) -> None:
    place_hold(
        party=MAKES, lot=OLDER, reason="Complaint", at=repacked.later(), nonce=repacked.nonce()
    )
    assert "ON_HOLD" in scan(repacked, NEWEST).codes
    with pytest.raises(RuleBroken) as refused:
        repacked.ship(MAKES, NEWEST, 1, HEALS)
    assert refused.value.code == "ON_HOLD"


def test_a_lot_is_born_with_just_what_went_into_it(stage: Stage) -> None:
    stage.register(OLD, 100)
    make(stage, OLD, Into(NEW, 90, 270))
    with pytest.raises(RuleBroken) as refused:
        stage.register(NEW, 271)
    assert refused.value.code == "MASS_IMBALANCE"
    stage.register(NEW, 270)
    with pytest.raises(RuleBroken) as refused:
        make(stage, OLD, Into(NEW, 10, 30))
    assert refused.value.code == "BORN_TWICE"


def test_a_lot_made_of_recalled_goods_is_born_flagged(stage: Stage) -> None:
    stage.register(OLD, 100)
    make(stage, OLD, Into(NEW, 90, 270))
    recall(stage, OLD)
    with pytest.raises(RuleBroken) as refused:
        make(stage, OLD, Into(NEWEST, 10, 30))
    assert refused.value.code == "RECALLED"
    stage.register(NEW, 270)
    with pytest.raises(RuleBroken) as refused:
        stage.ship(MAKES, NEW, 1, HEALS)
    assert refused.value.code == "RECALLED"


def test_where_a_source_cannot_be_checked_nothing_is_ok(repacked: Stage) -> None:
    Descent.objects.all().delete()  # tables are not believed, so this changes nothing
    Transformation.objects.all().delete()
    assert scan(repacked, NEW).code == "OK"
    make_unlogged = recall(repacked, OLDER)
    text = f"(01){NEW.gtin}(17)271231(10){NEW.lot}"
    verdict = verify_scan(scanned=text, at=repacked.later(), asking=HEALS).verdict
    assert (verdict.code, set(verdict.codes)) == ("CANNOT_CHECK", {"ORIGIN_NOT_CHECKED"})
    repacked.log()
    stopped = verify_scan(scanned=text, at=repacked.later(), asking=HEALS).verdict
    assert stopped.reasons[0].details == (make_unlogged,)


def test_packs_become_other_packs(stage: Stage) -> None:
    old, new = serials(*range(10)), serials(*range(100, 103))
    stage.register(OLD, 10, packs=old)
    make(stage, OLD, Into(NEW, 9, 3), lost=1, packs=old[:9], lost_packs=old[9:])
    stage.register(NEW, 3, packs=new)
    stage.deliver(MAKES, NEW, 1, HEALS, packs=new[:1])
    assert scan(stage, NEW, serial=str(new[0])).code == "OK"
    assert _stopped(stage, old[0]) == "PACK_ENDED"
    assert _stopped(stage, old[9]) == "PACK_ENDED"
    recall(stage, OLD)
    assert scan(stage, NEW, serial=str(new[0])).codes[0] == "RECALLED"


def _stopped(stage: Stage, serial: Serial) -> str:
    return scan(stage, OLD, None, str(serial)).codes[0]


DROPS = "00614141000036"
COLD, COLDER = a_lot("COLD", DROPS), a_lot("COLDER", DROPS)
AN_HOUR: dict[str, Json] = {
    "name": "2 to 8 °C, up to 25 °C for an hour in all",
    "low_centi_c": 200,
    "high_centi_c": 800,
    "bands": [
        {"id": "warm", "low_centi_c": 800, "high_centi_c": 2500, "total_min": 60, "side": "above"}
    ],
}


def kept(stage: Stage, lot: LotKey, *centi_c: int) -> Recorded:
    """An hour in the maker's fridge, with a reading every ten minutes."""
    since = stage.now
    until = stage.later(timedelta(hours=1))
    return record_conditions(
        party=MAKES,
        lot=lot,
        conditions=readings(since, until + timedelta(minutes=1), *centi_c),
        covers=(since, until),
        at=stage.later(),
        nonce=stage.nonce(),
    )


def released(stage: Stage, lot: LotKey, party: str = MAKES) -> Recorded:
    return release_quality(
        party=party,
        lot=lot,
        reason="The maker's study 4711",
        decided_by="Quinn Ash",
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )


@pytest.fixture
def relabelled(stage: Stage) -> Stage:
    """A lot that was warm for half an hour and released became another, with a pharmacy now."""
    profile = add_profile(party=MAKES, document=canonical.dumps(AN_HOUR), at=stage.now)
    stage.catalogue(DROPS, "Eye drops", profile.id)
    stage.register(COLD, 10)
    kept(stage, COLD, 500, 950, 950, 500, 500, 500, 500)
    released(stage, COLD)
    make(stage, COLD, Into(COLDER, 10, 10))
    stage.register(COLDER, 10)
    return stage


def test_what_quality_released_before_is_told_of_what_was_made(relabelled: Stage) -> None:
    relabelled.deliver(MAKES, COLDER, 10, HEALS, readings(relabelled.now, relabelled.now, 500))
    relabelled.log()
    text = f"(01){DROPS}(17)271231(10)COLDER"
    found = verify_scan(scanned=text, at=relabelled.later(), asking=HEALS)
    assert "RELEASED_BY_QA" in found.verdict.codes
    told = next(one for one in found.verdict.reasons if one.code == "RELEASED_BY_QA")
    words = fact_of(told, found)
    assert "9.5 °C, outside for 30 min." in words
    assert "The maker's study 4711." in words
    assert "Makes" not in words, "who traded in the older lot is not told"


def test_what_was_made_has_no_more_of_the_budget_than_what_it_was_made_of(
    relabelled: Stage,
) -> None:
    asked = kept(relabelled, COLDER, 500, 950, 950, 950, 500, 500, 500)
    with pytest.raises(RuleBroken) as refused:
        relabelled.ship(MAKES, COLDER, 10, HEALS)
    assert refused.value.code == "TEMPERATURE_UNDECIDED"
    relabelled.log()
    chain = chain_of(COLDER, relabelled.now)
    (goods,) = chain.history.state.outputs.values()
    assert goods.questions == {asked.entry_id}
    assert goods.spent.tally.used["warm"].seconds == 70 * 60
    assert Leg.objects.get(entry_id=asked.entry_id).state == "REVIEW"
    elder = forebears_of(chain, relabelled.now)[0].forebear
    assert (elder.agrees, [leg.state.value for leg in elder.legs]) == (True, ["REVIEW"])


def test_a_birth_that_hides_what_was_used_up_is_found(relabelled: Stage) -> None:
    relabelled.log()
    chain = chain_of(COLDER, relabelled.now)
    birth = next(iter(chain.history.acts.values()))
    assert isinstance(birth.statement, LotRegister)
    assert birth.statement.origin is not None
    (source,) = birth.statement.origin.sources
    assert source.spent is not None
    clean = replace(birth.statement.origin, sources=(replace(source, spent=None),))
    acts = {birth.entry_id: replace(birth, statement=replace(birth.statement, origin=clean))}
    hidden = replace(chain, history=replace(chain.history, acts=acts))
    assert forebears_of(hidden, relabelled.now)[0].forebear.agrees is False


def test_where_another_profile_counts_nothing_is_handed_down(stage: Stage) -> None:
    profile = add_profile(party=MAKES, document=canonical.dumps(AN_HOUR), at=stage.now)
    stage.catalogue(DROPS, "Eye drops", profile.id)
    stage.register(COLD, 10)
    kept(stage, COLD, 500, 950, 950, 500, 500, 500, 500)
    released(stage, COLD)
    made = a_lot("OTHER", INSULIN)
    make(stage, COLD, Into(made, 10, 10))
    stage.register(made, 10)
    (goods,) = _goods(stage, made)
    assert goods.spent == NOTHING_SPENT


def _goods(stage: Stage, lot: LotKey) -> list[Output]:
    stage.log()
    return list(chain_of(lot, stage.now).history.state.outputs.values())
