"""Tables of no known make at the desk: proposed, completed, reviewed, and remembered."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Attachment
from supplychain.admin import temperature
from supplychain.formats.column_mapping import ColumnMapping, DecimalMark
from supplychain.formats.local_times import DateOrder
from supplychain.models import Device, LoggerClock, LoggerMapping, Series, SeriesChunk
from supplychain.queries.loggers import mappings_of
from supplychain.services.remember_logger import remember_logger
from supplychain.web.legs import leg_url
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, played, readings
from tests.supplychain.admin.conftest import AtDesk, Paper, about, words
from tests.supplychain.admin.test_hand_offs import hidden
from tests.supplychain.formats.berlinger_files import CONFIGURED, data_of, signed, steady

COLD = a_lot("G24", INSULIN)
GOES = {"quantity": 30, "receiver": HEALS, "shipment": "S-1", "way": "file", "device": "L-1"}
SAID = {"temperature_column": "Wert", "unit": "C", "zone": "+01:00"}


@pytest.fixture
def stocked(now: Stage) -> Stage:
    def story() -> None:
        before = now.now
        now.register(COLD, 100)
        now.deliver(MAKES, COLD, 40, SELLS, readings(before, now.now + timedelta(minutes=5)))
        now.log()

    return played(story, now)


@pytest.fixture
def paper(at_desk: AtDesk, stocked: Stage) -> Paper:
    del stocked
    return Paper(at_desk(SELLS), about("ship", COLD))


def table(until: datetime, *, hours: int = 3, value: str = "5,1") -> SimpleUploadedFile:
    """A table as a spreadsheet of another country writes it, in the clock of winter in Berlin."""
    rows = ["Nr;Zeit;Wert"]
    for n in range(6 * hours):
        at = until + timedelta(hours=1) - timedelta(minutes=10 * (6 * hours - n))
        rows.append(f"{n + 1};{at:%d.%m.%Y %H:%M};{value}")
    return SimpleUploadedFile("kühlschrank.csv", "\r\n".join(rows).encode("cp1252"))


def first_look(paper: Paper, file: SimpleUploadedFile, **more: Any) -> Any:
    return paper.review(**{**GOES, "file": file, **more})


def test_a_table_of_no_known_make_is_shown_with_a_proposal(paper: Paper, stocked: Stage) -> None:
    response = first_look(paper, table(stocked.now))
    html = words(response)
    assert "MAPPING_NEEDED" in html
    assert "How is this table read?" in html
    assert "<code>5,1</code>" in html
    said = hidden(response)
    assert (said["time_column"], said["delimiter"], said["header_row"]) == (
        "Zeit",
        "semicolon",
        "1",
    )
    assert (said["temperature_column"], said["unit"], said["zone"]) == ("", "", "")
    for asked in ("the column of the temperature", "the time zone", "the unit"):
        assert asked in html


def test_what_is_not_said_is_asked_for_and_never_taken_for_granted(
    paper: Paper, stocked: Stage
) -> None:
    said = hidden(first_look(paper, table(stocked.now))) | SAID | {"dates": "DMY"}
    for left_out, code in (
        ("temperature_column", "COLUMN_NEEDED"),
        ("time_column", "COLUMN_NEEDED"),
        ("header_row", "HEADER_NEEDED"),
        ("unit", "UNIT_NEEDED"),
        ("dates", "DATE_ORDER_NEEDED"),
        ("zone", "ZONE_NEEDED"),
    ):
        response = paper.review(**{**said, left_out: ""})
        assert code in words(response)
        assert "How is this table read?" in words(response), "it can be put right"


def test_a_completed_mapping_is_reviewed_signed_and_kept_for_the_model(
    paper: Paper, stocked: Stage
) -> None:
    said = hidden(first_look(paper, table(stocked.now))) | SAID
    said |= {"dates": "DMY", "model": "Fridge 3000"}
    review = paper.review(**said)
    html = words(review)
    assert "temperature-chart" in html
    assert "18 readings" in html
    assert "UTC+01:00, as a fixed offset" in html
    assert not LoggerMapping.objects.exists(), "a review keeps nothing"
    response = paper.sign(**hidden(review))
    assert response.status_code == 302
    (kept,) = mappings_of(SELLS).items()
    assert kept[0] == "Fridge 3000"
    assert (kept[1].temperature, kept[1].order) == ("Wert", DateOrder.DAY_FIRST)
    series = Series.objects.get(entry_id=response["Location"].rpartition("/")[2])
    raw = Attachment.objects.get(sha256=series.file)
    content = table(stocked.now).read()
    assert bytes(raw.content or b"") == content, "the file is kept untouched"


def test_what_was_said_survives_an_error_elsewhere_and_going_back(
    paper: Paper, stocked: Stage
) -> None:
    said = hidden(first_look(paper, table(stocked.now))) | SAID | {"dates": "DMY", "model": "F 3"}
    for response in (
        paper.review(**{**said, "quantity": "many"}),
        paper.send("edit", **hidden(paper.review(**said))),
    ):
        assert "How is this table read?" in words(response)
        kept = hidden(response)
        assert {name: kept[name] for name in SAID} == SAID
        assert (kept["time_column"], kept["model"]) == ("Zeit", "F 3")


def known(paper: Paper, stocked: Stage, model: str = "Fridge 3000", **members: Any) -> None:
    del paper
    mapping = ColumnMapping.decode(
        {
            "encoding": "utf-8",
            "delimiter": "semicolon",
            "decimal": DecimalMark.COMMA.value,
            "header_row": 1,
            "time": "Zeit",
            "temperature": "Wert",
            "order": "DMY",
            "unit": "C",
            "zone": "+01:00",
            **members,
        }
    )
    remember_logger(party=SELLS, by="wendy", at=stocked.now, model=model, mapping=mapping)


def test_the_next_file_of_the_model_is_read_without_asking(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    known(paper, stocked, "Other", temperature="Temp")
    html = words(first_look(paper, table(stocked.now)))
    assert "as a table of Fridge 3000, as it was said before" in html
    assert "18 readings" in html


def test_of_several_models_that_fit_a_person_chooses(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    known(paper, stocked, "Twin", order="MDY")
    response = first_look(paper, table(stocked.now))
    assert "Several models fit: say which one (Fridge 3000, Twin)." in words(response)
    chosen = first_look(paper, table(stocked.now), saved="Fridge 3000")
    assert "as a table of Fridge 3000" in words(chosen)


def test_what_was_said_before_can_be_said_anew(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked, zone="+02:00")
    assert "TIME_AHEAD" not in words(first_look(paper, table(stocked.now), zone="+01:00"))
    response = first_look(paper, table(stocked.now), saved="(anew)")
    assert "How is this table read?" in words(response)


def test_another_file_is_not_read_by_what_was_said_of_the_first(
    paper: Paper, stocked: Stage
) -> None:
    said = hidden(first_look(paper, table(stocked.now))) | SAID | {"dates": "DMY"}
    response = paper.review(**{**said, "file": table(stocked.now, hours=4)})
    assert "MAPPING_NEEDED" in words(response)
    assert hidden(response)["temperature_column"] == ""


@pytest.mark.parametrize("name", ["(anew)", "(x"])
def test_a_model_has_a_name_of_its_own(paper: Paper, stocked: Stage, name: str) -> None:
    said = hidden(first_look(paper, table(stocked.now))) | SAID | {"dates": "DMY", "model": name}
    assert "Begin with a letter or a digit." in words(paper.review(**said))


def test_what_is_no_table_at_all_is_told(paper: Paper) -> None:
    html = words(first_look(paper, SimpleUploadedFile("cat.png", b"\x89PNG\r\n")))
    assert "TABLE_NOT_FOUND" in html


def test_the_offset_of_a_devices_clock_is_asked_once(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(SELLS)

    def review(zone: str) -> tuple[Paper, Any]:
        begins = stocked.now.replace(tzinfo=None, second=0) - timedelta(hours=5)
        raw = signed(CONFIGURED + data_of(steady(12, start=begins)))
        paper = Paper(client, about("ship", COLD))
        file = SimpleUploadedFile("fridge.txt", raw)
        return paper, paper.review(**{**GOES, "quantity": 5, "file": file, "zone": zone})

    assert "ZONE_NEEDED" in words(review("")[1])
    paper, first = review("+00:00")
    assert paper.sign(**hidden(first)).status_code == 302
    assert LoggerClock.objects.get(gln=SELLS, device="130500000001").zone == "+00:00"
    _, second = review("")
    assert "at the offset that was said before of this device" in words(second)


def test_a_file_brought_again_adds_no_readings(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    for quantity in (5, 6):
        again = Paper(paper.client, paper.url)
        said = hidden(first_look(again, table(stocked.now), quantity=quantity))
        assert again.sign(**said).status_code == 302
    roots = Series.objects.filter(device="L-1").values_list("root", flat=True)
    assert len(roots) == 2
    assert len(set(roots)) == 1
    assert SeriesChunk.objects.filter(root=roots[0]).count() == 1


def test_what_is_signed_beside_the_readings_is_reviewed_with_them(
    paper: Paper, stocked: Stage
) -> None:
    known(paper, stocked)
    said = {"ignore_start": 20, "ignore_end": 10}
    html = words(first_look(paper, table(stocked.now), **said))
    assert html.count("Ignored, as the signer says") == 4, "two windows, in the chart and beside it"
    assert 'class="ignored"' in html
    wrong = words(first_look(paper, table(stocked.now), ignore_start=1441))
    assert "less than or equal to 1440" in wrong


def test_a_clock_that_was_off_is_a_finding(at_desk: AtDesk, stocked: Stage) -> None:
    begins = stocked.now.replace(tzinfo=None, second=0) - timedelta(hours=2)
    read_out = f"Hist:\n TS Report Creation: {begins + timedelta(hours=2):%Y-%m-%d %H:%M}\n"
    raw = signed(CONFIGURED + read_out + data_of(steady(12, start=begins)))
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    said = {**GOES, "zone": "+00:00", "read_out_at": f"{stocked.now + timedelta(minutes=15):%FT%R}"}
    html = words(paper.review(**said, file=SimpleUploadedFile("fridge.txt", raw)))
    assert "off by more than 10 minutes" in html


def add(paper: Paper, file: SimpleUploadedFile, **said: Any) -> Any:
    """Add a file, and get the form for the next one."""
    return paper.send("add", **{**GOES, **said, "file": file})


def test_several_loggers_are_brought_one_after_the_other(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    begins = stocked.now.replace(tzinfo=None, second=0) - timedelta(hours=2)
    raw = signed(CONFIGURED + data_of(steady(12, start=begins)))
    fridge = SimpleUploadedFile("fridge.txt", raw)
    first = add(paper, fridge, zone="+00:00", ignore_start="10", device="")
    assert "<strong>fridge.txt</strong>" in words(first)
    form = first.context["form"]
    assert (form["zone"].value(), form["ignore_start"].value()) == ("", "10")
    others = form["others"].value()
    said = {**GOES, "others": others, "file": table(stocked.now), "ignore_start": "10"}
    review = paper.review(**said)
    assert "18 readings" in words(review)
    assert "Q-tag Fridge-tag 2 L 130500000001" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    assert {"130500000001", "L-1"} <= set(Series.objects.values_list("device", flat=True))
    assert LoggerClock.objects.get(gln=SELLS, device="130500000001").zone == "+00:00"


def test_the_last_file_needs_no_other(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    others = add(paper, table(stocked.now)).context["form"]["others"].value()
    assert "18 readings" in words(paper.review(**GOES, others=others))
    assert "Choose the file" in words(paper.send("add", **GOES, others=others))
    assert "Choose the file" in words(paper.review(**GOES, others=f"{others}x"))


def test_of_several_files_each_says_its_logger(paper: Paper, stocked: Stage) -> None:
    known(paper, stocked)
    others = add(paper, table(stocked.now), device="").context["form"]["others"].value()
    said = {**GOES, "others": others, "device": "L-2", "file": table(stocked.now)}
    assert "DEVICE_NEEDED" in words(paper.review(**said))


def test_a_file_that_would_be_read_otherwise_now_is_brought_again(
    paper: Paper, stocked: Stage
) -> None:
    known(paper, stocked)
    added = add(paper, table(stocked.now), saved="Fridge 3000")
    LoggerMapping.objects.all().delete()
    others = added.context["form"]["others"].value()
    assert "Bring kühlschrank.csv again" in words(paper.review(**GOES, others=others))


def test_files_are_not_added_without_end(
    paper: Paper, stocked: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(paper, stocked)
    monkeypatch.setattr(temperature, "FILES_MAX", 0)
    assert "FILES_COUNT" in words(add(paper, table(stocked.now)))


def test_readings_of_other_times_are_counted_and_not_cited_and_that_is_signed(
    paper: Paper, stocked: Stage
) -> None:
    known(paper, stocked)
    since = f"{stocked.now - timedelta(hours=1):%FT%R}"
    response = first_look(paper, table(stocked.now), taken_from=since)
    assert "7 readings, 11 before " in words(response)
    assert paper.sign(**hidden(response)).status_code == 302
    stocked.log()
    entry = Series.objects.get(device="L-1").entry_id
    leg = words(paper.client.get(leg_url(COLD, entry)))
    assert "11 before " in leg, "which part was cut out is signed"


@pytest.mark.parametrize(
    ("said", "days_ago", "told"),
    [("", 400, "26 Jan 2025"), ("2026-02-01", 400, "1 Feb 2026"), ("", -1, "")],
)
def test_the_calibration_of_ones_own_logger_is_that_of_the_list(
    paper: Paper, stocked: Stage, said: str, days_ago: int, told: str
) -> None:
    known(paper, stocked)
    day = stocked.now.date() - timedelta(days=days_ago)
    Device.objects.create(gln=SELLS, name="L-1", calibrated_on=day)
    html = words(first_look(paper, table(stocked.now), calibrated=said))
    assert ("Last calibrated</th>" in html) is bool(told)
    assert told in html
    assert ("more than 365 days" in html) is (not said and days_ago == 400)
