"""Temperature by command: how goods were kept, and what quality decides."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from supplychain.models import Leg
from supplychain.queries.questions import waiting_with
from tests.stages import INSULIN, MAKES, Stage, a_lot

LOT = a_lot("Q5", INSULIN)
NAME = f"{LOT.gtin}/{LOT.lot}"
DECISION = ("release_quality", NAME, "--as", MAKES, "--reason", "Study 4711")


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def kept(stage: Stage, folder: Path, *celsius: float, device: str = "L-1") -> str:
    """A day in the fridge, as a logger's file says it; runs the command."""
    since, until = stage.now, stage.later(timedelta(hours=24))
    rows = ["time,temperature_c"]
    for n in range(25):
        at = since + timedelta(hours=n)
        rows.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{celsius[n % len(celsius)]}")
    file = folder / f"{device}.csv"
    file.write_text("\n".join([*rows, ""]))
    times = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (since, until)]
    told = ("--since", times[0], "--until", times[1], "--device", device, "--place", "Fridge 2")
    return run("record_conditions", NAME, str(file), "--as", MAKES, *told)


def test_a_warm_stay_is_recorded_and_decided_on(stage: Stage, tmp_path: Path) -> None:
    stage.register(LOT, 10)
    assert kept(stage, tmp_path, 5.1, 5.2).startswith("recorded by entry ")
    assert waiting_with(MAKES) == []
    kept(stage, tmp_path, 5.1, 9.4)
    assert [leg.state for leg in Leg.objects.all()] == ["IN_RANGE", "EXCURSION"]
    assert [one.units for one in waiting_with(MAKES)] == [10]
    assert run(*DECISION, "--by", "Quinn Ash").startswith("recorded by entry ")
    assert waiting_with(MAKES) == []
    with pytest.raises(CommandError, match="NOTHING_TO_DECIDE"):
        run(*DECISION, "--by", "Quinn Ash")


def test_two_people_are_not_told_by_a_command(stage: Stage, tmp_path: Path) -> None:
    stage.register(LOT, 10)
    kept(stage, tmp_path, 9.4)
    call_command("ask_four_eyes", MAKES, "on", stdout=StringIO())
    with pytest.raises(CommandError, match="SECOND_PERSON_NEEDED"):
        run(*DECISION, "--by", "Quinn Ash")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("gone.csv", "--since", "2026-03-01T00:00:00Z"), "FILE"),
        (("L-1.csv", "--since", "yesterday"), "WRONG_SHAPE"),
        (("L-1.csv", "--since", "2026-03-01T00:00:00Z", "--zone", "CET"), "INVALID_ZONE"),
    ],
)
def test_what_is_no_record_is_refused_by_its_code(
    stage: Stage, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    stage.register(LOT, 10)
    (tmp_path / "L-1.csv").write_text("time,temperature_c\n2026-03-01T00:00:00Z,5.0\n")
    file, *told = arguments
    until = ("--until", "2026-03-01T00:00:00Z", "--as", MAKES, "--device", "L-1")
    with pytest.raises(CommandError, match=code):
        run("record_conditions", NAME, str(tmp_path / file), *told, *until)
