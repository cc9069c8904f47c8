"""Settings are read strictly: what is wrong is named, never guessed at."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from supplychain import settings


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("off", False), ("", True)])
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, text: str, *, meant: bool) -> None:
    monkeypatch.setenv("SWITCH", text)
    assert settings.env_bool("SWITCH", default=True) is meant


@pytest.mark.parametrize("text", ["2", "maybe", "yess"])
def test_a_switch_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SWITCH", text)
    with pytest.raises(ImproperlyConfigured, match="Invalid SWITCH"):
        settings.env_bool("SWITCH", default=True)


@pytest.mark.parametrize("text", ["-1", "1.5", "1_000", "٣", "10 seconds"])
def test_a_number_is_of_ascii_digits(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("NUMBER", text)
    with pytest.raises(ImproperlyConfigured, match="Invalid NUMBER"):
        settings.env_int("NUMBER", 7)


def test_a_number_left_out_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBER", raising=False)
    assert settings.env_int("NUMBER", 7) == 7


@pytest.mark.parametrize("text", ["first", "first:", "first:QUJD", ":" + "A" * 43 + "=", "a:!!!!"])
def test_a_key_of_another_form_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("KEYS", text)
    with pytest.raises(ImproperlyConfigured, match="Invalid KEYS: word 1 is not") as refused:
        settings.env_keys("KEYS")
    assert text not in str(refused.value)


def test_secret_words_are_read_by_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENS", "9506000134352:a:b, 9506000020013:c")
    assert settings.env_words_of("TOKENS") == {"9506000134352": "a:b", "9506000020013": "c"}


@pytest.mark.parametrize("text", ["secret", ":secret", "secret:"])
def test_a_secret_word_without_its_key_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("TOKENS", text)
    with pytest.raises(ImproperlyConfigured, match="Invalid TOKENS: word 1 is not") as refused:
        settings.env_words_of("TOKENS")
    assert "secret" not in str(refused.value)


def test_a_database_is_read_from_its_url() -> None:
    found = settings.database_from_url("postgresql://me:p%40ss@db.example:6432/un%2Fbroken?a=b")
    assert found == {
        "NAME": "un/broken",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": 6432,
        "OPTIONS": {"a": "b"},
    }


def test_a_database_may_be_reached_by_a_socket() -> None:
    found = settings.database_from_url("postgresql:///unbroken?host=/run/postgresql")
    assert (found["HOST"], found["PORT"]) == ("/run/postgresql", "")


@pytest.mark.parametrize(
    "url",
    ["mysql://me@db/unbroken", "postgresql://db", "unbroken", "postgresql://db:port/unbroken"],
)
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="Invalid DATABASE_URL"):
        settings.database_from_url(url)


def test_a_wrong_database_url_is_refused_without_its_password() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings.database_from_url("mysql://me:secret@db/unbroken")
    assert "secret" not in str(refused.value)


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "local.env").write_text("# a comment\nIN_FILE=1\nIN_BOTH=file\n")
    monkeypatch.setenv("IN_BOTH", "environment")
    monkeypatch.delenv("IN_FILE", raising=False)
    settings.read_local_env(tmp_path / "local.env")
    assert settings.env("IN_FILE") == "1"
    assert settings.env("IN_BOTH") == "environment"
    monkeypatch.delenv("IN_FILE")


def test_a_wrong_setting_ends_a_command_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///file")
    asked = [sys.executable, str(project / "manage.py"), "check"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("unbroken: Invalid DATABASE_URL")
    assert "Traceback" not in done.stderr


def test_nothing_inside_a_page_may_run() -> None:
    words = [
        word for words in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for word in words
    ]
    assert not [word for word in words if "unsafe" in word or "*" in word or "http" in word]


def test_public_keys_are_two_numbers_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS", f"{'0A' * 32}{'0b' * 32}")
    assert settings.env_points("POINTS") == [(b"\x0a" * 32, b"\x0b" * 32)]
    monkeypatch.delenv("POINTS")
    assert settings.env_points("POINTS") == []


@pytest.mark.parametrize("text", ["0a" * 32, "0a" * 65, "0x" * 64])
def test_a_public_key_of_another_form_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("POINTS", text)
    with pytest.raises(ImproperlyConfigured, match="Invalid POINTS: word 1 is not 128 hex"):
        settings.env_points("POINTS")
