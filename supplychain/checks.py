"""System checks for settings that are dangerous, each with a number that never changes.

Run by ``manage.py check``; those of a real installation also by ``manage.py check --deploy``.
"""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's

from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey


@register(Tags.security)
def check_debug(**_: object) -> list[CheckMessage]:
    """E001: error pages with settings and SQL beside real data."""
    if not (settings.DEBUG and settings.DATABASE_URL):
        return []
    return [Error("DEBUG is on beside a real database.", hint="Unset DEBUG.", id="unbroken.E001")]


@register(Tags.security)
def check_custodial_keks(**_: object) -> list[CheckMessage]:
    """E002: without a key-encryption key no custodial party can sign."""
    if settings.CUSTODIAL_KEKS or not settings.DATABASE_URL:
        return []
    hint = "Set CUSTODIAL_KEKS to name:base64 of 32 random bytes, and keep a copy elsewhere."
    return [Error("There is no key to encrypt custodial keys with.", hint=hint, id="unbroken.E002")]


@register(Tags.database)
def check_database_driver(**_: object) -> list[CheckMessage]:
    """E003: Django prefers psycopg 3 to psycopg2 without a word when both are installed."""
    if find_spec("psycopg") is None:
        return []
    hint = "pip uninstall psycopg: what we rely on was tried with psycopg2 only."
    return [Error("psycopg 3 is installed beside psycopg2.", hint=hint, id="unbroken.E003")]


@register(Tags.security, deploy=True)
def check_log_origin(**_: object) -> list[CheckMessage]:
    """W004: a log that bears the demonstration's name can be mistaken for any other's."""
    if settings.LOG_ORIGIN != "unbroken.example/demo":
        return []
    hint = "Set LOG_ORIGIN once, before the first entry; it can never change."
    return [Warning("The log bears the demonstration's name.", hint=hint, id="unbroken.W004")]


@register(Tags.security, deploy=True)
def check_mail(**_: object) -> list[CheckMessage]:
    """W005: a notice of recall that is printed on a server's console reaches nobody."""
    if not settings.EMAIL_BACKEND.endswith((".console.EmailBackend", ".dummy.EmailBackend")):
        return []
    hint = "Set EMAIL_BACKEND and EMAIL_HOST."
    return [Warning("Notices are not sent to anybody.", hint=hint, id="unbroken.W005")]


@register(Tags.security, deploy=True)
def check_broker(**_: object) -> list[CheckMessage]:
    """W006: the folder broker serves one machine."""
    if not settings.CELERY_BROKER_URL.startswith("folder:"):
        return []
    hint = "Set CELERY_BROKER_URL to RabbitMQ or Redis when workers run on several machines."
    return [Warning("The task queue is a folder of files.", hint=hint, id="unbroken.W006")]


@register()
def check_tiles_store(**_: object) -> list[CheckMessage]:
    """E008: a store of tiles that is not understood, or a bucket without a key to it."""
    kind, _colon, where = settings.TILES_STORE.partition(":")
    folder = kind == "folder" and where.startswith("/")
    bucket = kind == "s3" and where.removeprefix("//") and all(settings.S3_KEY)
    if folder or bucket or not settings.TILES_STORE:
        return []
    hint = "folder:/path, or s3://bucket/prefix with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    return [Error("TILES_STORE is no place to publish to.", hint=hint, id="unbroken.E008")]


@register(Tags.security)
def check_logger_issuers(**_: object) -> list[CheckMessage]:
    """E009: a key that is no point on its curve can have issued nothing."""
    try:
        [PublicKey(x, y) for x, y in settings.LOGGER_ISSUERS]
    except Malformed as error:
        hint = "Write x, then y, each with its highest byte first."
        return [Error(f"LOGGER_ISSUERS: {error.message}", hint=hint, id="unbroken.E009")]
    return []


@register(Tags.security)
def check_private_files(**_: object) -> list[CheckMessage]:
    """E007: keys that other accounts of the machine can read are not ours alone."""
    files = settings.KEYS_DIR.glob("*.pem") if settings.KEYS_DIR.is_dir() else ()
    return [
        Error(f"Other accounts can read {file}.", hint="chmod go= it.", id="unbroken.E007")
        for file in sorted(files)
        if file.stat().st_mode & 0o077 and "public" not in file.name
    ]
