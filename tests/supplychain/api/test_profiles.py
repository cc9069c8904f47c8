"""A product's own storage profile, brought and read through the API."""

from typing import Any

import pytest

from ledger.core import canonical
from supplychain.domain.profile_documents import own
from tests.stages import MAKES
from tests.supplychain.api.conftest import Programs

DOCUMENT: Any = {"name": "Eye drops", "low_centi_c": 200, "high_centi_c": 800}


def test_a_profile_is_brought_listed_and_read_by_anybody(program: Programs) -> None:
    maker = program(MAKES)
    brought = maker.post("profiles", {"document": DOCUMENT})
    assert brought.status_code == 201
    profile = brought.json()
    assert profile == {"id": own(DOCUMENT).id, "name": "Eye drops"}
    assert maker.post("profiles", {"document": DOCUMENT}).json() == profile
    assert profile in maker.get("profiles").json()["results"]
    answer = maker.client.get(f"/api/v1/profiles/{profile['id']}")
    assert answer.content == canonical.dumps(DOCUMENT)
    assert "immutable" in answer["Cache-Control"]
    product = {
        "gtin": "00614141000036",
        "name": "Eye drops",
        "strength": "1 %",
        "form": "10 ml",
        "profile": profile["id"],
    }
    assert maker.post("products", product).status_code == 201


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"name": "No limit"},
        {**DOCUMENT, "high_centi_c": 800.5},
        {**DOCUMENT, "high_centi_c": True},
        {**DOCUMENT, "x": 1},
        {**DOCUMENT, "bands": [{}] * 21},
        {**DOCUMENT, "name": "\ud800"},
        [],
        "x",
        None,
    ],
)
def test_what_is_no_profile_is_refused(program: Programs, document: Any) -> None:
    refused = program(MAKES).post("profiles", {"document": document})
    assert refused.status_code in (400, 422)
    assert refused["Content-Type"] == "application/problem+json"


def test_there_is_no_such_profile(program: Programs) -> None:
    maker = program(MAKES)
    assert maker.client.get("/api/v1/profiles/own:00").status_code == 404
    product = {
        "gtin": "00614141000036",
        "name": "N",
        "strength": "S",
        "form": "F",
        "profile": f"own:{'0' * 64}",
    }
    assert maker.post("products", product).json()["code"] == "PROFILE_UNKNOWN"
