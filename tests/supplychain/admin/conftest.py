"""Members at their desks, in the pages as they really are."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from supplychain.models import Membership
from tests.stages import Stage, stage
from tests.supplychain.web.conftest import now

__all__ = ["now", "stage"]

AtDesk = Callable[..., Client]


@pytest.fixture
def at_desk(now: Stage) -> AtDesk:
    """A browser in which somebody of an organisation is signed in, as a signer unless told."""
    del now  # the door's clock shows the stage's time

    def entered(gln: str, role: str = "signer", *, superuser: bool = False) -> Client:
        user = User.objects.create_user(f"{role}-{gln}", is_staff=True, is_superuser=superuser)
        Membership.objects.create(user=user, gln=gln, role=role)
        client = Client()
        client.force_login(user)
        return client

    return entered
