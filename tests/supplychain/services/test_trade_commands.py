"""Acts of trading parties by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from supplychain.queries.stock import stock_of
from tests.stages import HEALS, MAKES, Stage, a_lot, serials

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


def test_packs_are_named_by_command(stage: Stage) -> None:
    stage.register(LOT, 3, packs=serials(1, 2, 3))
    given = ("--as", MAKES, "--reason", "Free sample", "--packs", str(serials(2)[0]))
    run("change_units", "decommission", NAME, "1", *given)
    assert [line.held for line in stock_of(MAKES)] == [2]
