"""A hundred packs in a run: each judged as a scan of its own, and only trouble wants an action."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.models import PackDoubt, Sighting
from supplychain.queries.runs import RunResult
from supplychain.queries.sightings import pack_code
from supplychain.services import check_run as module
from supplychain.services.check_run import check_run
from supplychain.services.dispense_units import dispense_units
from tests.stages import HEALS, HEALS_TOO, MAKES, Stage, a_lot, serials

LOT, OTHER, PLAIN = a_lot("P1"), a_lot("P2"), a_lot("OLD")
PACKS, OTHERS = serials(*range(8)), serials(*range(100, 104))


def code(serial: Serial | None, lot: LotKey = LOT, expiry: str = "271231") -> str:
    return f"(01){lot.gtin}(17){expiry}(10){lot.lot}" + (f"(21){serial}" if serial else "")


def run(stage: Stage, *codes: str) -> RunResult:
    return check_run(codes=codes, at=stage.later(), asking=HEALS)


@pytest.fixture
def here(stage: Stage) -> Stage:
    """Packs of two lots at the pharmacy, and goods of a lot without serial numbers."""
    for lot, packs in ((LOT, PACKS), (OTHER, OTHERS)):
        stage.register(lot, len(packs), packs=packs)
        stage.deliver(MAKES, lot, len(packs), HEALS, packs=packs)
    stage.register(PLAIN, 5)
    stage.deliver(MAKES, PLAIN, 5, HEALS)
    dispense_units(
        party=HEALS,
        lot=LOT,
        quantity=1,
        packs=PACKS[:1],
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    return stage


def test_a_run_of_good_packs_is_good(here: Stage) -> None:
    found = run(here, *map(code, PACKS[1:]), *(code(one, OTHER) for one in OTHERS))
    assert {line.verdict.code for line in found.lines} == {"OK"}
    assert found.verdict.code == "OK"
    assert Sighting.objects.filter(gln=HEALS, verdict="OK").count() == 11


def test_each_code_has_its_own_answer_in_the_order_of_the_scans(here: Stage) -> None:
    found = run(
        here,
        code(PACKS[1]),
        "rubbish",
        code(PACKS[0]),
        code(OTHERS[0], OTHER),
        code(PACKS[2], expiry="280131"),
        code(Serial("NEVER")),
        code(PACKS[1]),
        code(None, PLAIN),
        "(01)00614141000012",
        "(00)106141412345678908",
    )
    assert [line.verdict.codes[:1] or (line.verdict.code,) for line in found.lines] == [
        ("OK",),
        ("NOT_GS1",),
        ("PACK_DISPENSED_HERE",),
        ("OK",),
        ("EXPIRY_MISMATCH",),
        ("UNKNOWN_SERIAL",),
        ("ALREADY_SCANNED_HERE",),
        ("OK",),
        ("LOT_MISSING",),
        ("CONTAINER_EMPTY",),
    ]
    assert [line.text for line in found.lines][1] == "rubbish"
    assert found.verdict.code == "STOP"
    assert found.lines[0].lot is not None


def test_a_run_is_bounded_and_not_empty(here: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="Nothing was scanned"):
        run(here)
    monkeypatch.setattr(module, "LOTS_MAX", 1)
    with pytest.raises(Invalid, match="2 lots: a run has at most 1"):
        run(here, code(PACKS[1]), code(OTHERS[0], OTHER))
    monkeypatch.setattr(module, "CODES_MAX", 1)
    with pytest.raises(Invalid, match="2 codes: a run has at most 1"):
        run(here, "a", "b")
    assert not Sighting.objects.exists()


def test_a_site_that_nobody_admitted_keeps_no_sightings(here: Stage) -> None:
    found = check_run(codes=[code(PACKS[1])], at=here.later(), asking="0000000000000")
    assert found.verdict.code == "OK"
    assert not Sighting.objects.exists()


def test_two_packs_cost_as_many_questions_as_six(here: Stage) -> None:
    here.index()

    def questions(*packs: Serial) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert run(here, *map(code, packs)).verdict.code == "OK"
        return len(asked)

    run(here, code(PACKS[1]))
    assert questions(*PACKS[1:3]) == questions(*PACKS[2:8])


def test_each_sighting_of_a_run_keeps_its_own_verdict(here: Stage) -> None:
    run(here, *map(code, PACKS))
    kept = dict(Sighting.objects.values_list("pack", "verdict"))
    assert kept == {pack_code(LOT.gtin, one): "STOP" if one == PACKS[0] else "OK" for one in PACKS}


def test_r13_a_run_at_another_site_puts_just_its_own_packs_in_doubt(here: Stage) -> None:
    run(here, *map(code, PACKS[1:4]))
    found = check_run(codes=[*map(code, PACKS[2:6])], at=here.later(), asking=HEALS_TOO)
    assert {line.verdict.code for line in found.lines} == {"STOP"}
    doubted = {(row.pack, row.site, row.other) for row in PackDoubt.objects.filter(doubt="held")}
    assert doubted == {(pack_code(LOT.gtin, one), HEALS_TOO, HEALS) for one in PACKS[4:6]}
    seen = PackDoubt.objects.filter(doubt="seen").values_list("pack", flat=True)
    assert set(seen) == {pack_code(LOT.gtin, one) for one in PACKS[2:4]}
