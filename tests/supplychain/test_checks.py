"""Each dangerous setting is found under its own number."""

from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.core.signatures import PrivateKey
from supplychain import checks

KEK = "first:" + "A" * 43 + "="


@pytest.fixture
def sound(settings: Settings, tmp_path: Path) -> Settings:
    """An installation without a fault."""
    settings.DEBUG = False
    settings.DATABASE_URL = "postgresql://db/unbroken"
    settings.CUSTODIAL_KEKS = [KEK]
    settings.LOG_ORIGIN = "log.example/1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.CELERY_BROKER_URL = "amqp://broker"
    settings.KEYS_DIR = tmp_path
    return settings


def found() -> set[str | None]:
    every = (
        checks.check_debug,
        checks.check_custodial_keks,
        checks.check_database_driver,
        checks.check_log_origin,
        checks.check_mail,
        checks.check_broker,
        checks.check_private_files,
        checks.check_tiles_store,
        checks.check_logger_issuers,
    )
    return {message.id for check in every for message in check()}


@pytest.mark.usefixtures("sound")
def test_a_sound_installation_has_no_finding() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", True, "unbroken.E001"),
        ("CUSTODIAL_KEKS", [], "unbroken.E002"),
        ("LOG_ORIGIN", "unbroken.example/demo", "unbroken.W004"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "unbroken.W005"),
        ("CELERY_BROKER_URL", "folder://localhost", "unbroken.W006"),
    ],
)
def test_a_dangerous_setting_is_found(
    sound: Settings, name: str, value: object, number: str
) -> None:
    setattr(sound, name, value)
    assert found() == {number}


def test_the_demonstration_may_have_debug_and_no_kek(sound: Settings) -> None:
    sound.DATABASE_URL = ""
    sound.DEBUG = True
    sound.CUSTODIAL_KEKS = []
    assert found() == set()


def test_a_key_that_others_can_read_is_found(sound: Settings) -> None:
    key = sound.KEYS_DIR / "log.pem"
    key.write_text("")
    key.chmod(0o640)
    assert found() == {"unbroken.E007"}
    key.chmod(0o600)
    assert found() == set()


def test_an_issuer_of_loggers_that_is_no_point_on_the_curve_is_found(sound: Settings) -> None:
    sound.LOGGER_ISSUERS = [(bytes(32), bytes(32))]
    assert found() == {"unbroken.E009"}
    key = PrivateKey.generate().public
    sound.LOGGER_ISSUERS = [(key.x, key.y)]
    assert found() == set()


@pytest.mark.usefixtures("sound")
def test_a_second_driver_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "psycopg").mkdir()
    (tmp_path / "psycopg" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert found() == {"unbroken.E003"}


@pytest.mark.parametrize("store", ["folder:/srv/log", "s3://tiles/ours", ""])
def test_a_store_of_tiles_is_a_folder_or_a_bucket_with_its_key(sound: Settings, store: str) -> None:
    sound.TILES_STORE, sound.S3_KEY = store, ("id", "secret")
    assert not found()


@pytest.mark.parametrize("store", ["folder:here", "s3://", "/srv/log", "s3://tiles"])
def test_a_store_of_another_form_or_without_a_key_is_found(sound: Settings, store: str) -> None:
    sound.TILES_STORE, sound.S3_KEY = store, ("id", "")
    assert found() == {"unbroken.E008"}
