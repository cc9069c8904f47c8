"""Statements, keys and entries for tests: always the same, down to the byte."""

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core.canonical import Json
from ledger.core.entry import Seen, Statement, sign
from ledger.core.envelope import Disclosure, seal
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.signatures import LogKey, PrivateKey

KEY = PrivateKey(ec.derive_private_key(7, ec.SECP256R1()))
OTHER_KEY = PrivateKey(ec.derive_private_key(8, ec.SECP256R1()))
LOG_KEY = LogKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ORIGIN = "log.example/unbroken"
BODY: dict[str, Json] = {"note": "two cartons", "quantity": 100}
DIGESTS, DISCLOSURES = seal({"order": "PO-77", "price": 1250}, [b"a" * 16, b"b" * 16])


def a_statement(**changes: Any) -> Statement:
    members: dict[str, Any] = {
        "log": ORIGIN,
        "stream": "lot:09506000134352/ABC123",
        "type": "custody.ship",
        "at": datetime(2026, 3, 1, 12, 30, 0, tzinfo=UTC),
        "nonce": bytes(range(16)),
        "seen": Seen(0, EMPTY_ROOT),
        "consumes": (OutputRef("ab" * 32, 0),),
        "creates": 2,
        "body": BODY,
    }
    return Statement(**(members | changes))


def an_entry(*disclosures: Disclosure, **changes: Any) -> str:
    return sign(a_statement(**changes), KEY, disclosures)


def a_sealed_entry(*disclosures: Disclosure) -> str:
    return an_entry(*disclosures, sealed=DIGESTS)


def high_low_twin(signature: bytes) -> bytes:
    """The other signature, (r, n - s), that every ECDSA signature has."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return signature[:32] + (order - int.from_bytes(signature[32:])).to_bytes(32)
