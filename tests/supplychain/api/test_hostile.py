"""Each refusal has its own code, is a 4xx, and changes no row of any table."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from pytest_django import Settings

from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import sign
from ledger.core.envelope import Envelope
from ledger.core.signatures import PrivateKey
from supplychain.queries.stock import inbound_to
from supplychain.services.issue_token import issue_token
from supplychain.services.revoke_key import revoke_key
from tests.nights import examples
from tests.stages import HEALS, LIES, MAKES, NOON, SELLS, Stage, open_stage
from tests.supplychain.api.conftest import (
    A_LOT,
    LOT,
    NO_READINGS,
    Program,
    Programs,
    dispatch,
    dispatch_statement,
    own_key_of,
    problem,
    rows,
)
from tests.supplychain.api.test_roles import SIGNING

SHIP = {
    **A_LOT,
    "quantity": 40,
    "receiver": HEALS,
    "shipment": "S-1",
    "conditions": NO_READINGS,
}


def refused(send: Callable[[], Any], status: int, code: str) -> None:
    """What is sent is refused with this code, and every table is as it was."""
    before = rows()
    problem(send(), status, code)
    assert rows() == before


def forged(text: str, header: bytes) -> str:
    """The entry with another header and, where that takes none, no signature."""
    _, payload, signature = Envelope.parse(text).jws.split(".")
    return f"{b64u(header)}.{payload}.{'' if b'none' in header else signature}~"


def with_payload(text: str, change: Callable[[bytes], bytes]) -> str:
    header, payload, signature = Envelope.parse(text).jws.split(".")
    return f"{header}.{b64u(change(unb64u(payload)))}.{signature}~"


@pytest.mark.usefixtures("traded")
def test_shipping_101_of_100(program: Programs) -> None:
    seller = program(SELLS)
    body = {**SHIP, "quantity": 101}
    refused(lambda: seller.post("shipments", body), 422, "MASS_IMBALANCE")


def test_shipping_101_of_100_signed_by_oneself(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    seller, text = program(SELLS), dispatch(traded, own_key, quantity=101, rest=1)
    refused(lambda: seller.post("entries", {"entry": text}), 422, "MASS_IMBALANCE")


def test_receiving_what_was_sent_to_another(traded: Stage, program: Programs) -> None:
    traded.ship(SELLS, LOT, 40, HEALS)
    traded.later()
    output = str(traded.inbound(HEALS, LOT).output)
    liar = program(LIES)
    body = {**A_LOT, "output": output, "received": 40, "conditions": NO_READINGS}
    refused(lambda: liar.post("receipts", body), 422, "NOT_RECEIVER")


def test_an_output_that_is_used_up(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    seller = program(SELLS)
    first, second = (dispatch(traded, own_key) for _ in range(2))
    assert seller.post("entries", {"entry": first}).status_code == 201
    refused(lambda: seller.post("entries", {"entry": second}), 409, "OUTPUT_USED")


def test_the_same_entry_twice_is_one(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    seller, text = program(SELLS), dispatch(traded, own_key)
    first = seller.post("entries", {"entry": text})
    before = rows()
    again = seller.post("entries", {"entry": text})
    assert (first.status_code, again.status_code) == (201, 200)
    assert {**first.json(), "known": True} == again.json()
    assert rows() == before


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none"}',
        b'{"alg":"none","typ":"unbroken-entry+sd-jwt"}',
        b'{"alg":"HS256"}',
        b"{}",
        b"\xff",
        b"",
    ],
)
def test_another_header_than_the_one(
    traded: Stage, own_key: PrivateKey, program: Programs, header: bytes
) -> None:
    seller, text = program(SELLS), forged(dispatch(traded, own_key), header)
    refused(lambda: seller.post("entries", {"entry": text}), 400, "HEADER_REFUSED")


def test_a_duplicate_key_in_the_statement(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    seller = program(SELLS)
    text = with_payload(dispatch(traded, own_key), lambda data: b'{"at":"x",' + data[1:])
    refused(lambda: seller.post("entries", {"entry": text}), 400, "DUPLICATE_KEY")


@pytest.mark.usefixtures("traded")
def test_a_duplicate_key_in_the_request(program: Programs) -> None:
    seller = program(SELLS)
    body = b'{"entry":"a","entry":"b"}'
    refused(lambda: seller.send("entries", body), 400, "DUPLICATE_KEY")


def test_a_statement_of_a_megabyte(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    seller, good = program(SELLS), dispatch(traded, own_key)
    padding = b'{"aaaa":"' + b"x" * 1_000_000 + b'",'
    text = with_payload(good, lambda data: padding + data[1:])
    refused(lambda: seller.post("entries", {"entry": text}), 413, "TOO_LARGE")


def test_an_unknown_party(traded: Stage, program: Programs) -> None:
    stranger = PrivateKey.generate()
    seller, text = program(SELLS), sign(dispatch_statement(traded), stranger)
    refused(lambda: seller.post("entries", {"entry": text}), 422, "KEY_UNKNOWN")
    body = {**SHIP, "receiver": "9506000090016"}
    refused(lambda: seller.post("shipments", body), 422, "RECEIVER_UNKNOWN")


def test_a_revoked_key(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    seller, text = program(SELLS), dispatch(traded, own_key)
    revoke_key(
        signer=traded.authority,
        kid=own_key.kid,
        reason="lost",
        at=traded.later(),
        nonce=traded.nonce(),
    )
    refused(lambda: seller.post("entries", {"entry": text}), 422, "KEY_REVOKED")


def test_a_signature_of_another_key(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    seller, text = program(SELLS), dispatch(traded, own_key)
    head, signature = Envelope.parse(text).jws.rsplit(".", 1)
    other = b64u(bytes([unb64u(signature)[0] ^ 1]) + unb64u(signature)[1:])
    refused(lambda: seller.post("entries", {"entry": f"{head}.{other}~"}), 422, "SIGNATURE_BAD")


def test_an_entry_for_another_log(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    foreign = replace(dispatch_statement(traded), log="unbroken.example/other")
    seller, text = program(SELLS), sign(foreign, own_key)
    refused(lambda: seller.post("entries", {"entry": text}), 422, "LOG_MISMATCH")


def test_an_entry_from_tomorrow(traded: Stage, own_key: PrivateKey, program: Programs) -> None:
    later = replace(dispatch_statement(traded), at=traded.now.replace(year=2027))
    seller, text = program(SELLS), sign(later, own_key)
    refused(lambda: seller.post("entries", {"entry": text}), 422, "CLOCK_AHEAD")


def test_a_body_that_is_too_large(program: Programs) -> None:
    seller, body = program(SELLS), b'{"entry":"' + b"x" * (4 * 1024 * 1024) + b'"}'
    refused(lambda: seller.send("entries", body), 413, "TOO_LARGE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_an_output_used_twice_at_once_from_two_connections(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = open_stage(settings, tmp_path)
    monkeypatch.setattr("django.utils.timezone.now", lambda: stage.now)
    stage.register(LOT, 200)
    stage.deliver(MAKES, LOT, 100, SELLS)
    key = own_key_of(stage, SELLS)
    token = "a token of the wholesaler's, for both"
    issue_token(token=token, party=SELLS, role="signer", name="test", at=NOON)
    texts = [dispatch(stage, key) for _ in range(8)]
    answers = at_once([partial(Program(token).post, "entries", {"entry": text}) for text in texts])
    assert sorted(one.status_code for one in answers) == [201] + [409] * 7
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"OUTPUT_USED"}
    assert [line.quantity for line in inbound_to(HEALS)] == [40]


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do these at the same moment, each over a connection of its own."""
    gate, answers = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], Any]) -> None:
        gate.wait()
        answers.append(deed())
        connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


# --- whatever is sent, it is never our fault ------------------------------------------------------

ADDRESSES = (
    "entries", "products", "verifications", "doubts/settled", "loggers/previews", "trackers",
    "trackers/readings", "trackers/batches", "trackers/loads", "trackers/unloads",
    f"trackers/hooks/{'ab' * 16}", "disclosures", "disclosures/revocations",
    "disclosures/openings", *SIGNING,
)  # fmt: skip
MEMBERS = sorted(
    {
        "entry", "entries", "readings", "attachments", "gtin", "lot", "quantity", "expiry",
        "expiry_zone", "receiver", "shipment", "order", "conditions", "output", "received",
        "damaged", "note", "reason", "kind", "recall_class", "hold", "quarantined", "name",
        "strength", "form", "profile", "none", "csv", "zone", "unit", "device", "calibrated",
        "time", "value", "media", "content", "serial", "context", "file", "files", "mapping",
        "calibrated_on", "every_days", "n", "previous", "kid", "sig", "place", "state", "outputs",
        "market", "ignore_start_min", "ignore_end_min", "read_out_at", "since", "until",
        "to", "members", "grant", "buyer", "seller",
    }
)  # fmt: skip
ODD = st.sampled_from(
    [
        *A_LOT.values(), HEALS, "0" * 64 + "#0", "lost", "I", "C", "+00:00", "2027-12-31",
        "not_required", "order", "time,temperature_c\n2026-03-02T12:00:00Z,5\n", "\x00", "\ud800",
        "\u202e", "0" * 64, 1, 2**53 - 1, "below-25/1", "1e999", "9999-12-31", "DMY", "AAAA",
        "RGV2aWNlOiB4", "dGltZTsgdGVtcA==", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    ]
)  # fmt: skip
LEAVES = st.one_of(
    ODD, ODD, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=5), inner, max_size=8),
    ),
    max_leaves=25,
)
BODIES = st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=10) | VALUES
FUZZ = profile(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def liar(traded: Stage, program: Programs) -> Program:
    del traded  # asked for the goods that it puts on the stage
    return program(LIES)


@FUZZ
@given(address=st.sampled_from(ADDRESSES), body=st.binary(max_size=300))
def test_any_bytes_are_answered_with_a_4xx(liar: Program, address: str, body: bytes) -> None:
    assert 400 <= liar.send(address, body).status_code < 500


@FUZZ
@given(address=st.sampled_from(ADDRESSES), body=BODIES)
def test_any_json_is_answered_and_never_with_a_5xx(liar: Program, address: str, body: Any) -> None:
    response = liar.post(address, body)
    assert response.status_code < 500, (body, response.content)


HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@FUZZ
@given(names=st.sampled_from(["Accept", "Prefer", "Idempotency-Key", "Authorization"]), text=HEADER)
def test_any_header_is_answered_and_never_with_a_5xx(liar: Program, names: str, text: str) -> None:
    response = liar.post("shipments", SHIP, **{names.replace("-", "_"): text})
    assert response.status_code < 500, (names, text, response.content)


@FUZZ
@given(kind=st.sampled_from(["text/plain", "application/x-www-form-urlencoded"]) | HEADER)
def test_any_content_type_is_answered_and_never_with_a_5xx(liar: Program, kind: str) -> None:
    response = liar.send("shipments", b"{}", content_type=kind)
    assert 400 <= response.status_code < 500, (kind, response.content)


@FUZZ
@given(
    address=st.sampled_from(
        ["lots", "shipments", "stock", "products", "receivers", "verify", "doubts", "needs-you-now"]
    ),
    query=st.dictionaries(
        st.sampled_from(["q", "page", "per_page", "gtin", "lot", "flag", "direction", "code"]),
        st.text(max_size=40) | ODD.map(str),
    ),
)
def test_any_query_is_answered_and_never_with_a_5xx(
    liar: Program, address: str, query: dict[str, str]
) -> None:
    clean = {name: text.encode("utf-8", "replace").decode() for name, text in query.items()}
    assert liar.get(address, **clean).status_code < 500


@FUZZ
@given(path=st.text(max_size=40))
def test_any_address_is_answered_and_never_with_a_5xx(liar: Program, path: str) -> None:
    escaped = quote(path.encode("utf-8", "replace"), safe="/")
    for start in ("", "lots/", "entries/"):
        response = Client(raise_request_exception=False).get(
            f"/api/v1/{start}{escaped}", headers=liar.headers()
        )
        assert response.status_code < 500
