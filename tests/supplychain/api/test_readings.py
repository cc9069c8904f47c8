"""One reading is proven to be among those that an entry's signer had."""

from datetime import timedelta

import pytest

from supplychain.domain.reading_proofs import ReadingProof
from supplychain.models import Series, SeriesChunk
from tests.stages import HEALS, INSULIN, LIES, MAKES, Stage, a_lot, readings
from tests.supplychain.api.conftest import Programs, problem

LOT = a_lot("Q1", INSULIN)


@pytest.fixture
def entry(now: Stage) -> str:
    now.register(LOT, 10)
    since = now.now
    sent = now.ship(MAKES, LOT, 10, HEALS, readings(since - timedelta(hours=3), since, 500, 510))
    now.log()
    return sent.entry_id


def address(entry: str, n: int = 0) -> str:
    return f"lots/{INSULIN}/Q1/readings/{entry}/{n}"


def test_a_reading_is_proven_against_the_signed_root(
    now: Stage, entry: str, program: Programs
) -> None:
    row = Series.objects.get(entry_id=entry)
    found = program(HEALS).get(address(entry), at=row.first_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    said = found.json()
    assert (said["entry"], said["series"], said["series_root"]) == (entry, 0, row.root)
    proof = ReadingProof.decode(said["proof"])
    assert proof.holds(row.root, row.count)
    assert proof.reading.centi_c == 500
    del now


@pytest.mark.parametrize("at", ["", "noon", "2026-03-02", "2001-01-01T00:00:00Z"])
def test_a_moment_without_a_reading_is_refused(entry: str, program: Programs, at: str) -> None:
    assert program(HEALS).get(address(entry), at=at).status_code in (400, 422)


def test_who_has_nothing_to_do_with_the_lot_gets_nothing(entry: str, program: Programs) -> None:
    problem(program(LIES).get(address(entry), at="2001-01-01T00:00:00Z"), 404, "LOT_UNKNOWN")


def test_there_is_no_such_series(entry: str, program: Programs) -> None:
    moment = "2001-01-01T00:00:00Z"
    problem(program(HEALS).get(address(entry, 1), at=moment), 404, "SERIES_UNKNOWN")
    problem(program(HEALS).get(address("x"), at=moment), 404, "SERIES_UNKNOWN")
    SeriesChunk.objects.all().delete()
    problem(program(HEALS).get(address(entry), at=moment), 404, "SERIES_UNKNOWN")
