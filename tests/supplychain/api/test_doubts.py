"""Packs in doubt, for programs: one's own, and who may say that there is nothing in it."""

from supplychain.services.verify_scan import verify_scan
from tests.stages import GOOD_UNTIL, HEALS, LIES, MAKES, RULES, SELLS, Stage, a_lot, serials
from tests.supplychain.api.conftest import Programs, problem

LOT = a_lot("P1")
ALL = serials(*range(3))
CONCERNED = (HEALS, SELLS, MAKES, RULES, LIES)
SETTLED = {"gtin": str(LOT.gtin), "serial": str(ALL[0]), "reason": "A training"}


def in_doubt(stage: Stage) -> None:
    """The pharmacy scans a pack that is at the wholesaler's."""
    stage.register(LOT, 3, packs=ALL)
    stage.deliver(MAKES, LOT, 3, SELLS, packs=ALL)
    stage.log()
    text = f"(01){LOT.gtin}(17){GOOD_UNTIL:%y%m%d}(10){LOT.lot}(21){ALL[0]}"
    verify_scan(scanned=text, at=stage.now, asking=HEALS)


def test_both_sites_see_it_and_who_oversees_it_and_nobody_else(
    program: Programs, now: Stage
) -> None:
    in_doubt(now)
    lines = {gln: program(gln).get("doubts").json()["results"] for gln in CONCERNED}
    shown = {
        "gtin": str(LOT.gtin),
        "serial": str(ALL[0]),
        "lot": "P1",
        "doubt": "held",
        "at": f"{now.now:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert lines[HEALS] == [{**shown, "part": "scanned"}]
    assert lines[SELLS] == [{**shown, "part": "other"}]
    assert lines[MAKES] == lines[RULES] == [{**shown, "part": "oversees"}]
    assert lines[LIES] == []


def test_the_maker_settles_it(program: Programs, now: Stage) -> None:
    in_doubt(now)
    problem(program(SELLS).post("doubts/settled", SETTLED), 422, "MAY_NOT_SETTLE")
    problem(program(MAKES, "viewer").post("doubts/settled", SETTLED), 403, "ROLE_FORBIDDEN")
    assert program(MAKES).post("doubts/settled", SETTLED).json() == {"settled": 1}
    assert program(SELLS).get("doubts").json()["results"] == []
