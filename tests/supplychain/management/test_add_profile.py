"""A product's own storage profile is named by what it says, and kept under that name."""

from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from supplychain.models import ProfileDocument
from supplychain.queries.profiles import document_of, known_profile, profiles_for
from tests.stages import MAKES, SELLS

pytestmark = pytest.mark.django_db
DOCUMENT = b'{"high_centi_c":800,"low_centi_c":200,"name":"Eye drops"}'
NAME = f"own:{sha256(DOCUMENT).hexdigest()}"


def name_of(folder: Path, data: bytes, party: str = MAKES) -> str:
    file, said = folder / "profile.json", StringIO()
    file.write_bytes(data)
    call_command("add_profile", str(file), party=party, stdout=said)
    return said.getvalue().strip()


def test_a_profile_is_named_by_its_hash_and_offered_to_its_maker(tmp_path: Path) -> None:
    assert name_of(tmp_path, DOCUMENT) == NAME
    assert name_of(tmp_path, DOCUMENT, SELLS) == NAME
    found = known_profile(NAME)
    assert found is not None
    assert (found.name, found.id) == ("Eye drops", NAME)
    assert found in profiles_for(MAKES)
    assert found not in profiles_for(SELLS)
    assert document_of(NAME) == DOCUMENT


def test_of_each_profile_the_newest_is_offered() -> None:
    offered = {one.id for one in profiles_for(MAKES)}
    assert "refrigerated-2-8/2" in offered
    assert "refrigerated-2-8/1" not in offered
    assert "below-25/1" in offered


@pytest.mark.parametrize(
    "stored", [b'{"high_centi_c":900,"low_centi_c":200,"name":"Eye drops"}', b"{}", b"\x00"]
)
def test_a_document_that_was_changed_is_no_profile(tmp_path: Path, stored: bytes) -> None:
    name_of(tmp_path, DOCUMENT)
    ProfileDocument.objects.update(document=stored)
    assert known_profile(NAME) is None


@pytest.mark.parametrize("data", [b"", DOCUMENT + b"\n", b'{"name":"No limit"}', b"[" * 20_000])
def test_what_is_no_profile_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CommandError):
        name_of(tmp_path, data)
    assert not ProfileDocument.objects.exists()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("add_profile", str(tmp_path / "none.json"), party=MAKES)
