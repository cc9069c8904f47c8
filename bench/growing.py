"""Filling: whole journeys of lots, recorded in hundreds on the same road as every entry."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

from django.db import connection

from bench.cast import Cast
from bench.installation import wait_until_logged
from bench.stories import journey
from supplychain.domain.lots import LotKey
from supplychain.recording.submissions import Refusal, Submission
from supplychain.services.record_entries import record_entries

LOTS_AT_ONCE = 25
_numbers = count(1_000_000)


def entries() -> int:
    """How many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(entries), 0) FROM ledger_stream")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def fill(cast: Cast, size: int) -> list[LotKey]:
    """Record journeys, some at least, until the ledger has so many entries; returns their lots."""
    lots: list[LotKey] = []
    missing = size - entries()
    while missing > 0 or not lots:
        batch = [cast.makers[n % len(cast.makers)].lot(n) for n in _some()]
        texts = [text for n, lot in enumerate(batch) for text in _journey(cast, lot)]
        answers = record_entries(submissions=[*map(Submission, texts)], at=datetime.now(UTC))
        bad = [one for one in answers if isinstance(one, Refusal)]
        if bad:
            raise RuntimeError(f"{bad[0].code}: {bad[0].message}")
        lots += batch
        missing -= len(texts)
        wait_until_logged()
    return lots


def _some() -> Iterator[int]:
    return (next(_numbers) for _ in range(LOTS_AT_ONCE))


def _journey(cast: Cast, lot: LotKey) -> list[str]:
    maker = next(one for one in cast.makers if one.product.gtin == lot.gtin)
    return [one.text for one in journey(maker, lot, cast.wholesaler, cast.pharmacies)]
