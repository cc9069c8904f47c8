"""Statements are signed by a command, with a key in a file or in our keeping."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError

from ledger.core.entry import Entry
from tests.ledger.commands import run
from tests.ledger.world import LOT, MAKER, World


def sign(monkeypatch: pytest.MonkeyPatch, statement: object, *arguments: str) -> str:
    text = statement if isinstance(statement, str) else json.dumps(statement)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return run("sign_entry", *arguments).strip()


@pytest.fixture
def key_file(world: World, tmp_path: Path) -> str:
    path = tmp_path / "maker.pem"
    path.write_bytes(world.maker.as_pem())
    return str(path)


STATEMENT = {"stream": LOT, "type": "thing.said", "creates": 1, "body": {"order": "PO-7", "a": 1}}


def test_a_statement_is_signed_with_a_key_in_a_file(
    world: World, key_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = Entry.parse(sign(monkeypatch, STATEMENT, "--key", key_file))
    world.now = entry.statement.at
    world.append(entry)
    assert entry.statement.seen.size == 2


def test_members_are_sealed_with_their_disclosures_beside(
    key_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = Entry.parse(sign(monkeypatch, STATEMENT, "--key", key_file, "--seal", "order"))
    assert entry.statement.body == {"a": 1}
    assert entry.opened == {"a": 1, "order": "PO-7"}


@pytest.mark.parametrize(
    "statement",
    ["", "[]", "{}", '{"body": 1}', {**STATEMENT, "body": {}}, {**STATEMENT, "more": 1}],
)
def test_what_is_no_statement_is_not_signed(
    key_file: str, monkeypatch: pytest.MonkeyPatch, statement: object
) -> None:
    with pytest.raises(CommandError):
        sign(monkeypatch, statement, "--key", key_file, "--seal", "order")


@pytest.mark.usefixtures("world")
def test_without_a_key_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for whose in (["--party", MAKER], ["--key", "/nowhere.pem"]):
        with pytest.raises(CommandError):
            sign(monkeypatch, STATEMENT, *whose)
