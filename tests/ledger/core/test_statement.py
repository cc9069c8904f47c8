from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.errors import Malformed
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.statement import Attachment, Seen, Statement
from tests.ledger.core.examples import BODY, DIGESTS, a_statement

ATTACHMENT = Attachment("cd" * 32, "text/csv", 4_096)


def _members(**changes: Any) -> dict[str, Json]:
    found = canonical.loads(a_statement(attachments=(ATTACHMENT,)).as_payload())
    assert isinstance(found, dict)
    return {name: value for name, value in (found | changes).items() if value != "ABSENT"}


def _code(members: Mapping[str, Any]) -> str:
    with pytest.raises(Malformed) as refusal:
        Statement.parse(canonical.dumps(dict(members)))
    return refusal.value.code


def test_a_payload_has_exactly_the_members_of_the_specification() -> None:
    assert canonical.loads(a_statement(sealed=DIGESTS).as_payload()) == {
        "v": 1,
        "log": "log.example/unbroken",
        "stream": "lot:09506000134352/ABC123",
        "type": "custody.ship",
        "at": "2026-03-01T12:30:00Z",
        "nonce": "000102030405060708090a0b0c0d0e0f",
        "seen": {"size": 0, "root": EMPTY_ROOT.hex()},
        "consumes": ["ab" * 32 + "#0"],
        "creates": 2,
        "body": {"note": "two cartons", "quantity": 100, "_sd": list(DIGESTS)},
        "attachments": [],
        "_sd_alg": "sha-256",
    }


MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
REFS = st.builds(OutputRef, st.sampled_from(["ab" * 32, "cd" * 32]), st.integers(0, 999))
STATEMENTS = st.builds(
    a_statement,
    at=MOMENTS,
    nonce=st.binary(min_size=16, max_size=16),
    stream=st.from_regex("[!-~]{1,128}", fullmatch=True),
    seen=st.builds(Seen, st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32)),
    consumes=st.lists(REFS, unique=True, max_size=5).map(tuple),
    creates=st.integers(0, 1000),
    body=st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | st.just("né"), max_size=3),
    sealed=st.sampled_from([(), DIGESTS]),
    attachments=st.sampled_from([(), (ATTACHMENT,)]),
)


@given(STATEMENTS)
def test_a_statement_comes_back_from_its_payload(statement: Statement) -> None:
    payload = statement.as_payload()
    assert Statement.parse(payload) == statement
    assert Statement.parse(payload).as_payload() == payload


@given(STATEMENTS, st.data())
def test_a_change_of_one_byte_is_refused_or_is_another_statement(
    statement: Statement, data: st.DataObject
) -> None:
    payload = bytearray(statement.as_payload())
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = Statement.parse(bytes(payload))
    except Malformed:
        return
    assert found != statement
    assert found.as_payload() == payload


@pytest.mark.parametrize("name", sorted(_members()))
def test_a_member_left_out_is_refused(name: str) -> None:
    assert _code(_members(**{name: "ABSENT"})) == "STATEMENT_MALFORMED"


ANY_VALUES: list[Any] = [[], {}, "", "x", 0, -1, 1001, True, False, [[]], [1], {"a": 1}, [{}]]


@pytest.mark.parametrize("name", sorted(set(_members()) - {"body"}))
def test_a_member_of_another_kind_is_refused(name: str) -> None:
    for value in ANY_VALUES:
        if not _fits(name, value):
            assert _code(_members(**{name: value})), value


def _fits(name: str, value: Any) -> bool:
    return (name, repr(value)) in {
        *(("creates", "0"), ("log", "'x'"), ("stream", "'x'")),
        *(("attachments", "[]"), ("consumes", "[]")),
    }


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"1", b'"x"', b"{}", b'{"body":1}', b'{"body":{}}']
)
def test_what_is_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        Statement.parse(payload)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"_sd": []},
        {"_sd_alg": "sha-256"},
        {"v": 2},
        {"v": 0},
        {"v": True},
        {"v": "1"},
        {"log": ""},
        {"log": "a b"},
        {"log": "a+b"},
        {"log": "a" * 129},
        {"log": "ä"},
        {"stream": ""},
        {"stream": "lot:a b"},
        {"stream": "x" * 129},
        {"stream": "löt"},
        {"type": "custody"},
        {"type": "custody."},
        {"type": ".ship"},
        {"type": "custody..ship"},
        {"type": "Custody.ship"},
        {"type": "custody.ship2"},
        {"type": "custody.ship "},
        {"type": "a." + "b" * 63},
        {"at": "2026-03-01T12:30:00"},
        {"at": "2026-03-01T12:30:00z"},
        {"at": "2026-03-01T12:30:00+00:00"},
        {"at": "2026-03-01T12:30:00-00:00"},
        {"at": "2026-03-01T12:30:00+01:00"},
        {"at": "2026-03-01T12:30:00.0Z"},
        {"at": "2026-03-01T12:30:00.5Z"},
        {"at": "2026-03-01T12:30Z"},
        {"at": "2026-03-01 12:30:00Z"},
        {"at": "20260301T123000Z"},
        {"at": "2026-W09-7T12:30:00Z"},
        {"at": "2026-03-01"},
        {"at": "2026-02-29T12:30:00Z"},
        {"at": "2026-03-01T24:00:00Z"},
        {"at": "2026-03-01T23:59:60Z"},
        {"at": "0000-03-01T12:30:00Z"},
        {"at": "٢٠٢٦-03-01T12:30:00Z"},
        {"at": 1_772_368_200},
        {"nonce": "00" * 15},
        {"nonce": "00" * 17},
        {"nonce": "AB" * 16},
        {"seen": {"size": 0}},
        {"seen": {"size": 0, "root": EMPTY_ROOT.hex(), "at": 1}},
        {"seen": {"size": 0, "root": "00" * 32}},
        {"seen": {"size": -1, "root": "00" * 32}},
        {"seen": {"size": True, "root": "00" * 32}},
        {"seen": {"size": "1", "root": "00" * 32}},
        {"seen": {"size": 1, "root": "00" * 31}},
        {"seen": {"size": 1, "root": "AA" * 32}},
        {"consumes": ["ab" * 32]},
        {"consumes": ["ab" * 32 + "#0"] * 2},
        {"consumes": [0]},
        {"creates": 1001},
        {"creates": -1},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv"}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv", "bytes": 1, "name": "x"}]},
        {"attachments": [{"sha256": "CD" * 32, "media": "text/csv", "bytes": 1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text", "bytes": 1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "Text/csv", "bytes": 1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "a/" + "b" * 126, "bytes": 1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv;a=b", "bytes": 1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv", "bytes": -1}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv", "bytes": True}]},
        {"attachments": [{"sha256": "cd" * 32, "media": "text/csv", "bytes": 1}] * 2},
        {"attachments": [1]},
        {"body": {"_sd": list(DIGESTS)}},
        {"body": {"_sd": []}, "_sd_alg": "sha-256"},
        {"body": {"_sd": "x"}, "_sd_alg": "sha-256"},
        {"body": {"_sd": [1]}, "_sd_alg": "sha-256"},
        {"body": {"_sd": ["x"]}, "_sd_alg": "sha-256"},
        {"body": {"_sd": ["QUFB"]}, "_sd_alg": "sha-256"},
        {"body": {"_sd": list(DIGESTS[::-1])}, "_sd_alg": "sha-256"},
        {"body": {"_sd": [DIGESTS[0], DIGESTS[0]]}, "_sd_alg": "sha-256"},
        {"body": {"_sd": list(DIGESTS)}, "_sd_alg": "sha-512"},
        {"body": {"_sd": list(DIGESTS)}, "_sd_alg": 1},
        {"body": {"_sd": sorted(f"{n:042d}A" for n in range(33))}, "_sd_alg": "sha-256"},
        {"body": {"a": {"_sd": list(DIGESTS)}}},
        {"body": {"a": [{"...": DIGESTS[0]}]}},
        {"body": {"a": {"_sd_alg": "sha-256"}}},
        {"body": {"...": 1}},
        {"body": []},
    ],
    ids=str,
)
def test_a_member_that_breaks_its_rule_is_refused(change: dict[str, Any]) -> None:
    assert _code(_members(**change))


def test_the_limits_themselves_are_within() -> None:
    many = tuple(OutputRef("ab" * 32, n) for n in range(200))
    digests = tuple(sorted(f"{n:042d}A" for n in range(32)))
    files = tuple(Attachment(f"{n:064x}", "a/b", 2**53 - 1) for n in range(100))
    for change in (
        {"stream": "x" * 128},
        {"log": "x" * 128},
        {"type": "a." + "b" * 62},
        {"creates": 1000},
        {"consumes": many},
        {"sealed": digests},
        {"attachments": files},
        {"seen": Seen(2**53 - 1, bytes(32))},
        {"at": datetime(1, 1, 1, tzinfo=UTC)},
        {"at": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)},
        {"body": {"text": "_sd and ...", "list": ["_sd", "..."]}},
    ):
        statement = a_statement(**change)
        assert Statement.parse(statement.as_payload()) == statement


@pytest.mark.parametrize(
    "change",
    [
        {"at": datetime(2026, 3, 1)},  # noqa: DTZ001  naive on purpose
        {"at": datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=1)))},
        {"at": datetime(2026, 3, 1, 0, 0, 0, 5, tzinfo=UTC)},
        {"nonce": b"short"},
        {"creates": 1001},
        {"consumes": (OutputRef("ab" * 32, 0),) * 2},
        {"consumes": tuple(OutputRef(f"{n:064x}", 0) for n in range(1001))},
        {"attachments": (ATTACHMENT, ATTACHMENT)},
        {"attachments": tuple(Attachment(f"{n:064x}", "a/b", 1) for n in range(101))},
        {"sealed": DIGESTS[::-1]},
        {"type": "custody.ship\n"},
        {"stream": "a\n"},
    ],
    ids=str,
)
def test_no_statement_can_be_made_that_could_not_be_read(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        a_statement(**change)


def test_utc_by_another_name_is_utc() -> None:
    at = datetime(2026, 3, 1, tzinfo=ZoneInfo("UTC"))
    assert b'"at":"2026-03-01T00:00:00Z"' in a_statement(at=at).as_payload()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"a": 1.5}, "UNSUPPORTED_VALUE"),
        ({"a": None}, "UNSUPPORTED_VALUE"),
        ({"a": "\u202e"}, "BAD_CHARACTER"),
        ({"é": 1}, "BAD_NAME"),
        ({"a": "x" * 16_384}, "TOO_LARGE"),
        ({"_sd": []}, "STATEMENT_MALFORMED"),
        ({"a": [{"...": "x"}]}, "STATEMENT_MALFORMED"),
    ],
)
def test_a_body_that_nobody_could_read_is_not_written(body: dict[str, Any], code: str) -> None:
    for sealed in ((), DIGESTS):
        with pytest.raises(Malformed) as refusal:
            a_statement(body=body, sealed=sealed).as_payload()
        assert refusal.value.code == code


def test_writing_leaves_the_body_as_it_was() -> None:
    a_statement(sealed=DIGESTS).as_payload()
    assert "_sd" not in BODY


def test_a_body_that_holds_itself_is_refused() -> None:
    circle: dict[str, Any] = {}
    circle["a"] = circle
    with pytest.raises(Malformed):
        a_statement(body=circle).as_payload()


def test_a_payload_of_more_than_16384_bytes_is_refused() -> None:
    size = len(a_statement(body={"a": ""}).as_payload())
    largest = a_statement(body={"a": "x" * (16_384 - size)}).as_payload()
    assert len(largest) == 16_384
    assert Statement.parse(largest).body == {"a": "x" * (16_384 - size)}
    with pytest.raises(Malformed) as refusal:
        a_statement(body={"a": "x" * (16_385 - size)}).as_payload()
    assert refusal.value.code == "TOO_LARGE"
