"""The project's settings for tests: a server of their own, fast and not durable."""

import os
from pathlib import Path

os.environ.setdefault("UNBROKEN_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("EMBEDDED_POSTGRES_DURABLE", "0")
os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("CUSTODIAL_KEKS", "test:" + "A" * 43 + "=")

from supplychain.settings import *  # noqa: F403 - after the environment is set
from supplychain.settings import DATABASES, STATIC_ROOT

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that is not there

# Two runs at once, or one that was killed, must not meet in one database.
DATABASES["default"]["TEST"] = {"NAME": f"test_unbroken_{os.getpid()}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
