"""What is said once about loggers, and kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from supplychain.models import LoggerClock, LoggerMapping
from supplychain.queries.loggers import clock_of, mappings_of
from supplychain.services.remember_logger import remember_logger
from tests.stages import MAKES, SELLS
from tests.supplychain.formats.test_mapped_csv import ELPRO_MAPPING, TEMPTALE_MAPPING

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEPAL = timezone(timedelta(hours=5, minutes=45))


def test_a_mapping_is_kept_by_model_and_organisation_and_the_last_word_stands() -> None:
    for model, mapping in (("Z", ELPRO_MAPPING), ("A", TEMPTALE_MAPPING)):
        remember_logger(party=SELLS, by="wendy", at=NOW, model=model, mapping=mapping)
    assert list(mappings_of(SELLS).items()) == [("A", TEMPTALE_MAPPING), ("Z", ELPRO_MAPPING)]
    assert not mappings_of(MAKES)
    other = replace(TEMPTALE_MAPPING, zone=NEPAL)
    later = NOW + timedelta(days=1)
    remember_logger(party=SELLS, by="olga", at=later, model="A", mapping=other)
    assert mappings_of(SELLS)["A"] == other
    kept = LoggerMapping.objects.get(gln=SELLS, model="A")
    assert (kept.said_by, kept.said_at, str(kept)) == ("olga", later, f"A of {SELLS}")


def test_the_offset_of_a_clock_is_kept_by_device() -> None:
    remember_logger(party=SELLS, by="wendy", at=NOW, device="1305", zone=NEPAL)
    assert (clock_of(SELLS, "1305"), clock_of(SELLS, "7"), clock_of(MAKES, "1305")) == (
        NEPAL,
        None,
        None,
    )
    assert str(LoggerClock.objects.get()) == f"1305 of {SELLS}: +05:45"


def test_without_a_name_nothing_is_kept() -> None:
    remember_logger(party=SELLS, by="wendy", at=NOW, mapping=ELPRO_MAPPING, zone=NEPAL)
    assert not LoggerMapping.objects.exists()
    assert not LoggerClock.objects.exists()
