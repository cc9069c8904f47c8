"""Every no has one form, wherever it comes from."""

import pytest
from django.db import OperationalError
from django.test import Client

from ledger.core.errors import Malformed
from supplychain.api import parsing
from tests.stages import MAKES, Stage
from tests.supplychain.api.conftest import Program, Programs, problem


@pytest.mark.usefixtures("now")
def test_an_address_that_leads_nowhere() -> None:
    for address in ("nothing", "entries/", "lots/", "", "stock/x"):
        problem(Program("").get(address), 404, "NOT_FOUND")
        problem(Program("").post(address, {}), 404, "NOT_FOUND")


def test_a_method_that_a_door_does_not_have(program: Programs) -> None:
    maker = program(MAKES)
    response = maker.client.delete("/api/v1/lots", headers=maker.headers())
    problem(response, 405, "METHOD_NOT_ALLOWED")
    problem(maker.get("entries"), 405, "METHOD_NOT_ALLOWED")


def test_another_language_than_json(program: Programs) -> None:
    maker = program(MAKES)
    response = maker.client.get("/api/v1/stock", headers=maker.headers() | {"Accept": "text/html"})
    problem(response, 406, "NOT_ACCEPTABLE")
    problem(maker.send("lots", b"<a/>", "application/xml"), 415, "UNSUPPORTED_MEDIA_TYPE")
    problem(maker.send("lots", b"{}", Content_Encoding="gzip"), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_of_unknown_length(program: Programs) -> None:
    response = program(MAKES).send("lots", b"{}", Transfer_Encoding="chunked")
    problem(response, 411, "LENGTH_REQUIRED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "MALFORMED_JSON"),
        (b"\xff", "MALFORMED_JSON"),
        (b'{"a":NaN}', "MALFORMED_JSON"),
        (b'{"a":"\n"}', "MALFORMED_JSON"),
        (b'{"a":1} ,', "MALFORMED_JSON"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b"[" * 17 + b"]" * 17, "TOO_DEEP"),
        (b'{"a":{"b":1,"b":1}}', "DUPLICATE_KEY"),
        (b'{"\\u0061":1,"a":1}', "DUPLICATE_KEY"),
        (b'{"a":' + b"9" * 10_000 + b"}", "NUMBER_RANGE"),
        (b'{"a":1.' + b"9" * 10_000 + b"}", "NUMBER_RANGE"),
        (b'{"a":9007199254740992}', "NUMBER_RANGE"),
        (b'{"a":"\\u0000"}', "BAD_CHARACTER"),
        (b'{"a":["\\ud800"]}', "BAD_CHARACTER"),
        (b'{"\\udc00":1}', "BAD_CHARACTER"),
    ],
)
def test_a_body_that_is_no_json_or_too_much_of_it(
    program: Programs, body: bytes, code: str
) -> None:
    problem(program(MAKES).send("lots", body), 400, code)


@pytest.mark.parametrize(
    "body", [b"[" * 16 + b"]" * 16, b'{"a":"\\ud83d\\ude00"}', b"9007199254740991", b"1e9"]
)
def test_a_body_just_within_the_bounds(body: bytes) -> None:
    parsing.loads(body)


def test_a_number_with_a_fraction_stays_what_was_written() -> None:
    assert str(parsing.loads(b"5.10")) == "5.10"


def test_a_text_is_looked_at_only_where_an_escape_could_hide_something() -> None:
    with pytest.raises(Malformed, match="NUL"):
        parsing.loads(b'"\\u0000"')


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null", b""])
def test_a_body_that_is_no_object(program: Programs, body: bytes) -> None:
    problem(program(MAKES).send("lots", body), 400, "INVALID_REQUEST")
    assert program(MAKES).send("entries", body).status_code == 400


def test_a_database_that_is_gone_is_no_fault_of_the_sender(
    program: Programs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_gln: str) -> None:
        raise OperationalError("server closed the connection\n\tunexpectedly")

    maker = program(MAKES)
    monkeypatch.setattr("supplychain.api.units.stock_of", gone)
    response = maker.get("stock")
    problem(response, 503, "UNAVAILABLE")
    assert int(response["Retry-After"]) > 0
    assert b"connection" not in response.content
    (line,) = [one for one in caplog.records if one.name == "supplychain.api"]
    assert line.getMessage() == "the database: server closed the connection unexpectedly"
    assert line.exc_info is None


def test_a_fault_of_ours_says_so_and_no_more(
    program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_gln: str) -> None:
        raise ZeroDivisionError("secret")

    maker = program(MAKES)
    monkeypatch.setattr("supplychain.api.units.stock_of", broken)
    response = maker.get("stock")
    problem(response, 500, "INTERNAL")
    assert b"secret" not in response.content


def test_an_installation_without_keys_is_not_ready(now: Stage) -> None:
    now.folder.joinpath("policy.json").unlink()
    problem(Program("").get("log/policy"), 503, "KEYS_MISSING")


@pytest.mark.usefixtures("db")
def test_before_the_first_checkpoint_there_is_none() -> None:
    problem(Client().get("/api/v1/log/checkpoint"), 404, "NO_CHECKPOINT")
