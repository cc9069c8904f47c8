"""One leg's temperature has a page, and readings as data, for whom the lot's evidence is for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from supplychain.models import Leg
from supplychain.services.release_quality import release_quality
from tests.stages import HEALS, INSULIN, LIES, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, about, at_desk, words
from tests.supplychain.web.conftest import CODE, SOUND, SignIn, hand_on

__all__ = ["at_desk"]
WARM = a_lot("W/1", INSULIN)


def leg_of(receiver: str, door: str = "web:leg") -> str:
    """The address of the leg in which this party received."""
    row = Leg.objects.get(receiver=receiver, made_as="custody.receive")
    return reverse(door, args=(row.entry_id, str(SOUND.gtin), str(SOUND.lot)))


def readings_of(client: Client, receiver: str, **asked: str) -> Any:
    return client.get(leg_of(receiver, "web:leg-data"), asked)


@pytest.mark.usefixtures("sound")
def test_who_may_have_the_evidence_sees_each_leg(sign_in: SignIn) -> None:
    for gln in (MAKES, SELLS, HEALS, RULES):
        html = words(sign_in(gln).get(leg_of(SELLS)))
        assert "temperature-chart" in html
        assert "LOGGER-1" in html


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("door", ["web:leg", "web:leg-data"])
def test_nobody_else_sees_it(client: Client, sign_in: SignIn, door: str) -> None:
    assert client.get(leg_of(SELLS, door)).status_code == 302
    assert sign_in(LIES).get(leg_of(SELLS, door)).status_code == 403


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("entry", ["0" * 64, "nonsense"])
def test_what_is_no_leg_is_not_found(sign_in: SignIn, at_desk: AtDesk, entry: str) -> None:
    where = (entry, str(SOUND.gtin), str(SOUND.lot))
    client = sign_in(HEALS)
    assert client.get(reverse("web:leg", args=where)).status_code == 404
    assert client.get(reverse("web:leg-data", args=where)).status_code == 404
    assert at_desk(SELLS).get(reverse("desk:leg", args=where)).status_code == 404


@pytest.mark.usefixtures("sound")
def test_the_desk_shows_it_to_who_sees_the_lot(at_desk: AtDesk) -> None:
    client = at_desk(SELLS)
    address = leg_of(SELLS, "desk:leg")
    assert address in words(client.get(about("lots", SOUND)))
    assert "temperature-chart" in words(client.get(address))
    assert at_desk(LIES).get(address).status_code == 404


def test_the_desk_shows_no_leg_of_goods_that_others_have(now: Stage, at_desk: AtDesk) -> None:
    now.register(WARM, 20)
    hand_on(now, MAKES, SELLS, 10, 500, lot=WARM)
    hand_on(now, MAKES, HEALS, 10, 500, lot=WARM)
    now.log()
    entry = Leg.objects.get(receiver=SELLS, made_as="custody.receive").entry_id
    address = reverse("desk:leg", args=(entry, str(WARM.gtin), str(WARM.lot)))
    assert at_desk(SELLS).get(address).status_code == 200
    assert at_desk(HEALS).get(address).status_code == 404


@pytest.mark.usefixtures("sound")
def test_a_scan_leads_there_only_who_may_go(client: Client, sign_in: SignIn) -> None:
    assert "Closer look" not in words(client.get("/scan", {"code": CODE}))
    assert leg_of(HEALS) in words(sign_in(HEALS).get("/scan", {"code": CODE}))


@pytest.mark.usefixtures("sound")
def test_readings_come_as_data(sign_in: SignIn) -> None:
    found = readings_of(sign_in(HEALS), HEALS).json()
    assert found["stored"] == [[200, 800]]
    (logger,) = found["loggers"]
    assert logger["device"] == "LOGGER-1"
    assert set(logger["c"]) == {500}
    assert [mark["label"] for mark in found["marks"]] == ["sent", "received"]


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(
    "asked",
    [{"from": "x"}, {"to": "-1"}, {"columns": "0.5"}, {"from": "9" * 13}, {"from": "9", "to": "8"}],
)
def test_a_window_that_is_none_is_refused(sign_in: SignIn, asked: dict[str, str]) -> None:
    assert readings_of(sign_in(HEALS), HEALS, **asked).status_code == 400


def test_a_decision_stands_on_the_page(now: Stage, sign_in: SignIn) -> None:
    now.register(WARM, 10)
    hand_on(now, MAKES, SELLS, 10, 900, lot=WARM)
    release_quality(
        party=SELLS,
        lot=WARM,
        reason="Stable for 48 hours",
        decided_by="Quinn Ash",
        at=now.later(),
        nonce=now.nonce(),
        salt=now.nonce(),
    )
    now.log()
    entry = Leg.objects.get(receiver=SELLS, made_as="custody.receive").entry_id
    where = (entry, str(WARM.gtin), str(WARM.lot))
    html = words(sign_in(SELLS).get(reverse("web:leg", args=where)))
    assert "Stable for 48 hours" in html
    assert "decided by Quinn Ash" in html
    maker = words(sign_in(MAKES).get(reverse("web:leg", args=where)))
    assert "Stable for 48 hours" in maker
    assert "Quinn Ash" not in maker, "a name is for who signed it"
