"""Acts of trading parties by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from supplychain.queries.stock import inbound_to, stock_of
from supplychain.services.receive_shipment import receive_shipment
from tests.stages import GOOD_UNTIL, HEALS, MAKES, NOT_REQUIRED, Stage, a_lot, serials

LOT = a_lot()
NAME = f"{LOT.gtin}/{LOT.lot}"


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def stocked(stage: Stage) -> Stage:
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 30, HEALS)
    return stage


@pytest.mark.usefixtures("stocked")
def test_units_change_by_command() -> None:
    given = (NAME, "10", "--as", HEALS, "--reason", "Seal")
    assert run("change_units", "quarantine", *given).startswith("recorded by entry ")
    run(
        "change_units", "sample", NAME, "2", "--as", HEALS, "--reason", "R", "--from", "quarantined"
    )
    run("change_units", "release", NAME, "5", "--as", HEALS, "--reason", "Good")
    assert [(line.held, line.quarantined) for line in stock_of(HEALS)] == [(25, 3)]


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("export", NAME, "1", "--as", HEALS, "--reason", "R"), "ROLE_MISSING"),
        (("export", "no lot", "1", "--as", HEALS, "--reason", "R"), "INVALID_STREAM"),
        (("export", NAME, "1", "--as", HEALS, "--reason", "R", "--packs", "ü"), "INVALID_SERIAL"),
    ],
)
def test_what_is_refused_is_said_by_its_code(arguments: tuple[str, ...], code: str) -> None:
    with pytest.raises(CommandError, match=code):
        run("change_units", *arguments)


@pytest.mark.usefixtures("stocked")
def test_goods_go_back_and_are_released_by_command() -> None:
    said = ("--as", HEALS, "--shipment", "R-1", "--reason", "Too many")
    run("return_units", NAME, "4", MAKES, *said)
    (journey,) = inbound_to(MAKES)
    assert journey.sent_back == "held"
    receive_shipment(
        party=MAKES,
        output=journey.output,
        lot=LOT,
        received=4,
        damaged=0,
        conditions=NOT_REQUIRED,
        note="",
        at=journey.dispatched_at,
        nonce=bytes(16),
    )
    assert [(line.held, line.returned) for line in stock_of(MAKES)] == [(70, 4)]
    expiry = ("--expiry", GOOD_UNTIL.isoformat())
    run("change_units", "release", NAME, "4", "--as", MAKES, "--reason", "Good", *expiry)
    assert [(line.held, line.returned) for line in stock_of(MAKES)] == [(74, 0)]


def test_packs_are_named_by_command(stage: Stage) -> None:
    stage.register(LOT, 3, packs=serials(1, 2, 3))
    given = ("--as", MAKES, "--reason", "Free sample", "--packs", str(serials(2)[0]))
    run("change_units", "decommission", NAME, "1", *given)
    assert [line.held for line in stock_of(MAKES)] == [2]
