"""What a program gets for an entry: that it is accepted, or logged, and where its evidence is."""

import re
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from ledger import proofs
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.recording.submissions import Recorded

WAIT_S_MAX = 5
POLL_S = 0.02
_ENTRY = "/api/v1/entries/"  # as urls.py has it; a test follows it
_WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?=[;,]|$)", re.IGNORECASE)

Receipt = dict[str, str | int | bool]


def answer_recorded(request: Request, recorded: Recorded) -> Response:
    """201 for a new entry, 200 for one that stood already; waits when the program prefers it."""
    wait_s = preferred_wait_s(request)
    places = covered_within([recorded.entry_id], wait_s)
    status = HTTPStatus.OK if recorded.known else HTTPStatus.CREATED
    response = Response(receipt(recorded, places), status)
    response["Location"] = _ENTRY + recorded.entry_id
    return with_preference(response, wait_s)


def answer_all_recorded(request: Request, recorded: Sequence[Recorded]) -> Response:
    """The receipts of several entries: 201 where one of them is new."""
    wait_s = preferred_wait_s(request)
    places = covered_within([one.entry_id for one in recorded], wait_s)
    known = all(one.known for one in recorded)
    body = {"receipts": [receipt(one, places) for one in recorded]}
    return with_preference(Response(body, HTTPStatus.OK if known else HTTPStatus.CREATED), wait_s)


def receipt(recorded: Recorded, places: Mapping[str, int]) -> Receipt:
    """The receipt of one entry; `places` are the indices of those that a checkpoint covers."""
    index = places.get(recorded.entry_id)
    found: Receipt = {
        "entry_id": recorded.entry_id,
        "stream": recorded.stream,
        "state": "accepted" if index is None else "logged",
        "known": recorded.known,
        "entry": settings.SITE_URL + _ENTRY + recorded.entry_id,
    }
    if index is not None:
        found["index"] = index
    evidence = evidence_url(recorded.stream)
    return {**found, "evidence": evidence} if evidence else found


def evidence_url(stream: str) -> str:
    """Where the evidence of a lot is fetched; empty for what is no lot."""
    try:
        key = LotKey.from_stream(stream)
    except Invalid:
        return ""
    lot = quote(str(key.lot), safe="")
    return f"{settings.SITE_URL}/api/v1/lots/{key.gtin}/{lot}/evidence"


def preferred_wait_s(request: Request) -> int:
    """The seconds of `Prefer: wait=…` (RFC 7240), 0 for none and never more than 5."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), WAIT_S_MAX) if found else 0


def with_preference(response: Response, wait_s: int) -> Response:
    """Say which preference was honoured, and how far."""
    if wait_s:
        response["Preference-Applied"] = f"wait={wait_s}"
    return response


def covered_within(entry_ids: list[str], wait_s: int) -> dict[str, int]:
    """The indices of entries that a checkpoint covers, all of them or those after the wait.

    Without a wait nothing is asked: what was accepted a moment ago is hardly logged yet.
    """
    end = time.monotonic() + wait_s
    places: dict[str, int] = {}
    while wait_s and entry_ids:
        places = proofs.position_of(entry_ids)
        if len(places) == len(set(entry_ids)) or time.monotonic() >= end:
            break
        time.sleep(POLL_S)
    return places
