"""A run of codes for programs."""

import pytest

from supplychain.domain.containers import Container
from tests.journeys.test_containers import put
from tests.stages import HEALS, HEALS_TOO, MAKES, Stage, a_lot, serials
from tests.supplychain.api.conftest import Program, Programs

LOT = a_lot("P1")
PACKS = serials(*range(4))
ADDRESS = "verify/bulk"


def code(number: int) -> str:
    return f"(01){LOT.gtin}(10)P1(21)S{number:06d}"


@pytest.fixture
def pharmacy(now: Stage, program: Programs) -> Program:
    now.register(LOT, 4, packs=PACKS)
    now.deliver(MAKES, LOT, 4, HEALS, packs=PACKS)
    now.log()
    return program(HEALS, "viewer")


def test_each_code_is_answered_in_its_place(pharmacy: Program) -> None:
    answer = pharmacy.post(ADDRESS, {"codes": [code(0), "x", code(8)]})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    said = answer.json()
    assert said["verdict"] == "STOP"
    assert said["counts"] == {"OK": 1, "SCAN_AGAIN": 1, "STOP": 1}
    assert [one["reasons"] for one in said["results"]] == [[], ["NOT_GS1"], ["UNKNOWN_SERIAL"]]
    assert said["results"][0] == {
        "code": code(0),
        "verdict": "OK",
        "sentence": "Go ahead: every check is good.",
        "reasons": [],
        "product": "Paracetamol 500 mg",
        "gtin": str(LOT.gtin),
        "lot": "P1",
        "serial": "S000000",
        "container": "",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"codes": []}, 400),
        ({"codes": ["x"] * 301}, 400),
        ({"codes": [1]}, 400),
        ({"codes": ["9" * 2002]}, 400),
        ({"codes": "x"}, 400),
        ({"codes": ["x"], "more": 1}, 400),
        ({}, 400),
        ({"codes": ["", "\x1d", "9" * 2001]}, 200),
    ],
)
def test_what_is_no_run_is_refused(pharmacy: Program, body: object, status: int) -> None:
    assert pharmacy.post(ADDRESS, body).status_code == status


def test_the_label_of_a_case_is_answered_for_its_contents(
    pharmacy: Program, now: Stage, program: Programs
) -> None:
    case = Container("00/106141412345678908")
    put(now, case, {LOT: PACKS[:3]}, party=HEALS)
    now.log()
    label = "(00)106141412345678908"
    said = pharmacy.get("verify", code=label).json()
    assert (said["verdict"], said["lot"]) == ("OK", None)
    assert said["inside"] == {
        "container": str(case),
        "packs": 3,
        "units": 0,
        "counts": {"OK": 3},
        "troubles": [],
    }
    passer_by, stranger = Program(""), program(HEALS_TOO)
    assert passer_by.get("verify", code=label).json()["verdict"] == "CANNOT_CHECK"
    told = stranger.get("verify", code=label).json()
    assert (told["verdict"], told["inside"]["packs"]) == ("STOP", 0)
    passed_on = program(MAKES).get("verify", code=label).json()
    assert passed_on["inside"]["packs"] == 3
    assert pharmacy.get("verify", code=code(3)).json()["inside"] is None


@pytest.mark.usefixtures("now")
def test_a_stranger_checks_no_runs() -> None:
    assert Program("").post(ADDRESS, {"codes": [code(0)]}).status_code == 401
