"""What every door does that makes an entry in the organisation's name: a turn, taken once.

With an `Idempotency-Key` the nonce of the entry follows from party and key. So the ledger itself
refuses to do the same twice, however often and on however many connections it is sent.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import TypeVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.doors import acting_of
from supplychain.api.errors import REFUSALS, Refusal
from supplychain.api.receipts import answer_all_recorded, answer_recorded
from supplychain.domain.packs import SECRET_BYTES
from supplychain.recording import request_keys
from supplychain.recording.submissions import Recorded

Signed = TypeVar("Signed")
NONCE_BYTES = 16
KEY_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """For whom an entry is made, when, and the random bytes that it needs."""

    party: str
    at: datetime
    nonce: bytes
    salt: bytes
    secret: bytes


def answer_signed(request: Request, sign: Callable[[Turn], Recorded]) -> Response:
    """Let a service sign, once for each Idempotency-Key, and answer with its receipt."""
    return answer_recorded(request, _in_turn(request, sign))


def answer_signed_all(request: Request, sign: Callable[[Turn], Sequence[Recorded]]) -> Response:
    """The same for a service that makes an entry for each of several lots."""
    return answer_all_recorded(request, _in_turn(request, sign))


def _in_turn(request: Request, sign: Callable[[Turn], Signed]) -> Signed:
    at, party, key = timezone.now(), acting_of(request).gln, _key(request)
    request_hash = _request_hash(request)
    if key:
        request_keys.claim(gln=party, key=key, request=request_hash, at=at)
    nonce = _nonce_of(party, key) if key else secrets.token_bytes(NONCE_BYTES)
    turn = Turn(
        party=party,
        at=at,
        nonce=nonce,
        salt=secrets.token_bytes(NONCE_BYTES),
        secret=secrets.token_bytes(SECRET_BYTES),
    )
    try:
        return sign(turn)
    except REFUSALS:
        if key:
            request_keys.release(gln=party, key=key, request=request_hash)
        raise


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
        message = f"An Idempotency-Key has 1 to {KEY_LENGTH_MAX} printable ASCII characters."
        raise Refusal(HTTPStatus.BAD_REQUEST, "IDEMPOTENCY_KEY_MALFORMED", message)
    return key


def _nonce_of(party: str, key: str) -> bytes:
    return sha256(f"unbroken-idempotency/v1\n{party}\n{key}".encode()).digest()[:NONCE_BYTES]


def _request_hash(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, default=str)
    return sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
