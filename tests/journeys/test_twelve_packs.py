"""A maker's file of twelve packs, through the real doors, until each pack tells its own story.

The file is read by the command; the pallet is received at the desk by its label; cases are opened
and packs sent by programs; one pack is dispensed from its scan.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from supplychain.models import Notice
from supplychain.queries.stock import outbound_of, stock_of
from tests.journeys.test_a_partners_file import BUYER, MAKER
from tests.people import PHARMACY, SECOND_PHARMACY
from tests.stages import HEALS, HEALS_TOO, LIES, RULES, Stage, open_stage
from tests.supplychain.admin.conftest import AtDesk, Paper, at_desk, words
from tests.supplychain.admin.test_hand_offs import hidden
from tests.supplychain.api.conftest import NO_READINGS, Program, Programs, now, program

__all__ = ["at_desk", "now", "program"]

MAKES, SELLS = str(MAKER.gln), str(BUYER.gln)
LOT = {"gtin": "00300010123455", "lot": "A123"}
PALLET, CASE = "00/403000112345678901", "01/10300010123452/21/110"
ALL = tuple(range(11, 23))
OURS, THEIRS, SOLD = (11, 12), (13, 14), 11
PASSER_BY = ""


@pytest.fixture
def stage(db: None, settings: Settings, tmp_path: Path) -> Stage:  # noqa: ARG001  opens the database
    """The days in which the file was written, when the lot was not expired."""
    found = open_stage(settings, tmp_path, datetime(2023, 4, 2, 12, 0, tzinfo=UTC))
    found.admit(MAKER)
    found.admit(BUYER)
    return found


@pytest.fixture
def sold(now: Stage, shared: Path, at_desk: AtDesk, program: Programs) -> Stage:
    """The whole way: made, shipped, received, opened, sent to two pharmacies, one dispensed."""
    call_command(
        "import_epcis", shared / "samples/epcis/GS1_US_Pharma_Example_2_2_1_1.xml", "--as", MAKES
    )
    receive_by_label(at_desk(SELLS), now)
    seller = program(SELLS)
    for label in (PALLET, CASE):
        done(seller.post("containers/unpacked", {"container": label}))
    for receiver, packs in ((HEALS, OURS), (HEALS_TOO, THEIRS)):
        hand_on(seller, program(receiver), receiver, packs)
    now.log()
    dispense(at_desk(HEALS), SOLD)
    now.log()
    now.later()
    return now


def receive_by_label(desk: Client, at: Stage) -> None:
    """Scan the pallet's label at the list of dispatches, and sign what that leads to."""
    led = desk.get("/admin/desk/receive", {"code": "(00)403000112345678901"})
    paper = Paper(desk, led["Location"])
    came = {"way": "none", "none": "not_required", "missing": 0, "extra": 0, "note": ""}
    review = paper.review(
        **came, scans="(00)403000112345678901", arrived=f"{at.now:%Y-%m-%dT%H:%M:%S}"
    )
    assert "GS1 Pharma, shipment DEL100" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302


def hand_on(giver: Program, taker: Program, receiver: str, packs: tuple[int, ...]) -> None:
    named = {**LOT, "packs": [str(one) for one in packs]}
    sent = {"quantity": len(packs), "receiver": receiver, "shipment": f"S-{receiver}"}
    done(giver.post("shipments", {**named, **sent, "conditions": NO_READINGS}))
    (way,) = taker.get("shipments", direction="in").json()["results"]
    took = {"output": way["output"], "received": len(packs), "conditions": NO_READINGS}
    done(taker.post("receipts", {**LOT, **took}))


def dispense(pharmacy: Client, serial: int) -> None:
    page = pharmacy.get("/scan", {"code": code(serial)}).content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce, "a good pack's page lets it be dispensed"
    answer = pharmacy.post("/dispense", {"code": code(serial), "nonce": nonce[1]})
    assert answer.status_code == 302


def done(answer: Any) -> None:
    assert answer.status_code == 201, answer.content


def code(serial: int) -> str:
    return f"(01)00300010123455(21){serial}(17)250327(10)A123"


def scan(asker: Program, serial: int) -> tuple[str, ...]:
    """The verdict, and its reasons, the worst first."""
    said = asker.get("verify", code=code(serial)).json()
    return said["verdict"], *(one["code"] for one in said["reasons"])


def scan_alone(asker: Program, serial: int) -> tuple[str, ...]:
    """A scan that leaves nothing behind, so that each is judged as if it were the only one."""
    with transaction.atomic():
        said = scan(asker, serial)
        transaction.set_rollback(True)
    return said


def test_along_the_way_everybody_has_what_the_papers_say(sold: Stage) -> None:
    del sold
    held = {gln: [line.held for line in stock_of(gln)] for gln in (MAKES, SELLS, HEALS, HEALS_TOO)}
    assert held == {MAKES: [], SELLS: [8], HEALS: [1], HEALS_TOO: [2]}
    assert not any(outbound_of(gln) for gln in held)


def told() -> set[tuple[str, str]]:
    return set(Notice.objects.values_list("gln", "kind"))


def all_say(packs: Iterable[int], *said: str) -> dict[int, tuple[str, ...]]:
    return dict.fromkeys(packs, said)


GONE = ("STOP", "PACK_DISPENSED")
NOT_OURS = ("STOP", "NOT_IN_YOUR_CUSTODY", "SCANNED_ELSEWHERE")
PASSED_ON = ("STOP", "PACK_PASSED_ON", "SCANNED_ELSEWHERE")
TWICE = ("STOP", "IN_TWO_PLACES", "PACK_DISPENSED")
AT_SELLER = ALL[4:]


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (MAKES, {SOLD: GONE, **all_say(ALL[1:], "OK")}),
        (RULES, {SOLD: GONE, **all_say(ALL[1:], "OK")}),
        (PASSER_BY, {SOLD: GONE, **all_say(ALL[1:], "OK")}),
        (SELLS, {SOLD: TWICE, **all_say(ALL[1:4], *PASSED_ON), **all_say(AT_SELLER, "OK")}),
        (
            HEALS,
            {
                SOLD: ("STOP", "PACK_DISPENSED_HERE"),
                12: ("OK",),
                **all_say((*THEIRS, *AT_SELLER), *NOT_OURS),
            },
        ),
        (
            HEALS_TOO,
            {
                SOLD: TWICE,
                12: NOT_OURS,
                **all_say(THEIRS, "OK"),
                **all_say(AT_SELLER, *NOT_OURS),
            },
        ),
        (LIES, {SOLD: TWICE, **all_say(ALL[1:], *NOT_OURS)}),
    ],
)
def test_each_of_the_twelve_says_the_right_thing_to_each_who_asks(
    sold: Stage, program: Programs, asking: str, said: dict[int, tuple[str, ...]]
) -> None:
    del sold
    asker = program(asking) if asking else Program("")
    assert {serial: scan_alone(asker, serial) for serial in ALL} == said


def test_the_dispensed_one_scanned_elsewhere_says_stop_and_both_sites_are_told(
    sold: Stage, program: Programs, at_desk: AtDesk
) -> None:
    assert scan(program(HEALS), 12) == ("OK",), "nothing is in doubt before"
    assert scan(program(HEALS_TOO), SOLD) == TWICE
    assert told() == {(gln, "two_places") for gln in (HEALS, HEALS_TOO, MAKES)}
    for gln, what in ((HEALS, "it left the trade with you"), (HEALS_TOO, "You scanned it")):
        page = words(at_desk(gln, "viewer").get("/admin/desk/notices"))
        assert "Two packs with one number" in page
        assert "GTIN 00300010123455, serial 11, lot A123" in page
        assert what in page
    sold.later()
    assert scan(program(HEALS), SOLD) == ("STOP", "IN_TWO_PLACES", "PACK_DISPENSED_HERE")
    assert scan(program(SELLS), 15) == ("OK",), "the others stay as they were"


def test_neither_site_is_told_of_the_others_trade(
    sold: Stage, program: Programs, at_desk: AtDesk
) -> None:
    del sold
    answer = program(HEALS_TOO).get("verify", code=code(SOLD))
    assert answer.json()["verdict"] == "STOP"
    scan(program(HEALS), SOLD)
    told_to = {
        HEALS_TOO: answer.content.decode() + notices_at(at_desk, HEALS_TOO),
        HEALS: notices_at(at_desk, HEALS),
    }
    for gln, text in told_to.items():
        for other in {PHARMACY, SECOND_PHARMACY, BUYER}:
            if str(other.gln) != gln:
                assert str(other.gln) not in text
                assert other.name not in text
    assert {one["roles"][0] for one in answer.json()["steps"]} == {
        "manufacturer",
        "wholesaler",
        "dispenser",
    }, "roles are for everybody's eyes"


def notices_at(at_desk: AtDesk, gln: str) -> str:
    """What the desk shows of its notices, without its own name above them."""
    answer = at_desk(gln, "qa").get("/admin/desk/notices")
    return "".join(f"{one.subject} {one.body}" for one, _ in answer.context["rows"])
