"""A stage, and programs that speak to it through the real application."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from ledger.core.entry import sign
from ledger.core.links import OutputRef
from ledger.core.registry_acts import possession_message
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Statement
from ledger.proofs import latest_seen
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import LotStatement, Ship
from supplychain.queries.stock import parcels
from supplychain.services.add_key import add_key
from supplychain.services.issue_token import issue_token
from tests.stages import HEALS, MAKES, SELLS, Stage, a_lot, played, stage

__all__ = ["stage"]

LOT = a_lot()
A_LOT = {"gtin": str(LOT.gtin), "lot": str(LOT.lot)}
NO_READINGS = {"none": "not_required"}
JSON = "application/json"


@dataclass
class Program:
    """A program of an organisation; `raise_request_exception` is off, so a fault shows as 500."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, address: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{address}", query, headers=self.headers())

    def post(self, address: str, body: Any, **headers: str) -> Any:
        return self.send(address, json.dumps(body).encode(), **headers)

    def send(self, address: str, body: bytes, content_type: str = JSON, **headers: str) -> Any:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1/{address}", body, content_type=content_type, headers=self.headers() | said
        )

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


Programs = Callable[..., Program]


@pytest.fixture
def now(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The door's clock shows the stage's time."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: stage.now)
    cache.clear()  # of throttles
    return stage


@pytest.fixture
def program(now: Stage) -> Programs:
    """Programs with tokens."""

    def of(gln: str, role: str = "signer") -> Program:
        token = f"token-of-{gln}-{role}-{now.nonce().hex()}"
        issue_token(token=token, party=gln, role=role, name="test", at=now.now)
        return Program(token)

    return of


@pytest.fixture
def traded(now: Stage) -> Stage:
    """200 tablets were made, 100 are with the wholesaler."""

    def story() -> None:
        now.register(LOT, 200)
        now.deliver(MAKES, LOT, 100, SELLS)
        now.log()
        now.later()

    return played(story, now)


@pytest.fixture
def own_key(traded: Stage) -> PrivateKey:
    """A key in the wholesaler's own file."""
    return own_key_of(traded, SELLS)


def own_key_of(on: Stage, gln: str) -> PrivateKey:
    mine = PrivateKey.generate()
    add_key(
        authority=on.authority,
        party=gln,
        key=mine.public,
        custody="file",
        proof=mine.sign(possession_message("unbroken.example/demo", gln, mine.kid)),
        at=on.later(),
        nonce=on.nonce(),
    )
    on.log()
    return mine


def statement(
    on: Stage, said: LotStatement, consumes: tuple[OutputRef, ...] = (), lot: LotKey = LOT
) -> Statement:
    return Statement(
        log="unbroken.example/demo",
        stream=lot.stream,
        type=said.type,
        at=on.later(),
        nonce=on.nonce(),
        seen=latest_seen(),
        consumes=consumes,
        creates=len(said.outputs),
        body=said.as_body(),
    )


def dispatch(on: Stage, key: PrivateKey, quantity: int = 40, rest: int = 60) -> str:
    """A dispatch of what the wholesaler holds, signed by itself."""
    return sign(dispatch_statement(on, quantity, rest), key)


def dispatch_statement(on: Stage, quantity: int = 40, rest: int = 60) -> Statement:
    said = Ship.of(
        giver=Gln(SELLS),
        receiver=Gln(HEALS),
        quantity=quantity,
        rest=rest,
        shipment="S-77",
        conditions=ConditionsClaim(none=NoReadings.NOT_REQUIRED),
    )
    return statement(on, said, (parcels(SELLS, LOT)[0].ref,))


def rows() -> dict[str, str]:
    """A digest of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
            )
            found[table] = str(cursor.fetchone())
    return found


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem in an answer, held to its form."""
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["type"] == f"urn:unbroken:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body
