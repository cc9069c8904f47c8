"""A stage with one sound lot, and browsers for those who look at it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from supplychain.domain.lots import LotKey
from supplychain.models import Membership
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, played, readings, stage

__all__ = ["stage"]

SOUND = a_lot("G24-118B", INSULIN)
CODE = f"01{INSULIN}17271231" + "10G24-118B"
SignIn = Callable[[str], Client]


@pytest.fixture
def now(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The door's clock shows the stage's time."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: stage.now)
    return stage


@pytest.fixture
def sound(now: Stage) -> Stage:
    """A lot on its way from maker to pharmacy, cold all the way, and logged."""

    def story() -> None:
        now.register(SOUND, 100)
        hand_on(now, MAKES, SELLS, 60)
        hand_on(now, SELLS, HEALS, 20)
        now.log()

    return played(story, now)


def hand_on(
    on: Stage, giver: str, receiver: str, quantity: int, *centi_c: int, lot: LotKey = SOUND
) -> None:
    """A hand-off of the lot with readings, in range unless others are given."""
    before = on.now
    stay = readings(before, on.now)
    on.ship(giver, lot, quantity, receiver, stay)
    sent = on.now
    on.receive(receiver, lot, quantity, conditions=readings(sent, on.now, *centi_c))


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which somebody of an organisation is signed in."""

    def signed_in(gln: str) -> Client:
        user = User.objects.create_user(f"user-{gln}", password="correct horse")
        Membership.objects.create(user=user, gln=gln, role="signer")
        client = Client()
        client.force_login(user)
        return client

    return signed_in
