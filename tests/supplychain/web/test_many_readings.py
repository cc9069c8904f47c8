"""Pages of goods with very many readings: a table of legs in the place of charts."""

import pytest
from django.test import Client

from supplychain.queries import readings as queries
from supplychain.web import temperatures
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, about, at_desk, words
from tests.supplychain.web.conftest import CODE, SOUND, hand_on
from tests.supplychain.web.test_legs import leg_of

__all__ = ["at_desk"]
WARM = a_lot("WARM", INSULIN)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any reading is one too many to be drawn with others."""
    monkeypatch.setattr(queries, "READ_AT_ONCE_MAX", 0)
    monkeypatch.setattr(temperatures, "READ_AT_ONCE_MAX", 0)


@pytest.mark.usefixtures("sound")
def test_few_readings_are_drawn_in_place(client: Client) -> None:
    html = words(client.get("/scan", {"code": CODE}))
    assert html.count('class="temperature-chart"') == 4
    assert "Temperature of each leg" not in html


@pytest.mark.usefixtures("sound", "many")
def test_many_readings_are_a_table_of_legs(client: Client, at_desk: AtDesk) -> None:
    for html in (
        words(client.get("/scan", {"code": CODE})),
        words(at_desk(HEALS).get(about("lots", SOUND))),
    ):
        assert "temperature-chart" not in html
        assert "Temperature of each leg" in html
        assert "5.0 °C to 5.0 °C" in html
    assert "Journey to a pharmacy" in words(client.get("/scan", {"code": CODE}))


@pytest.mark.usefixtures("many")
def test_an_excursion_among_many_readings_is_told_in_words(now: Stage, client: Client) -> None:
    now.register(WARM, 10)
    hand_on(now, MAKES, SELLS, 10, 900, lot=WARM)
    now.log()
    html = words(client.get("/scan", {"code": f"01{INSULIN}17271231" + "10WARM"}))
    assert "TEMPERATURE_EXCURSION" in html
    assert "9.0 °C, outside for 10 min in all" in html


@pytest.mark.usefixtures("sound", "many")
def test_the_page_of_one_leg_has_its_chart_all_the_same(at_desk: AtDesk) -> None:
    assert "temperature-chart" in words(at_desk(SELLS).get(leg_of(SELLS, "desk:leg")))
