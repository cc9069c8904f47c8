"""Loggers' files through the API: as they came, with whatever their signature is worth."""

from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from ledger.models import Attachment
from supplychain.models import Series
from tests.stages import INSULIN, MAKES, SELLS, Stage
from tests.supplychain.api.conftest import Programs, problem
from tests.supplychain.api.test_doing import new_lot, new_shipment
from tests.supplychain.formats.berlinger_files import (
    CONFIGURED,
    DAYS,
    SMALL,
    data_of,
    signed,
    steady,
)


def test_a_loggers_signed_file_is_cited_untouched(now: Stage, program: Programs) -> None:
    maker, lot = program(MAKES), {"gtin": INSULIN, "lot": "I1"}
    maker.post("lots", new_lot(**lot))
    now.later()
    begins = now.now.replace(tzinfo=None, second=0) - timedelta(hours=2)
    raw = signed(CONFIGURED + data_of(steady(12, start=begins)))
    conditions = {"file": b64encode(raw).decode(), "zone": "+00:00"}
    body = new_shipment(**lot, conditions=conditions)
    entry = maker.post("shipments", body).json()["entry_id"]
    kept = Attachment.objects.get(sha256=sha256(raw).hexdigest())
    assert (bytes(kept.content or b""), kept.media) == (raw, "text/plain")
    assert Series.objects.get(entry_id=entry).device == "130500000001"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\t5.1\r", b"\t5.2\r", "SIGNATURE_REFUSED"),
        (b"\r\nSig: ", b"\r\nGis: ", "SIGNATURE_REFUSED"),
        (b" Temp unit: C", b" Temp unit: F", "UNIT_NOT_READ"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_a_file_that_was_edited_is_no_evidence(
    program: Programs, old: bytes, new: bytes, code: str
) -> None:
    raw = signed(CONFIGURED + data_of(steady(2, start=datetime(2026, 3, 1, 8)))).replace(old, new)  # noqa: DTZ001
    conditions = {"file": b64encode(raw).decode(), "zone": "+00:00"}
    problem(program(SELLS).post("shipments", new_shipment(conditions=conditions)), 400, code)


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({"file": "!"}, "MALFORMED_BASE64"),
        ({"file": b64encode(SMALL).decode()}, "ZONE_NEEDED"),
        ({"file": b64encode(signed(CONFIGURED + DAYS)).decode(), "zone": "+01:00"}, "NO_READINGS"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_a_file_needs_its_zone_and_readings(program: Programs, conditions: Any, code: str) -> None:
    problem(program(SELLS).post("shipments", new_shipment(conditions=conditions)), 400, code)
