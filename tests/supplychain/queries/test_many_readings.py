"""Of very many readings the digest is checked at each answer, and each of them on a leg's page."""

from datetime import timedelta

import pytest
from django.db import connection

from supplychain.domain.facts import LegState
from supplychain.queries import readings as queries
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.readings import LegReadings, legs_of
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, readings

LOT = a_lot("M1", INSULIN)


@pytest.fixture(params=[0, 20_000], ids=["many", "few"])
def chain(stage: Stage, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Chain:
    """A lot over two hands, its readings too many to be read at once, or not."""
    monkeypatch.setattr(queries, "READ_AT_ONCE_MAX", request.param)
    stage.register(LOT, 10)
    for giver, receiver, warmest in ((MAKES, SELLS, 800), (SELLS, HEALS, 900)):
        before = readings(stage.now - timedelta(hours=2), stage.now, 500, 700)
        stage.ship(giver, LOT, 10, receiver, before)
        way = readings(stage.now, stage.later(timedelta(minutes=30)), 600, warmest)
        stage.receive(receiver, LOT, 10, conditions=way)
    stage.log()
    return chain_of(LOT, stage.now)


def legs(chain: Chain, in_full: str | None = None) -> tuple[LegReadings, ...]:
    return legs_of(chain, set(chain.history.acts), in_full)


def test_the_same_is_told_of_each_leg(chain: Chain) -> None:
    found = legs(chain)
    states = [*[LegState.IN_RANGE] * 3, LegState.EXCURSION]
    assert [leg.state for leg in found] == states
    judged = [leg.judgement for leg in found if leg.judgement]
    extremes = [(one.min_centi_c, one.max_centi_c) for one in judged]
    assert extremes == [(500, 700), (600, 800), (500, 700), (600, 900)]
    assert [one.minutes_out_worst_case for one in judged] == [0, 0, 0, 40]


def test_one_leg_is_read_in_full_where_it_is_asked_for(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READ_AT_ONCE_MAX", 0)
    asked = legs(chain)[1]
    assert asked.series == ()
    assert asked.count == 5
    found = legs(chain, asked.act.entry_id)
    assert [len(leg.series) for leg in found] == [0, 1, 0, 0]
    assert len(found[1].series[0].readings) == asked.count


@pytest.mark.parametrize(
    "tampering",
    [
        "packed = set_byte(packed, 12, get_byte(packed, 12) # 1)",
        "packed = substr(packed, 1, length(packed) - 1)",
        "packed = packed || '\\x00'::bytea",
        "packed = ''",
    ],
    ids=["flipped", "removed", "inserted", "emptied"],
)
def test_a_changed_byte_is_found(chain: Chain, tampering: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE supplychain_serieschunk SET {tampering}")
    assert {leg.state for leg in legs(chain)} == {LegState.DISAGREES}


def test_readings_that_are_gone_are_unknown(chain: Chain) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM supplychain_serieschunk")
    assert {leg.state for leg in legs(chain)} == {LegState.UNKNOWN}


def test_a_chunk_too_many_is_found(chain: Chain) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supplychain_serieschunk (stream_id, root, chunk, packed)"
            " SELECT stream_id, root, 1, packed FROM supplychain_serieschunk"
        )
    assert {leg.state for leg in legs(chain)} == {LegState.DISAGREES}
