"""Ways in of trackers: an administrator lets them in and out, and sees a secret once."""

import re
from typing import Any

import pytest

from supplychain.models import ApiToken, TrackerHook
from supplychain.queries.people import acting_by_token
from supplychain.services.issue_token import issue_token
from tests.stages import HEALS, MAKES, Stage
from tests.supplychain.admin.conftest import AtDesk, words

PAGE = "/admin/desk/trackers/access"


def secret_in(page: Any) -> str:
    """What stands as token or secret on the page that made it."""
    found: str = page.context["made"]["secret"]
    assert found in words(page)
    return found


def test_a_token_is_let_in_seen_once_and_revoked(at_desk: AtDesk, now: Stage) -> None:
    client = at_desk(MAKES, "administrator")
    made = client.post(PAGE, {"kind": "token", "name": "Vans"})
    acting = acting_by_token(secret_in(made))
    assert acting
    assert (acting.gln, acting.is_tracker) == (MAKES, True)
    assert "no-store" in made["Cache-Control"]
    again = client.get(PAGE)
    assert "Vans" in words(again)
    assert secret_in(made) not in words(again)
    other = "another program's token of the same name"
    issue_token(token=other, party=MAKES, role="signer", name="Vans", at=now.now)
    assert client.post(f"{PAGE}/revoke", {"kind": "token", "name": "Vans"}).status_code == 302
    assert acting_by_token(secret_in(made)) is None
    assert acting_by_token(other), "only what trackers come in by is revoked here"
    assert "revoked" in words(client.get(PAGE))


def test_an_address_is_let_in_and_closed(at_desk: AtDesk, now: Stage) -> None:
    del now
    client = at_desk(MAKES, "administrator")
    made = client.post(PAGE, {"kind": "hook", "name": "Cold Cloud"})
    hook = TrackerHook.objects.get()
    assert re.search(rf"/api/v1/trackers/hooks/{hook.pk}\b", words(made))
    assert secret_in(made).encode() not in bytes(hook.ciphertext)
    assert hook.pk not in words(client.get(PAGE))
    client.post(f"{PAGE}/revoke", {"kind": "hook", "name": "Cold Cloud"})
    hook.refresh_from_db()
    assert hook.revoked_at


@pytest.mark.parametrize("kind", ["token", "hook"])
def test_a_name_is_open_once(at_desk: AtDesk, now: Stage, kind: str) -> None:
    del now
    client = at_desk(MAKES, "administrator")
    said = {"kind": kind, "name": "Vans"}
    client.post(PAGE, said)
    assert "NAME_TAKEN" in words(client.post(PAGE, said))
    assert ApiToken.objects.count() + TrackerHook.objects.count() == 1
    client.post(f"{PAGE}/revoke", said)
    assert client.post(PAGE, said).context["made"]


@pytest.mark.parametrize("role", ["operator", "signer", "qa"])
def test_nobody_but_an_administrator_lets_anything_in(
    at_desk: AtDesk, now: Stage, role: str
) -> None:
    del now
    administrator, client = at_desk(MAKES, "administrator"), at_desk(MAKES, role)
    said = {"kind": "token", "name": "Vans"}
    token = secret_in(administrator.post(PAGE, said))
    for refused in (
        client.get(PAGE),
        client.post(PAGE, {"kind": "hook", "name": "x"}),
        client.post(f"{PAGE}/revoke", said),
    ):
        assert refused.status_code == 403
    assert acting_by_token(token)
    assert not TrackerHook.objects.exists()
    assert "Ways in of trackers" not in words(client.get("/admin/desk/devices"))
    assert "Ways in of trackers" in words(administrator.get("/admin/desk/devices"))


def test_another_organisation_s_ways_in_are_its_own(at_desk: AtDesk, now: Stage) -> None:
    del now
    said = {"kind": "token", "name": "Vans"}
    token = secret_in(at_desk(MAKES, "administrator").post(PAGE, said))
    theirs = at_desk(HEALS, "administrator")
    assert "Vans" not in words(theirs.get(PAGE))
    theirs.post(f"{PAGE}/revoke", said)
    theirs.post(f"{PAGE}/revoke", {"kind": "nonsense", "name": "Vans"})
    assert acting_by_token(token)
