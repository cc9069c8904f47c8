"""The log's doors: what they give, with which headers, to whom, and what they do not give."""

import hashlib
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from ledger import proofs, signers
from ledger.core.checkpoint import Vkey
from ledger.core.entry_bundles import decode_bundle
from ledger.core.merkle import leaf_hash
from ledger.core.signatures import OPENSSL
from ledger.core.tlog_proof import TlogProof
from ledger.urls import doors
from tests.database import tamper
from tests.ledger import planted
from tests.ledger.world import World
from tests.nights import examples

FOR_EVER = "public, max-age=31536000, immutable"


def may_read(request: HttpRequest) -> HTTPStatus:
    return HTTPStatus(int(request.headers.get("Authorization", "401")))


def handler404(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  as Django calls it
    return HttpResponse(status=404)


# A house that has nothing but the log's doors, and asks a header who may come in.
urlpatterns = [path("log/", include(doors(may_read)))]


@pytest.fixture(autouse=True)
def _house(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def log(world: World) -> World:
    """A log of 600 entries."""
    planted.grow(world, 600)
    return world


@pytest.fixture
def asked(log: World) -> Client:  # noqa: ARG001  what is asked for is there
    return Client(raise_request_exception=False)


def hashes(start: int, end: int) -> bytes:
    return b"".join(leaf_hash(planted.entry(index)) for index in range(start, end))


def test_the_checkpoint_is_the_signed_note_and_kept_for_a_second(asked: Client) -> None:
    latest = proofs.latest_checkpoint()
    assert latest is not None
    response = asked.get("/log/checkpoint")
    assert response.content.decode() == latest.note
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=1"


def test_the_key_is_one_line(log: World, asked: Client) -> None:
    response = asked.get("/log/vkey")
    assert response.content.decode() == f"{Vkey('unbroken.example/demo', log.log.public)}\n"
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_a_tile_is_bytes_that_anybody_may_keep_for_ever(asked: Client) -> None:
    response = asked.get("/log/tile/0/001")
    assert response.content == hashes(256, 512)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Cache-Control"] == FOR_EVER
    assert "Vary" not in response


@pytest.mark.parametrize("width", [1, 60, 88])
def test_a_partial_tile_is_served_at_every_width_that_the_log_had(
    asked: Client, width: int
) -> None:
    response = asked.get(f"/log/tile/0/002.p/{width}")
    assert response.content == hashes(512, 512 + width)
    assert response["Cache-Control"] == FOR_EVER


def test_a_partial_tile_is_served_when_it_has_become_full(asked: Client) -> None:
    full = asked.get("/log/tile/0/000").content
    assert asked.get("/log/tile/0/000.p/3").content == full[:96]


@pytest.mark.parametrize(
    "beyond",
    ["0/002", "0/002.p/89", "0/003", "0/003.p/1", "1/000", "1/000.p/3", "2/000.p/1", "63/000"],
)
def test_what_no_checkpoint_covers_is_not_there(asked: Client, beyond: str) -> None:
    response = asked.get(f"/log/tile/{beyond}")
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"


def test_leaves_that_were_logged_and_not_signed_are_not_shown(log: World, asked: Client) -> None:
    planted.grow(log, 700, sign=False)
    assert asked.get("/log/tile/0/002.p/88").status_code == 200
    assert asked.get("/log/tile/0/002.p/89").status_code == 404
    log_open = {"Authorization": "200"}
    assert asked.get("/log/tile/entries/002.p/89", headers=log_open).status_code == 404


def test_before_the_first_checkpoint_there_is_nothing(
    db: None,  # noqa: ARG001  asked for what it does
    bare_world: World,  # noqa: ARG001  as above
    client: Client,
) -> None:
    for there in ("checkpoint", "tile/0/000.p/1", f"entries/{'0' * 64}.tlog-proof"):
        assert client.get(f"/log/{there}").status_code == 404


def test_without_a_policy_there_is_no_key(asked: Client, settings: Settings) -> None:
    (settings.KEYS_DIR / signers.POLICY_FILE).unlink()
    assert asked.get("/log/vkey").status_code == 404


@pytest.mark.parametrize("door", ["checkpoint", "vkey", "tile/0/000", "entries/0.tlog-proof"])
def test_the_doors_only_give(asked: Client, door: str) -> None:
    assert asked.post(f"/log/{door}").status_code == 405
    assert asked.delete(f"/log/{door}").status_code == 405
    whole, head = asked.get(f"/log/{door}"), asked.head(f"/log/{door}")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head["Content-Type"] == whole["Content-Type"]


# --- entries ----------------------------------------------------------------------------------


def bundle(asked: Client, status: str, path: str = "001") -> Any:
    headers = {"Authorization": status} if status else {}
    return asked.get(f"/log/tile/entries/{path}", headers=headers)


def test_whom_the_house_lets_in_gets_entries_and_no_cache_between_may_keep_them(
    asked: Client,
) -> None:
    response = bundle(asked, "200")
    assert decode_bundle(response.content, 256) == [planted.entry(i) for i in range(256, 512)]
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["Vary"] == "Cookie, Authorization"
    assert response["Content-Type"] == "application/octet-stream"


def test_others_are_told_plainly(asked: Client) -> None:
    unknown, known = bundle(asked, ""), bundle(asked, "403")
    assert (unknown.status_code, known.status_code) == (401, 403)
    assert unknown["WWW-Authenticate"] == 'Bearer realm="log"'
    assert "WWW-Authenticate" not in known
    assert known.content == b"The entries of this log are not for everybody.\n"
    assert known["Cache-Control"] == "no-store"


def test_what_is_not_there_is_no_secret_and_no_answer_to_a_stranger(asked: Client) -> None:
    assert bundle(asked, "", "009").status_code == 401
    refused = bundle(asked, "200", "009")
    assert (refused.status_code, refused["Cache-Control"]) == (404, "no-store")


def test_a_house_may_open_its_entries_to_all(asked: Client, settings: Settings) -> None:
    settings.LOG_ENTRIES_OPEN = True
    response = bundle(asked, "")
    assert response.status_code == 200
    assert response["Cache-Control"] == FOR_EVER


# --- damage and nonsense ----------------------------------------------------------------------


def test_a_damaged_tree_is_said_and_not_served(asked: Client) -> None:
    tamper("DELETE FROM ledger_tile WHERE level = 0 AND number = 1")
    tamper("DELETE FROM ledger_entry WHERE number = 5 AND kid = 'k'")
    assert asked.get("/log/tile/0/001").status_code == 503
    assert bundle(asked, "200", "000").status_code == 503
    assert asked.get("/log/tile/0/000").status_code == 200


@hypothesis_settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    st.text(max_size=40)
    | st.text(st.sampled_from("tile/entries/0123456789x.p/%\n\0"), max_size=30).map("tile/".__add__)
)
def test_no_path_whatever_is_our_fault(asked: Client, path: str) -> None:
    response = asked.get("/log/" + path, headers={"Authorization": "200"})
    assert response.status_code in (200, 404)


# --- proofs -----------------------------------------------------------------------------------


def test_the_proof_of_an_entry_is_a_file_without_the_entry(log: World, asked: Client) -> None:
    name = hashlib.sha256((300).to_bytes(8)).hexdigest()
    response = asked.get(f"/log/entries/{name}.tlog-proof")
    proof = TlogProof.parse(response.content)
    checkpoint = proof.check(
        planted.entry(300), Vkey("unbroken.example/demo", log.log.public), OPENSSL
    )
    assert (proof.index, checkpoint.size, proof.extra) == (300, 600, b"")
    assert b"entry 300" not in response.content
    assert response["Content-Disposition"] == f'attachment; filename="{name[:16]}.tlog-proof"'
    assert response["Cache-Control"] == "public, max-age=1"


@pytest.mark.parametrize("name", ["0" * 64, "nonsense", "é", "%00", "a" * 5_000])
def test_an_entry_that_is_not_logged_has_no_proof(asked: Client, name: str) -> None:
    response = asked.get(f"/log/entries/{name}.tlog-proof")
    assert response.status_code == 404
    assert "Content-Disposition" not in response


def test_a_proof_needs_a_whole_tree(asked: Client) -> None:
    name = hashlib.sha256((300).to_bytes(8)).hexdigest()
    tamper("DELETE FROM ledger_tile WHERE level = 0 AND number = 1")
    assert asked.get(f"/log/entries/{name}.tlog-proof").status_code == 503
