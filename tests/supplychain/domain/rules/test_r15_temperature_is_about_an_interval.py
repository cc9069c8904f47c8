"""R15: temperature is evidence about an interval, on every hand-off."""

from dataclasses import replace

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.outputs import State
from tests.people import (
    MAKER,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LOGGER_MISSING,
    LotStory,
    birth,
)
from tests.supplychain.domain.rules.breaking import broken, receipt_of, ship_of


def test_a_monitored_product_is_not_shipped_as_if_it_needed_no_readings() -> None:
    story = LotStory.born(100, monitored=True)
    statement = ship_of(MAKER, WHOLESALER, 100, 0)
    expected = ("R15", "CONDITIONS_REQUIRED")
    assert broken(story, MAKER, statement, story.stock(MAKER)) == expected


def test_a_monitored_product_is_not_received_as_if_it_needed_no_readings() -> None:
    story = LotStory.born(100, monitored=True)
    story.ship(MAKER, WHOLESALER, 100, conditions=LOGGER_MISSING)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R15", "CONDITIONS_REQUIRED")
    story.receive(WHOLESALER, 100, conditions=LOGGER_MISSING)


def test_a_lot_needs_a_storage_profile_that_is_known() -> None:
    story = LotStory()
    with pytest.raises(RuleBroken) as broken:
        story.play(replace(story.act(MAKER, birth()), monitored=None))
    assert (broken.value.rule, broken.value.code) == ("R15", "PROFILE_UNKNOWN")
