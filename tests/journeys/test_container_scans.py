"""The label of a case or pallet is scanned: the verdict for all that is in it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.core.entry import stream_id
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.verdicts import VerdictCode
from supplychain.models import PackNode, Sighting
from supplychain.queries.containers import labelled
from supplychain.queries.contents import ContainerResult
from supplychain.queries.runs import RunResult
from supplychain.queries.sightings import pack_code
from supplychain.recording import containers_judged as module
from supplychain.services import check_run as runs
from supplychain.services.check_container import check_container
from supplychain.services.check_run import check_run
from supplychain.services.issue_recall import issue_recall
from supplychain.services.verify_scan import verify_scan
from tests.journeys.test_containers import (
    ALL,
    CASES,
    LOT,
    OTHER,
    OTHERS,
    PALLET,
    pallet,
    receive,
    ship,
    unpack,
)
from tests.people import CARRIER
from tests.stages import HEALS, LIES, MAKES, RULES, SELLS, Stage

__all__ = ["pallet"]
ON = date(2026, 3, 2)
NOTHING = Container("00/006141411234567890")


def check(stage: Stage, container: Container, asking: str | None) -> ContainerResult:
    stage.log()
    return check_container(container=container, at=stage.later(), asking=asking)


def told(found: ContainerResult) -> tuple[VerdictCode, tuple[str, ...], int]:
    return found.verdict.code, found.verdict.codes, len(found.packs)


@pytest.fixture
def arrived(pallet: Stage) -> Stage:
    """The pallet is at the wholesaler's."""
    ship(pallet, PALLET)
    receive(pallet, PALLET)
    return pallet


def test_a_good_pallet_is_good_with_every_pack_in_it(arrived: Stage) -> None:
    found = check(arrived, PALLET, SELLS)
    assert told(found) == ("OK", (), 12)
    assert {one.packed.serial for one in found.packs} == {*ALL, *OTHERS}
    assert found.lots.keys() == {LOT, OTHER}
    assert found.checkpoint is not None


def test_one_recalled_lot_stops_the_pallet_and_its_packs_are_told_apart(arrived: Stage) -> None:
    issue_recall(
        party=MAKES,
        lot=OTHER,
        recall_class="I",
        reason="Wrong leaflet",
        at=arrived.later(),
        nonce=arrived.nonce(),
    )
    found = check(arrived, PALLET, SELLS)
    assert told(found) == ("STOP", ("RECALLED",), 12)
    bad = {one.packed.serial for one in found.packs if one.verdict.code == "STOP"}
    assert bad == set(OTHERS)
    assert told(check(arrived, CASES[0], SELLS)) == ("OK", (), 4)
    assert told(check(arrived, CASES[2], SELLS)) == ("STOP", ("RECALLED",), 3)


def test_a_pack_that_somebody_else_has_in_hand_stops_its_case(arrived: Stage) -> None:
    arrived.log()
    text = f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21){ALL[1]}"
    verify_scan(scanned=text, at=arrived.later(), asking=LIES)
    found = check(arrived, CASES[0], SELLS)
    assert (found.verdict.code, len(found.packs)) == ("CAUTION", 4)
    (odd,) = (one for one in found.packs if one.verdict.code != "OK")
    assert (odd.packed.serial, odd.verdict.codes) == (ALL[1], ("SCANNED_ELSEWHERE",))


def test_what_is_on_the_way_waits_for_its_receipt(pallet: Stage) -> None:
    ship(pallet, PALLET)
    assert told(check(pallet, PALLET, SELLS)) == ("CAUTION", ("NOT_RECEIVED_YET",), 12)


def test_who_never_had_it_is_told_that_and_nothing_else(arrived: Stage) -> None:
    for stranger in (HEALS, LIES):
        found = check(arrived, PALLET, stranger)
        assert told(found) == ("STOP", ("NOT_IN_YOUR_CUSTODY",), 0)
        assert not found.lots


def test_makers_and_authorities_see_all_and_who_passed_it_on_sees_what_was_his(
    arrived: Stage,
) -> None:
    assert told(check(arrived, PALLET, MAKES)) == ("OK", (), 12)
    assert told(check(arrived, PALLET, RULES)) == ("OK", (), 12)
    unpack(arrived, PALLET)
    ship(arrived, CASES[0], giver=SELLS, receiver=HEALS)
    receive(arrived, CASES[0], party=HEALS)
    assert told(check(arrived, CASES[0], HEALS)) == ("OK", (), 4)
    assert told(check(arrived, CASES[0], SELLS)) == ("STOP", ("PACK_PASSED_ON",), 4)


@pytest.mark.parametrize("container", [PALLET, NOTHING])
def test_a_passer_by_learns_not_even_whether_there_is_such_a_container(
    arrived: Stage, container: Container
) -> None:
    for nobody in (None, str(Gln("0000000000000")), str(CARRIER.gln)):
        found = check(arrived, container, nobody)
        assert told(found) == ("CANNOT_CHECK", ("SIGN_IN_FIRST",), 0)


def test_an_empty_or_unknown_container_is_never_good(arrived: Stage) -> None:
    assert told(check(arrived, NOTHING, SELLS)) == ("CANNOT_CHECK", ("CONTAINER_EMPTY",), 0)
    for one in (PALLET, *CASES):
        unpack(arrived, one)
    for one in (PALLET, *CASES):
        assert told(check(arrived, one, SELLS)) == ("CANNOT_CHECK", ("CONTAINER_EMPTY",), 0)


def test_what_is_not_logged_yet_is_not_good(arrived: Stage) -> None:
    found = check_container(container=PALLET, at=arrived.later(), asking=SELLS)
    assert found.verdict.code == "CANNOT_CHECK"


def test_lost_nodes_make_no_case_green(arrived: Stage) -> None:
    PackNode.objects.filter(stream_id=stream_id(LOT.stream)).delete()
    found = check(arrived, CASES[0], SELLS)
    assert found.verdict.code == "CANNOT_CHECK"
    assert "SERIAL_NOT_CHECKED" in found.verdict.codes
    assert len(found.packs) == 4


@pytest.mark.parametrize("bound", ["PACKS_MAX", "LOTS_MAX"])
def test_more_than_one_check_takes_is_said_so(
    arrived: Stage, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(module, bound, 1)
    assert told(check(arrived, PALLET, SELLS)) == ("CANNOT_CHECK", ("CONTAINER_TOO_LARGE",), 0)


def test_four_packs_cost_as_many_questions_as_eight(arrived: Stage) -> None:
    arrived.log()
    unpack(arrived, PALLET)

    def questions(*containers: Container) -> int:
        with CaptureQueriesContext(connection) as asked:
            for one in containers:
                check(arrived, one, SELLS)
        return len(asked)

    check(arrived, CASES[0], SELLS)
    assert questions(CASES[0]) == questions(CASES[1])
    assert questions(CASES[0]) < 60


@pytest.mark.parametrize(
    ("text", "container"),
    [
        ("(00)106141412345678908", PALLET),
        ("https://x.example/00/106141412345678908", PALLET),
        ("(00)006141411234567890", NOTHING),  # a label, whatever is in it
        ("(01)00614141000012(21)C1", CASES[1]),
        ("010061414100001221C1", CASES[1]),
        ("(01)00614141000012(10)NEVERBORN(21)C1", CASES[1]),
        ("(01)00614141000012(10)P1(21)C1", None),  # a pack of a known lot, whatever it is called
        ("(01)00614141000012(21)C9", None),
        ("(01)00614141000012(10)P1", None),
        ("rubbish", None),
        ("(00)106141412345678907", None),
    ],
)
@pytest.mark.usefixtures("pallet")
def test_a_label_is_known_by_sscc_or_by_the_number_of_a_known_case(
    text: str, container: Container | None
) -> None:
    found = labelled(text, on=ON)
    assert (found and found.container) == container


# --- in a run ---------------------------------------------------------------------------------


def label(container: Container) -> str:
    kind, value, *rest = str(container).split("/", 3)
    return f"({kind}){value}" + (f"({rest[0]}){rest[1]}" if rest else "")


def in_a_run(stage: Stage, asking: str, *codes: str) -> RunResult:
    stage.log()
    return check_run(codes=codes, at=stage.later(), asking=asking)


def test_the_label_of_a_case_in_a_run_stands_for_its_packs(arrived: Stage) -> None:
    loose = f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21){ALL[0]}"
    found = in_a_run(arrived, SELLS, label(CASES[1]), loose)
    assert (found.verdict.code, len(found.lines)) == ("OK", 5)
    assert [line.container for line in found.lines] == [CASES[1]] * 4 + [None]
    assert {str(line.text) for line in found.lines[:4]} == {label(CASES[1])}
    assert not Sighting.objects.filter(pack=pack_code(LOT.gtin, ALL[5])).exists(), "nobody read it"
    assert len(in_a_run(arrived, SELLS, label(PALLET)).lines) == 12


def test_of_a_case_in_a_run_the_packs_in_trouble_are_named(arrived: Stage) -> None:
    issue_recall(
        party=MAKES,
        lot=OTHER,
        recall_class="I",
        reason="Wrong leaflet",
        at=arrived.later(),
        nonce=arrived.nonce(),
    )
    found = in_a_run(arrived, SELLS, label(PALLET))
    bad = [line.scanned for line in found.lines if line.verdict.code != "OK"]
    assert found.verdict.code == "STOP"
    assert {one.serial for one in bad if one} == set(OTHERS)


@pytest.mark.parametrize("container", [PALLET, NOTHING])
def test_of_anothers_or_no_container_a_run_says_only_that(
    arrived: Stage, container: Container
) -> None:
    (line,) = in_a_run(arrived, HEALS, label(container)).lines
    assert line.scanned is None
    assert line.verdict.code in ("STOP", "CANNOT_CHECK")


def test_a_run_has_so_many_cases_and_no_more(
    arrived: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CASES_MAX", 2)
    in_a_run(arrived, SELLS, label(PALLET), label(PALLET), label(CASES[0]))
    with pytest.raises(Invalid, match="cases and pallets"):
        in_a_run(arrived, SELLS, *map(label, (PALLET, *CASES)))
