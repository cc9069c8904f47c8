"""The templates keep to the list of verdicts and to the strict policy."""

import re
from pathlib import Path

import pytest

from supplychain.domain.verdicts import VerdictCode
from supplychain.web.wording import WORDS

TEMPLATES = [
    "templates/*.html",
    "templates/scan/**/*.html",
    "templates/icons/*.svg",
]
_INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//", re.IGNORECASE)


def _files(project: Path) -> list[Path]:
    return [file for pattern in TEMPLATES for file in sorted(project.glob(pattern))]


def test_there_is_one_template_for_each_verdict_and_no_other(project: Path) -> None:
    found = {file.name for file in (project / "templates/scan/verdicts").iterdir()}
    assert found == {f"{code.value.lower()}.html" for code in VerdictCode}


def test_there_is_one_icon_for_each_verdict_and_no_two_are_alike(project: Path) -> None:
    icons = [(project / f"templates/icons/{code.value.lower()}.svg") for code in VerdictCode]
    assert len({icon.read_text() for icon in icons}) == len(VerdictCode)


@pytest.mark.parametrize("code", VerdictCode)
def test_a_verdicts_template_says_its_word(project: Path, code: VerdictCode) -> None:
    text = (project / f"templates/scan/verdicts/{code.value.lower()}.html").read_text()
    assert f"{{% block word %}}{WORDS[code]}{{% endblock %}}" in text


def test_no_template_has_a_style_or_a_script_of_its_own(project: Path) -> None:
    assert [str(f) for f in _files(project) if _INLINE.search(f.read_text())] == []


def test_no_page_fetches_anything_from_elsewhere(project: Path) -> None:
    files = [*_files(project), *sorted((project / "static").glob("[cji]*/*.*s"))]
    assert len(files) > 20
    assert [str(f) for f in files if _ELSEWHERE.search(f.read_text())] == []


def test_no_style_sheet_uses_a_colour_that_is_not_a_token(project: Path) -> None:
    plain = (project / "static/css/app.css").read_text().partition("@media print")[0]
    colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", plain))
    assert colours <= {"#fff"}


def _every(project: Path) -> list[Path]:
    return sorted((project / "templates").glob("**/*.html"))


def test_every_time_of_day_is_told_with_its_zone(project: Path) -> None:
    bare = re.compile(r'date:"[^"]*H:i[^"]*" \}\}(?! UTC)')
    assert [str(f) for f in _every(project) if bare.search(f.read_text())] == []


def test_one_of_a_thing_is_never_told_as_many(project: Path) -> None:
    many = re.compile(
        r"\{\{ [a-z_.|:]+ \}\}(?:</strong>)? (?:unit|pack|event|step|lot)s\b(?! would be)"
    )
    found = [(file.name, many.search(file.read_text())) for file in _every(project)]
    assert [(name, fault[0]) for name, fault in found if fault] == []
