"""A product's own storage profile is named by what it says."""

from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

DOCUMENT = b'{"high_centi_c":800,"low_centi_c":200,"name":"Eye drops"}'


def name_of(folder: Path, data: bytes) -> str:
    file, said = folder / "profile.json", StringIO()
    file.write_bytes(data)
    call_command("name_profile", str(file), stdout=said)
    return said.getvalue().strip()


def test_a_profile_is_named_by_its_hash(tmp_path: Path) -> None:
    assert name_of(tmp_path, DOCUMENT) == f"own:{sha256(DOCUMENT).hexdigest()}"


@pytest.mark.parametrize("data", [b"", DOCUMENT + b"\n", b'{"name":"No limit"}', b"[" * 20_000])
def test_what_is_no_profile_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CommandError):
        name_of(tmp_path, data)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("name_profile", str(tmp_path / "none.json"))
