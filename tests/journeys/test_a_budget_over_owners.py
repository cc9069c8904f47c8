"""A product that may be warm for an hour in all: what one owner uses up, the next has not."""

from datetime import timedelta

import pytest

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.verdicts import VerdictCode
from supplychain.models import ProfileDocument
from supplychain.queries.scans import ScanResult
from supplychain.services.add_profile import add_profile
from supplychain.services.release_quality import release_quality
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, MAKES, SELLS, Stage, readings

DROPS = "00614141000036"
LOT = LotKey(Gtin(DROPS), LotNumber("B1"))
HALF_AN_HOUR = timedelta(minutes=30)
AN_HOUR: dict[str, Json] = {
    "name": "2 to 8 °C, up to 25 °C for an hour in all",
    "low_centi_c": 200,
    "high_centi_c": 800,
    "bands": [
        {
            "id": "warm",
            "low_centi_c": 800,
            "high_centi_c": 2500,
            "total_min": 60,
            "side": "above",
        }
    ],
}


@pytest.fixture
def born(stage: Stage) -> Stage:
    """Forty packs of a product with a profile of its own."""
    document = canonical.dumps(AN_HOUR)
    profile = add_profile(party=MAKES, document=document, at=stage.now)
    stage.catalogue(DROPS, "Eye drops", profile.id)
    stage.register(LOT, 40)
    return stage


def carry(stage: Stage, giver: str, receiver: str, quantity: int, *centi_c: int) -> None:
    """An hour's journey with these readings, one every ten minutes, over and over."""
    since = stage.later(HALF_AN_HOUR)
    stage.later(HALF_AN_HOUR)
    stage.ship(giver, LOT, quantity, receiver, readings(since, since, 500))
    start = stage.now
    stage.later(timedelta(minutes=59))
    journey = readings(start, stage.now + timedelta(minutes=1), *centi_c)
    stage.receive(receiver, LOT, quantity, conditions=journey)


def decide(stage: Stage, party: str) -> None:
    release_quality(
        party=party,
        lot=LOT,
        reason="Within what the product may bear",
        decided_by="Quinn Ash",
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )


def scan(stage: Stage, asking: str) -> ScanResult:
    stage.log()
    return verify_scan(scanned=f"(01){DROPS}(10)B1", at=stage.later(), asking=asking)


WARM_ONCE = (500, 900, 500, 500, 500, 500, 500, 500)  # twenty minutes at worst
WARM_TWICE = (500, 900, 900, 900, 500, 500, 500, 500)  # forty


def test_what_is_within_the_budget_waits_for_quality(born: Stage) -> None:
    carry(born, MAKES, SELLS, 40, *WARM_ONCE)
    assert scan(born, SELLS).verdict.codes == ("TEMPERATURE_REVIEW",)
    decide(born, SELLS)
    assert scan(born, SELLS).verdict.codes == ("RELEASED_BY_QA",)


def test_a_leg_that_takes_it_beyond_the_budget_is_an_excursion(born: Stage) -> None:
    carry(born, MAKES, SELLS, 40, *WARM_TWICE)
    decide(born, SELLS)
    carry(born, SELLS, HEALS, 10, *WARM_TWICE)
    found = scan(born, HEALS)
    assert found.verdict.code is VerdictCode.STOP
    assert set(found.verdict.codes) == {"TEMPERATURE_EXCURSION", "RELEASED_BY_QA"}
    assert scan(born, SELLS).verdict.codes == ("RELEASED_BY_QA",)


def test_each_part_of_a_split_inherits_what_was_used(born: Stage) -> None:
    carry(born, MAKES, SELLS, 20, *WARM_TWICE)
    carry(born, MAKES, HEALS, 20, *WARM_ONCE)
    decide(born, SELLS)
    carry(born, SELLS, HEALS, 10, *WARM_ONCE)
    states = {leg.state.value for leg in scan(born, SELLS).legs}
    assert states == {"IN_RANGE", "REVIEW"}


def test_goods_put_together_have_the_worst_behind_them_and_no_sum(born: Stage) -> None:
    for _ in range(2):
        carry(born, MAKES, SELLS, 20, *WARM_TWICE)
        decide(born, SELLS)
    carry(born, SELLS, HEALS, 40, *WARM_ONCE)
    found = scan(born, HEALS)
    assert [
        leg.totals["warm"]
        for leg in found.legs
        if str(leg.act.signer.gln) == HEALS and leg.judgement
    ] == [60 * 60]
    assert set(found.verdict.codes) == {"TEMPERATURE_REVIEW", "RELEASED_BY_QA"}


def test_a_profile_whose_document_was_changed_judges_nothing(born: Stage) -> None:
    carry(born, MAKES, SELLS, 40, 500)
    assert scan(born, SELLS).verdict.code is VerdictCode.OK
    other = canonical.dumps(AN_HOUR | {"high_centi_c": 2500})
    ProfileDocument.objects.update(document=other)
    found = scan(born, SELLS)
    assert found.verdict.code is not VerdictCode.OK
