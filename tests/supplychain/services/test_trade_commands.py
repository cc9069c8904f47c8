"""Acts of trading parties by command."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from supplychain.models import Lot
from supplychain.queries.lot_lines import lot_line
from supplychain.queries.stock import inbound_to, parcels, stock_of
from supplychain.services.issue_recall import issue_recall
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


def test_what_a_lot_is_known_for_is_amended_by_command(stocked: Stage) -> None:
    given = {"party": MAKES, "lot": LOT, "reason": "Label"}
    said = {"at": stocked.later(), "nonce": stocked.nonce()}
    recall = issue_recall(**given, recall_class="II", **said).entry_id  # type: ignore[arg-type]  # words of several kinds
    with pytest.raises(CommandError, match="RECALLED"):
        run("change_units", "export", NAME, "1", "--as", MAKES, "--reason", "R")
    words = (NAME, "--as", MAKES, "--reason", "Settled")
    run("amend_lot", "lift-recall", *words, "--entry", recall)
    run("change_units", "export", NAME, "1", "--as", MAKES, "--reason", "R")
    run("amend_lot", "correct", *words, "--entry", recall)
    with pytest.raises(CommandError, match="NOT_YOUR_ENTRY"):
        run("amend_lot", "correct", NAME, "--as", HEALS, "--reason", "R", "--entry", recall)
    run("amend_lot", "extend-expiry", *words, "--expiry", "2028-06-30")
    line = lot_line(LOT)
    assert line is not None
    assert line.expiry.on == date(2028, 6, 30)
    assert Lot.objects.get().extended_from == GOOD_UNTIL
    with pytest.raises(CommandError, match="EXPIRY_NOT_LATER"):
        run("amend_lot", "extend-expiry", *words, "--expiry", "2028-06-30")
    with pytest.raises(CommandError, match="WRONG_SHAPE"):
        run("amend_lot", "extend-expiry", *words)


@pytest.mark.usefixtures("stocked")
def test_an_end_is_undone_by_command_and_the_newest_first() -> None:
    given = (NAME, "10", "--as", HEALS, "--reason", "Not fetched")
    run("change_units", "sample", *given)
    sampled = ("--from", "sampled")
    with pytest.raises(CommandError, match="WAS_SUPPLIED"):
        run("change_units", "undo", *given, *sampled, "--supplied")
    run("change_units", "sample", NAME, "5", "--as", HEALS, "--reason", "R")
    run("change_units", "undo", NAME, "7", "--as", HEALS, "--reason", "R", *sampled)
    left = parcels(HEALS, LOT, "sampled")
    assert sorted(parcel.quantity for parcel in left) == [3, 5]
    assert [line.held for line in stock_of(HEALS)] == [22]


def test_packs_are_named_by_command(stage: Stage) -> None:
    stage.register(LOT, 3, packs=serials(1, 2, 3))
    given = ("--as", MAKES, "--reason", "Free sample", "--packs", str(serials(2)[0]))
    run("change_units", "decommission", NAME, "1", *given)
    assert [line.held for line in stock_of(MAKES)] == [2]


@pytest.mark.usefixtures("stocked")
def test_a_lot_is_repacked_by_command() -> None:
    new = f"{LOT.gtin}/A1-S"
    said = ("--as", MAKES, "--operation", "OP-1", "--reason", "Smaller packs")
    run("transform_lot", "repack", NAME, *said, "--into", f"{new}=20:60", "--lost", "1")
    assert [line.held for line in stock_of(MAKES)] == [49]
    with pytest.raises(CommandError, match="MASS_IMBALANCE"):
        run("transform_lot", "split", NAME, *said, "--into", f"{new}=20:60")
    with pytest.raises(CommandError, match="INTO_WRONG"):
        run("transform_lot", "split", NAME, *said, "--into", f"{new}=²")
