"""The verdicts on a run of packs, for programs: the same that the page for many packs gives."""

from collections import Counter
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.shapes import Shape, Text, checked
from supplychain.domain.barcodes import TEXT_MAX
from supplychain.domain.reasons import Severity
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.runs import RunLine, RunResult
from supplychain.services.check_run import CODES_MAX, check_run
from supplychain.web.bulk import product_of, rows_of
from supplychain.web.run_report import carried

_CODES = [one.value for one in VerdictCode]
_CODE = "(01)00614141000012(17)271231(10)A1(21)S1"


class NewRun(Shape):
    """Codes, one for each pack."""

    codes = serializers.ListField(
        child=Text(TEXT_MAX + 1, allow_blank=True), min_length=1, max_length=CODES_MAX
    )


class RunLineShape(Answer):
    """The answer about one code, or about a pack inside a case, in the order of the scans."""

    code = serializers.CharField()
    verdict = serializers.ChoiceField(_CODES)
    sentence = serializers.CharField(help_text="What to do.")
    reasons = serializers.ListField(child=serializers.CharField())
    product = serializers.CharField(help_text="As its maker signed it; empty where that is not.")
    gtin = serializers.CharField()
    lot = serializers.CharField()
    serial = serializers.CharField()
    container = serializers.CharField(help_text="Whose label it was, where it was one's.")


class RunShape(Answer):
    """The answer about a run."""

    verdict = serializers.ChoiceField(_CODES)
    sentence = serializers.CharField(help_text="What to do.")
    checked_at = serializers.DateTimeField()
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many packs have which verdict."
    )
    results = RunLineShape(many=True)
    report = serializers.CharField(
        help_text="The same, signed: what the page brings back for a PDF of the run."
    )


class Runs(Door):
    """Many codes at once."""

    rights = {"POST": Right.LOOK}

    @documented(
        "Verdicts",
        "Verify a run of codes",
        request=NewRun,
        answers={200: RunShape},
        problems=WRITING,
        example={"codes": [_CODE]},
    )
    def post(self, request: Request) -> Response:
        """Each code as a scan of its own by the organisation; at most 300 codes of 50 lots.

        The label of a case or pallet (20 at most) has a result for each pack inside.
        """
        given = checked(NewRun, request)
        gln = acting_of(request).gln
        result = check_run(codes=given["codes"], at=timezone.now(), asking=gln)
        response = Response(RunShape(_answer(result, gln)).data)
        response["Cache-Control"] = "no-store"
        return response


def _answer(result: RunResult, gln: str) -> dict[str, Any]:
    return {
        "verdict": result.verdict.code.value,
        "sentence": result.verdict.sentence,
        "checked_at": result.at,
        "counts": Counter(line.verdict.code.value for line in result.lines),
        "results": [_line(line) for line in result.lines],
        "report": carried(rows_of(result), gln, result.at),
    }


def _line(line: RunLine) -> dict[str, Any]:
    read, verdict = line.scanned, line.verdict
    told = [one.code for one in verdict.reasons if one.severity is not Severity.INFO]
    return {
        "code": line.text,
        "verdict": verdict.code.value,
        "sentence": verdict.sentence,
        "reasons": told,
        "product": product_of(line),
        "gtin": str(read.gtin) if read else "",
        "lot": str(read.lot or "") if read else "",
        "serial": str(read.serial or "") if read else "",
        "container": str(line.container or ""),
    }
