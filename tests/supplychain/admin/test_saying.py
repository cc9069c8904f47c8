"""A refusal as a person at the desk reads it."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.forms import Field

from supplychain.admin.forms import arrival, day_field
from supplychain.admin.saying import TO_DO, in_words, said_of
from supplychain.domain.errors import RuleBroken
from tests.stages import MAKES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, words

STRANGER = "0614141999996"
ENTRY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (f"{MAKES} does not hold it.", f"Marlow Medicines ({MAKES}) does not hold it."),
        (f"{STRANGER} is not admitted.", f"{STRANGER} is not admitted."),
        (f"GTIN 0{MAKES} is not theirs.", f"GTIN 0{MAKES} is not theirs."),
        ("Dated 2026-03-02T12:00:05+00:00, late.", "Dated 2 Mar 2026, 12:00 UTC, late."),
        ("Dated 2026-03-02T12:00:05-05:00.", "Dated 2 Mar 2026, 17:00 UTC."),
        ("Dated 2026-13-45T99:00:05Z.", "Dated 2026-13-45T99:00:05Z."),
        ("Dated 0001-01-01T00:00:00+14:00.", "Dated 0001-01-01T00:00:00+14:00."),
        (f"Entry {ENTRY} says so.", "Entry 01234567… says so."),
        (f"Output {ENTRY}#3 is used.", "Output 01234567… is used."),
        ("These goods are in_transit, and stay so.", "These goods are on the way, and stay so."),
        ("It is `returned`.", "It is returned."),
    ],
)
def test_names_days_and_words_stand_for_what_programs_read(
    stage: Stage, message: str, said: str
) -> None:
    del stage
    assert in_words(message) == said


def test_what_to_do_follows_and_the_code_is_last(stage: Stage) -> None:
    del stage
    refusal = RuleBroken("R4", "MASS_IMBALANCE", "Asked for 21 of 20.")
    assert said_of(refusal) == "Asked for 21 of 20. Correct the amount. (MASS_IMBALANCE)"
    assert said_of(RuleBroken("R1", "ODD", "So it is.")) == "So it is. (ODD)"
    assert said_of(ValueError("So it is.")) == "So it is."


def test_the_desk_says_it_so(at_desk: AtDesk, now: Stage) -> None:
    lot = a_lot()
    now.register(lot, 10)
    now.log()
    said = {"quantity": 11, "receiver": SELLS, "shipment": "S", "way": "none"}
    page = words(Paper(at_desk(MAKES), about("ship", lot)).review(**said, none="not_required"))
    assert "11 of 10. Correct the amount. (MASS_IMBALANCE)" in page


@pytest.mark.parametrize("typed", ["2026-11-21 08:00", "2026-11-21T08:00:05"])
def test_a_time_is_typed_as_people_write_it_where_no_browser_helps(typed: str) -> None:
    assert arrival().clean(typed).year == 2026


@pytest.mark.parametrize(
    ("field", "typed", "how"),
    [
        (arrival(), "21/11/2026", "such as 2026-11-21 08:00"),
        (day_field("Expiry"), "21/11/2026", "such as 2026-11-21."),
        (day_field("Expiry"), "11/12/2026", "such as 2026-11-21."),
    ],
)
def test_a_time_or_a_day_that_is_none_is_told_how_to_be_written(
    field: Field, typed: str, how: str
) -> None:
    with pytest.raises(ValidationError, match=how):
        field.clean(typed)


@pytest.mark.parametrize("code", sorted(TO_DO))
def test_what_to_do_is_said_of_codes_that_there_are(project: Path, code: str) -> None:
    folders = ("supplychain/domain", "supplychain/recording", "supplychain/services", "ledger")
    files = (file for folder in folders for file in (project / folder).rglob("*.py"))
    assert any(f'"{code}"' in file.read_text() for file in files)
    assert TO_DO[code].endswith(".")
