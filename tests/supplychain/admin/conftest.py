"""Members at their desks, in the pages as they really are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from supplychain.admin import signed
from supplychain.domain.lots import LotKey
from supplychain.models import Membership
from supplychain.queries.stock import InTransit
from tests.stages import Stage, stage
from tests.supplychain.web.conftest import now

__all__ = ["now", "stage"]

AtDesk = Callable[..., Client]


@pytest.fixture
def at_desk(now: Stage, monkeypatch: pytest.MonkeyPatch) -> AtDesk:
    """A browser in which somebody of an organisation is signed in, as a signer unless told."""
    del now  # the door's clock shows the stage's time
    monkeypatch.setattr(signed, "WAIT_S", 0.0)

    def entered(gln: str, role: str = "signer", *, superuser: bool = False) -> Client:
        user = User.objects.create_user(f"{role}-{gln}", is_staff=True, is_superuser=superuser)
        Membership.objects.create(user=user, gln=gln, role=role)
        client = Client()
        client.force_login(user)
        return client

    return entered


@dataclass
class Paper:
    """One form, from the moment when it is first shown."""

    client: Client
    url: str
    nonce: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shown = self.client.get(self.url).context
        self.nonce = shown["nonce"]
        if "seen" in shown["form"].fields:
            self.seen = {"seen": shown["form"]["seen"].value()}

    def send(self, do: str, **said: Any) -> Any:
        return self.client.post(self.url, {"nonce": self.nonce, "do": do, **self.seen, **said})

    def review(self, **said: Any) -> Any:
        return self.send("review", **said)

    def sign(self, **said: Any) -> Any:
        return self.send("sign", **said)


def about(what: str, lot: LotKey) -> str:
    """The address of a page about a lot."""
    return f"/admin/desk/{what}/{lot.gtin}/{lot.lot}"


def about_way(what: str, way: InTransit) -> str:
    """The address of a page about goods on the way."""
    ref, lot = way.output, way.lot.key
    return f"/admin/desk/{what}/{ref.entry_id}/{ref.n}/{lot.gtin}/{lot.lot}"


def logger_file(
    start: datetime, end: datetime, *celsius: float, header: str = "time,temperature_c"
) -> SimpleUploadedFile:
    """A logger's file with a reading every ten minutes, its values over and over."""
    values, lines, at = celsius or (5.1,), [header], start
    while at <= end:
        value = values[(len(lines) - 1) % len(values)]
        lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{value}")
        at += timedelta(minutes=10)
    return SimpleUploadedFile("fridge-3.csv", "\n".join(lines).encode(), "text/csv")


def words(response: Any) -> str:
    """The page's text as sent."""
    return str(response.content.decode())
