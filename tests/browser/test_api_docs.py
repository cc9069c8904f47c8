"""The interface for programs as a person reads it: our own origin only, the strict policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_documents_render_without_a_violation_of_the_policy(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs/")
    expect(page.get_by_text("/api/v1/entries", exact=True)).to_be_visible()
    page.get_by_text("/api/v1/entries", exact=True).click()
    expect(page.get_by_text("The signer must be the token's organisation")).to_be_visible()
    origin = page.url.partition("/api/")[0]
    assert [url for url in asked if not url.startswith((origin, "data:"))] == []
