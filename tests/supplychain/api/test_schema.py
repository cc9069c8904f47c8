"""The OpenAPI document: valid, whole, and readable in a browser."""

import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from supplychain.api import gs1_urls
from supplychain.api.doors import Door, Nowhere
from supplychain.api.urls import urlpatterns
from supplychain.api.verification_messages import Misaddressed
from tests.stages import MAKES
from tests.supplychain.api.conftest import Programs

METHODS = {"get", "post"}
OURS = "/api/v1/"


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def doors() -> dict[str, type[Door]]:
    found = {}
    ours = [(OURS, route) for route in urlpatterns]
    for root, route in [*ours, *(("/", route) for route in gs1_urls.urlpatterns)]:
        view = getattr(route.callback, "cls", None)
        assert view is not None
        assert issubclass(view, Door)
        if view not in (Nowhere, Misaddressed):
            found[root + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern))] = view
    return found


def test_the_document_is_valid_and_made_without_a_warning(schema: Any) -> None:
    GENERATOR_STATS.reset()
    validate_schema(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS
    assert schema["openapi"].startswith("3.1")


def test_every_door_and_method_is_in_it(schema: Any) -> None:
    there = {
        address: {name for name in METHODS if hasattr(view, name)}
        for address, view in doors().items()
    }
    assert {address: set(methods) for address, methods in schema["paths"].items()} == there


def test_every_method_says_all_that_a_program_must_know(schema: Any) -> None:
    for address, methods in schema["paths"].items():
        for method, said in methods.items():
            statuses = set(said["responses"])
            assert said["tags"]
            assert said["summary"]
            assert said["description"]
            assert {"401", "503"} <= statuses
            if method == "post":
                assert {"400", "403", "409", "413", "415", "422"} <= statuses
                assert said["requestBody"]["content"]["application/json"]["examples"]
                shown = ["hook"] if "/hooks/" in address else ["token", "session"]
                assert said["security"] == [{name: []} for name in shown]


def test_every_no_is_a_problem_with_an_example_but_where_gs1_wants_no_json(schema: Any) -> None:
    for address, methods in schema["paths"].items():
        for said in methods.values():
            for status, answer in said["responses"].items():
                if status >= "400" and not address.startswith(OURS):
                    assert list(answer["content"]) == ["text/plain"]
                elif status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"]
                    assert answer["content"]["application/problem+json"]["examples"]


@pytest.mark.usefixtures("traded")
def test_the_examples_are_what_the_doors_take(schema: Any, program: Programs) -> None:
    """Each example is refused by a rule, if at all, and never for its form."""
    maker = program(MAKES, "administrator")
    for address, methods in schema["paths"].items():
        for example in _examples(methods.get("post")):
            answer = maker.post(address.removeprefix(OURS), example)
            assert answer.status_code != 400 or address.endswith("/entries"), answer.content


def _examples(method: Any) -> list[Any]:
    if not method:
        return []
    return [
        one["value"]
        for one in method["requestBody"]["content"]["application/json"]["examples"].values()
    ]


def test_a_person_reads_it_in_a_browser(client: Client) -> None:
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"cdn" not in page.content.lower()
