"""A real Chromium, and the real pages served from the test's own transaction."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.stages import Stage, stage

__all__ = ["stage"]

CHROMIUM = Path("/usr/bin/chromium")
# Two cores that do other things too: a page may take its time.
expect.set_options(timeout=30_000)
_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Debian's Chromium; skipped where it is absent, unless UNBROKEN_REQUIRE_BROWSER=1."""
    del django_db_setup  # it has to outlive the browser: see below
    if not CHROMIUM.exists():
        required = os.environ.get("UNBROKEN_REQUIRE_BROWSER") == "1"
        (pytest.fail if required else pytest.skip)(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # From here on an event loop runs in this thread, and tests still speak to the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield _launch(playwright)
        # Beside a running loop Django keeps connections of its own: nobody else closes them.
        connections.close_all()


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


@pytest.fixture
def failing_page(browser: Browser, site: str) -> Iterator[Page]:
    """A page whose requests may fail: the browser reports that as an error of its own."""
    context = browser.new_context(base_url=site)
    yield context.new_page()
    context.close()


@pytest.fixture
def page_without_javascript(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()


class _Server(ThreadingMixIn, WSGIServer):
    """Closing waits for every request: one that came late would open a connection of its own."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def site(browser: Browser, stage: Stage, socket_enabled: None) -> Iterator[str]:
    """The address of the real application, which sees what the test's transaction has."""
    del browser, stage, socket_enabled  # asked for what they do, and in this order
    server = make_server("127.0.0.1", 0, _application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it is the test's, and its transaction is open
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


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
