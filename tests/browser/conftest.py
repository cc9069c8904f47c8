"""A real Chromium, and the real pages served from the test's own transaction."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.stages import Stage, stage

__all__ = ["stage"]

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skipped where it is absent, unless UNBROKEN_REQUIRE_BROWSER=1."""
    if not CHROMIUM.exists():
        required = os.environ.get("UNBROKEN_REQUIRE_BROWSER") == "1"
        (pytest.fail if required else pytest.skip)(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        yield _launch(playwright)


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=_FLAGS)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page on the site; a violation of the policy or an error of a script fails the test."""
    context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert troubles == []


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def site(stage: Stage, socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the real application, which sees what the test's transaction has."""
    del stage, socket_enabled  # asked for what they do
    # Playwright keeps an event loop running in this thread, and the test still sows its data.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    server = make_server("127.0.0.1", 0, _application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _application() -> WSGIApplication:
    """The application, one request at a time, on the test's connection and in its transaction."""
    serve = get_wsgi_application()
    shared = connections["default"]
    shared.inc_thread_sharing()
    turn = threading.Lock()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with turn:
            connections["default"] = shared
            response = serve(environ, start_response)
            try:
                return list(response)
            finally:
                if hasattr(response, "close"):
                    response.close()

    return application
