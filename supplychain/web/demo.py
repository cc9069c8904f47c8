"""The demonstration's log-ins and codes, for the start page; none where nothing is demonstrated."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from supplychain.domain.scan_faults import CAUSES
from supplychain.web.readable import Piece, pieces
from supplychain.web.wording import FACTS, WORDS

FILE: Final = "demo.json"
_FAULTS: Final = {code.value: cause for code, cause in CAUSES.items()}


@dataclass(frozen=True, slots=True)
class Login:
    """A person of the demonstration."""

    user: str
    password: str
    who: str
    role: str


@dataclass(frozen=True, slots=True)
class Try:
    """A code to scan, the verdict to expect, and the person who would hold the pack.

    `why` is the code of the reason or fault to expect, or words; `path` is the Digital Link.
    """

    code: str
    label: str
    product: str
    lot: str
    expected: str
    why: str
    path: str
    login: Login | None

    @property
    def because(self) -> str:
        """What is behind the verdict, in words."""
        return FACTS.get(self.why) or _FAULTS.get(self.why) or self.why

    @property
    def url(self) -> str:
        """Where the code is scanned."""
        return f"/scan?{urlencode({'code': self.code})}"

    @property
    def read(self) -> tuple[Piece, ...]:
        """The code with its separators visible."""
        return pieces(self.code)

    @property
    def slug(self) -> str:
        """The expected verdict in lower case."""
        return self.expected.lower()

    @property
    def word(self) -> str:
        """The expected verdict as people read it."""
        return WORDS.get(self.expected, "")

    @property
    def icon(self) -> str:
        """The template of the expected verdict's icon; empty for none."""
        return f"icons/{self.slug}.svg" if self.word else ""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the start page shows of a demonstration."""

    logins: tuple[Login, ...]
    codes: tuple[Try, ...]
    urls: tuple[tuple[str, str], ...]


def read_demo() -> Demo | None:
    """The demonstration that `seed_demo` wrote down; None where there is none."""
    try:
        text = (Path(settings.VAR_DIR) / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return demo_of(json.loads(text))


def demo_of(written: Mapping[str, Any]) -> Demo:
    """The demonstration as values; a code's `as` is the user name of one of the log-ins."""
    logins = tuple(
        Login(one["user"], one["password"], one["who"], one["role"])
        for one in written.get("logins", ())
    )
    by_name = {login.user: login for login in logins}
    codes = tuple(_try(one, by_name) for one in written.get("codes", ()))
    return Demo(logins, codes, tuple(written.get("urls", {}).items()))


def _try(one: Mapping[str, Any], logins: Mapping[str, Login]) -> Try:
    return Try(
        code=one["code"],
        label=one["label"],
        product=one.get("product") or "",
        lot=one.get("lot") or "",
        expected=one.get("expected") or "",
        why=one.get("why") or "",
        path=one.get("path") or "",
        login=logins.get(one.get("as") or ""),
    )
