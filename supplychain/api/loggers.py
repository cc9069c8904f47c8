"""Loggers' files to look at before they are cited: nothing is kept."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.encoding import unb64
from supplychain.api.answers import Answer
from supplychain.api.conditions import brought_of
from supplychain.api.documented import WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.entries import CutShape
from supplychain.api.shapes import NewPreview, checked
from supplychain.domain.conditions import Series, moment, timestamp
from supplychain.domain.device_summaries import DeviceSummary
from supplychain.domain.excursions import gap_limit_s
from supplychain.formats.column_mapping import zone_text
from supplychain.formats.mapping_suggestions import Suggestion, suggest
from supplychain.recording.logger_files import Brought, MappingNeeded
from supplychain.recording.stating import Said, stated_of

_CSV = b"time,temperature_c\n2026-01-21T08:00:00Z,5.1\n"
_EXAMPLE = {"file": b64encode(_CSV).decode(), "device": "LOGGER-1"}


class GapShape(Answer):
    """A stretch without readings: more than three intervals, and at least 30 minutes."""

    start = serializers.CharField()
    end = serializers.CharField()


class PreviewedSeriesShape(Answer):
    """One series, as its summary would be signed."""

    device = serializers.CharField()
    count = serializers.IntegerField()
    first = serializers.CharField()
    last = serializers.CharField()
    interval_s = serializers.IntegerField()
    min_centi_c = serializers.IntegerField()
    max_centi_c = serializers.IntegerField()
    mean_centi_c = serializers.IntegerField()
    dropped = serializers.DictField(child=serializers.IntegerField())
    cut = CutShape(allow_null=True)
    gaps = GapShape(many=True)

    def get_fields(self) -> Any:
        """The Merkle root too, a name that the base takes for itself."""
        return {**super().get_fields(), "root": serializers.CharField()}


class AbsentShape(Answer):
    """A sensor of the file with no reading of the time that was asked for; nothing is cited."""

    device = serializers.CharField()
    count = serializers.IntegerField()


class SignatureShape(Answer):
    """What the device's signature is worth."""

    standing = serializers.CharField()
    words = serializers.CharField()


class SummaryShape(Answer):
    """What the device says itself of a day or of its run."""

    start = serializers.CharField()
    end = serializers.CharField()
    min_centi_c = serializers.IntegerField(allow_null=True)
    max_centi_c = serializers.IntegerField(allow_null=True)
    mean_centi_c = serializers.IntegerField(allow_null=True)
    mkt_centi_c = serializers.IntegerField(allow_null=True)
    alarms_at = serializers.ListField(child=serializers.CharField())


class SuggestionShape(Answer):
    """What a table proposes for its mapping; `unknown` names what a person has to say."""

    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    decimal = serializers.CharField()
    header_row = serializers.IntegerField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    date = serializers.CharField()
    time = serializers.CharField()
    temperature = serializers.CharField()
    order = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    zone_in_times = serializers.BooleanField()
    zone_hints = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())


class PreviewShape(Answer):
    """A file as it would be read. `citable`: a hand-off may cite it, said the same way."""

    kind = serializers.CharField(help_text="berlinger, hobo, csv, mapped; or unknown.")
    sha256 = serializers.CharField()
    citable = serializers.BooleanField()
    model = serializers.CharField()
    device = serializers.CharField()
    firmware = serializers.CharField()
    read_as = serializers.CharField(
        help_text="By whose word it was read, where the file does not say all itself."
    )
    zone = serializers.CharField(allow_null=True)
    logging_s = serializers.IntegerField(allow_null=True)
    signature = SignatureShape(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    findings = serializers.ListField(
        child=serializers.CharField(), help_text="What would be signed beside the readings."
    )
    series = PreviewedSeriesShape(many=True)
    absent = AbsentShape(many=True)
    summaries = SummaryShape(many=True)
    suggestion = SuggestionShape(allow_null=True)


class LoggerPreviews(Door):
    """Looks into a logger's file."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Hand-offs",
        "Look into a logger's file",
        request=NewPreview,
        example=_EXAMPLE,
        answers={200: PreviewShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Nothing is kept. A table of no known make is answered with a proposal to complete."""
        given = checked(NewPreview, request)
        content, gln = unb64(given["file"]), acting_of(request).gln
        named = {"sha256": sha256(content).hexdigest()}
        try:
            brought = brought_of(content, given, timezone.now(), gln)
        except MappingNeeded as needed:
            if needed.fitting:
                raise
            return Response(PreviewShape({**_UNKNOWN, **named, **_proposal(content)}).data)
        return Response(PreviewShape({**_words(brought), **named}).data)


_UNKNOWN: dict[str, Any] = {
    "kind": "unknown",
    "citable": False,
    "model": "",
    "device": "",
    "firmware": "",
    "read_as": "",
    "zone": None,
    "logging_s": None,
    "signature": None,
    "flags": [],
    "findings": [],
    "series": [],
    "absent": [],
    "summaries": [],
}


def _proposal(content: bytes) -> dict[str, Any]:
    found: Suggestion = suggest(content)
    return {"suggestion": {**asdict(found), "unknown": found.unknown}}


def _words(brought: Brought) -> dict[str, Any]:
    file = brought.file
    signature = file.signature
    return {
        "read_as": brought.note,
        "kind": file.kind,
        "citable": bool(file.series) and not file.refusal,
        "model": file.model,
        "device": file.device,
        "firmware": file.firmware,
        "zone": zone_text(file.zone) if file.zone else None,
        "logging_s": file.logging_s,
        "signature": {"standing": signature, "words": signature.words} if signature else None,
        "flags": file.flags,
        "findings": sorted(stated_of(file.series, [file], Said()).findings) if file.series else [],
        "series": [_series(one) for one in file.series],
        "absent": [{"device": one.device, "count": len(one.readings)} for one in file.absent],
        "summaries": [_summary(one) for one in file.summaries],
        "suggestion": None,
    }


def _series(series: Series) -> dict[str, Any]:
    told = {"cut": None, **series.summary(), "dropped": dict(series.dropped)}
    return {**told, "gaps": list(_gaps(series))}


def _gaps(series: Series) -> Iterator[dict[str, str]]:
    longest = gap_limit_s(series.interval_s)
    for before, after in pairwise(series.readings):
        if after.at - before.at > longest:
            yield {"start": timestamp(moment(before.at)), "end": timestamp(moment(after.at))}


def _summary(one: DeviceSummary) -> dict[str, Any]:
    return {
        "start": timestamp(one.start),
        "end": timestamp(one.end),
        "min_centi_c": one.min_centi_c,
        "max_centi_c": one.max_centi_c,
        "mean_centi_c": one.mean_centi_c,
        "mkt_centi_c": one.mkt_centi_c,
        "alarms_at": [timestamp(alarm.raised_at) for alarm in one.alarms if alarm.raised_at],
    }
