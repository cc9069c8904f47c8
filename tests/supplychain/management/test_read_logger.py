"""A logger's file is looked into from the command line, without a database."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.supplychain.formats.berlinger_files import SMALL


def told(*files: Path, **options: str) -> str:
    said = StringIO()
    call_command("read_logger", *map(str, files), stdout=said, **options)
    return said.getvalue()


def test_genuine_files_are_told_with_their_signature(shared: Path) -> None:
    folder = shared / "samples" / "berlinger"
    words = told(*sorted(folder.glob("QTag*")), *folder.glob("FridgeTag_UL*"), zone="+00:00")
    assert (
        words.count("The device's signature: Signature valid, same issuer as known samples.") == 2
    )
    assert "Rows: 835 readings, 6 without a reading" in words


def test_an_edited_file_is_told_and_fails(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = shared / "samples" / "berlinger" / "FridgeTag_2L_test.txt"
    with pytest.raises(CommandError, match=r"No evidence: FridgeTag_2L_test\.txt"):
        call_command("read_logger", str(edited), zone="+00:00")
    assert "Refused as evidence: the content was changed" in capsys.readouterr().out


def test_each_file_is_told_also_after_one_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.csv"
    good.write_bytes(SMALL)
    bad.write_bytes(b"hello")
    gone = tmp_path / "gone.txt"
    with pytest.raises(CommandError, match=r"No evidence: bad\.csv, gone\.txt"):
        call_command("read_logger", str(bad), str(gone), str(good), zone="+00:00", order="DMY")
    out = capsys.readouterr().out
    assert "HEADER" in out
    assert "Rows: 6 readings" in out


def test_what_the_file_does_not_say_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "fridge.txt"
    file.write_bytes(SMALL)
    for zone, code in (("", "ZONE_NEEDED"), ("CET", "expected an offset")):
        with pytest.raises(CommandError):
            call_command("read_logger", str(file), zone=zone)
        assert code in capsys.readouterr().out
