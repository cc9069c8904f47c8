"""Entries that were signed elsewhere: one or many in a request, each with its own answer."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger import proofs
from ledger.core.errors import Malformed
from ledger.core.index import DISCLOSURES
from supplychain.api.answers import Answer, EntryShape, ProblemShape, ReceiptShape
from supplychain.api.documented import PREFER, WRITING, documented, receipt
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal, refusal
from supplychain.api.receipts import (
    answer_recorded,
    covered_within,
    evidence_url,
    preferred_wait_s,
    with_preference,
)
from supplychain.api.receipts import receipt as receipt_of
from supplychain.api.submitted import submission
from supplychain.domain.disclosure_statements import stream_of
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.members import members, sequence
from supplychain.queries.access import is_authority, is_shown_all
from supplychain.queries.own_goods import may_see_entry
from supplychain.queries.people import Acting
from supplychain.recording.submissions import Answer as Answered
from supplychain.recording.submissions import Recorded, Submission
from supplychain.recording.submissions import Refusal as Refused
from supplychain.services.record_entries import record_entries

ENTRIES_MAX = 500
ENTRY_MAX = 100_000
CONTENT_MAX = 4 * 1024 * 1024
_ENTRY_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


class CutShape(Answer):
    """The readings of the file that were left out: how many, and from and until when they were not.

    `since` is there where some were left out before it, `until` where some were after it.
    """

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    since = serializers.CharField(required=False)
    until = serializers.CharField(required=False)


class SeriesShape(Answer):
    """The readings that a statement cites by their root, exactly as they were hashed."""

    device = serializers.CharField()
    readings = serializers.ListField(
        child=serializers.ListField(
            child=serializers.IntegerField(),
            min_length=2,
            max_length=2,
            help_text="Seconds since 1970 UTC, hundredths of a degree Celsius.",
        )
    )
    calibrated = serializers.DateField(required=False)
    file = serializers.CharField(required=False, help_text="SHA-256 of the raw file, in hex.")
    cut = CutShape(required=False)


class AttachmentShape(Answer):
    """A file that the statement names by its hash."""

    media = serializers.CharField()
    content = serializers.CharField(help_text="Base64.")


class OneEntry(Answer):
    """A signed entry, and what its statement cites."""

    entry = serializers.CharField(help_text="SD-JWT: docs/spec/entry.md.")
    readings = SeriesShape(many=True, required=False)
    attachments = AttachmentShape(many=True, required=False)
    packs = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="The serials in each output, by its number; one output may go without.",
    )
    container_packs = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="The serials for each container of a statement about packing, by its number.",
    )
    pack_secret = serializers.CharField(
        required=False, help_text="At the birth of a lot with serials: 32 random bytes in hex."
    )


class ManyEntries(Answer):
    """Up to 500 entries, about any lots."""

    entries = serializers.ListField(child=OneEntry(), min_length=1, max_length=ENTRIES_MAX)


class OneAnswer(Answer):
    """A receipt with status 200 or 201, or a problem with its own."""

    status = serializers.IntegerField()
    receipt = ReceiptShape(required=False)
    problem = ProblemShape(required=False)


class ManyAnswers(Answer):
    """The answers, in the order of the entries."""

    results = OneAnswer(many=True)


def _either(name: str, *shapes: type[Answer]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(name, list(shapes), resource_type_field_name=None)


class Entries(Door):
    """Where signed entries are posted."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Entries",
        "Post signed entries",
        request=_either("PostedEntries", OneEntry, ManyEntries),
        example={"entry": "eyJhbGciOiJFUzI1NiIs….eyJhdCI6IjIwMjYt….c2lnbmF0dXJl~"},
        answers={
            201: receipt("The entry is accepted."),
            200: _either("PostedAnswers", ReceiptShape, ManyAnswers),
        },
        problems=WRITING,
        parameters=(PREFER,),
    )
    def post(self, request: Request) -> Response:
        """One entry, or up to 500, each judged by itself. Resending is safe.

        One: 201, or 200 and its receipt when it stood already. Many: 200 and an answer to each.
        The signer must be the token's organisation (NOT_YOUR_ENTRY), unless that is an authority.
        """
        body, acting = request.data, acting_of(request)
        if isinstance(body, Mapping) and "entries" in body:
            return _many(request, acting, body)
        (answer,) = _record([submission(body, "request")], acting)
        if isinstance(answer, Recorded):
            return answer_recorded(request, answer)
        raise answer.error


class EntryState(Door):
    """One entry."""

    @documented("Entries", "Where an entry is", answers={200: EntryShape})
    def get(self, request: Request, entry_id: str) -> Response:
        """Accepted, or logged under a checkpoint. For whom it concerns."""
        place = proofs.place_of(entry_id) if _ENTRY_ID.fullmatch(entry_id) else None
        if place is None or not _may_see(acting_of(request), place.stream, entry_id):
            message = "There is no such entry in your trade."
            raise Refusal(HTTPStatus.NOT_FOUND, "ENTRY_UNKNOWN", message)
        found = {
            "entry_id": entry_id,
            "stream": place.stream,
            "state": "logged" if place.covered else "accepted",
            "index": place.index,
            "checkpoint_size": place.size,
        }
        evidence = evidence_url(place.stream)
        return Response({**found, "evidence": evidence} if evidence else found)


def _may_see(acting: Acting, stream: str, entry_id: str) -> bool:
    """Registry entries are everybody's; others are theirs whom they concern, or who sees all."""
    if stream.startswith(DISCLOSURES):
        return stream == stream_of(Gln(acting.gln)) or is_shown_all(acting.gln)
    try:
        key = LotKey.from_stream(stream)
    except Invalid:
        return True
    return may_see_entry(acting.gln, key, entry_id)


def _many(request: Request, acting: Acting, body: Any) -> Response:
    listed = sequence(members(body, "request", ("entries",))["entries"], "entries", ENTRIES_MAX)
    read = [_submission_or_fault(item, f"entries.{n}") for n, item in enumerate(listed)]
    good = [one for one in read if isinstance(one, Submission)]
    answers = iter(_record(good, acting) if good else [])
    final = [next(answers) if isinstance(one, Submission) else one for one in read]
    wait_s = preferred_wait_s(request)
    recorded = [one.entry_id for one in final if isinstance(one, Recorded)]
    places = covered_within(recorded, wait_s)
    response = Response({"results": [_result(one, places) for one in final]})
    return with_preference(response, wait_s)


def _record(submissions: Sequence[Submission], acting: Acting) -> list[Answered]:
    """Take the organisation's own entries; from an authority, in a second go, everybody's."""
    at = timezone.now()
    answers = record_entries(submissions=submissions, at=at, signer=acting.gln)
    foreign = [n for n, one in enumerate(answers) if _is_foreign(one)]
    if foreign and is_authority(acting.gln):
        again = record_entries(submissions=[submissions[n] for n in foreign], at=at)
        for n, answer in zip(foreign, again, strict=True):
            answers[n] = answer
    return answers


def _is_foreign(answer: Answered) -> bool:
    return isinstance(answer, Refused) and answer.code == "NOT_YOUR_ENTRY"


def _result(answer: Answered | Malformed, places: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(answer, Recorded):
        status = HTTPStatus.OK if answer.known else HTTPStatus.CREATED
        return {"status": int(status), "receipt": receipt_of(answer, places)}
    found = refusal(answer if isinstance(answer, Malformed) else answer.error)
    return {"status": found["status"], "problem": found}


def _submission_or_fault(item: object, name: str) -> Submission | Malformed:
    try:
        return submission(item, name)
    except Malformed as fault:
        return fault
