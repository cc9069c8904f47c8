"""The verdict on a code, for programs: the same that the scan page gives."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.contents import InsideShape, inside_of
from supplychain.api.documented import documented
from supplychain.api.doors import Door, PasserByThrottle, Right
from supplychain.api.errors import Refusal
from supplychain.api.receipts import evidence_url
from supplychain.domain.lot_state import Act
from supplychain.domain.parties import Party
from supplychain.domain.verdicts import TickState, VerdictCode
from supplychain.queries.containers import labelled
from supplychain.queries.contents import ContainerResult
from supplychain.queries.people import Acting
from supplychain.queries.readings import LegReadings
from supplychain.queries.scans import ScanResult
from supplychain.services.check_container import check_container
from supplychain.services.verify_scan import verify_scan

_TICKS = [one.value for one in TickState]


class ReasonShape(Answer):
    """A reason of the verdict, the worst first."""

    code = serializers.CharField()
    tick = serializers.CharField()
    severity = serializers.CharField()
    sentence = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class TicksShape(Answer):
    """The three questions."""

    genuine = serializers.ChoiceField(_TICKS)
    custody = serializers.ChoiceField(_TICKS)
    fit = serializers.ChoiceField(_TICKS)


class ScannedLotShape(Answer):
    """What the lot's maker signed."""

    gtin = serializers.CharField(source="key.gtin")
    lot = serializers.CharField(source="key.lot")
    name = serializers.CharField(source="product.name")
    strength = serializers.CharField(source="product.strength")
    form = serializers.CharField(source="product.form")
    expiry = serializers.DateField(source="expiry.on")


class StepShape(Answer):
    """One signed entry that the verdict depends on. Names are for parties of the chain."""

    index = serializers.IntegerField(allow_null=True)
    type = serializers.CharField()
    at = serializers.DateTimeField()
    roles = serializers.ListField(child=serializers.CharField())
    key_custody = serializers.CharField(
        allow_null=True, help_text="Where the signing key lives: browser, custodial, file, hsm."
    )
    signer = serializers.CharField(required=False)
    signer_name = serializers.CharField(required=False)
    entry_id = serializers.CharField(required=False)
    statement = serializers.DictField(required=False, help_text="The body that was signed.")


class LegStateShape(Answer):
    """Temperature of one hand-off, as its readings say it now."""

    index = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    min_centi_c = serializers.IntegerField(allow_null=True)
    max_centi_c = serializers.IntegerField(allow_null=True)
    minutes_out = serializers.FloatField(allow_null=True)


class FindingShape(Answer):
    """Something that verification found."""

    code = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()


class CheckpointShape(Answer):
    """What the verdict rests on."""

    origin = serializers.CharField()
    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]  # a name of the base


class VerdictShape(Answer):
    """The answer to a scan."""

    verdict = serializers.ChoiceField([one.value for one in VerdictCode])
    sentence = serializers.CharField(help_text="What to do.")
    ticks = TicksShape()
    reasons = ReasonShape(many=True)
    checked_at = serializers.DateTimeField()
    read = serializers.CharField(help_text="The code, with control characters made visible.")
    lot = ScannedLotShape(allow_null=True)
    steps = StepShape(many=True)
    legs = LegStateShape(many=True)
    findings = FindingShape(many=True)
    checkpoint = CheckpointShape(allow_null=True)
    complete_to = serializers.IntegerField(
        allow_null=True,
        help_text="Below this index of the log nothing about the lot was left out; null where that "
        "is not proven.",
    )
    evidence = serializers.URLField(allow_null=True)
    inside = InsideShape(allow_null=True, help_text="Of the label of a case or pallet.")


class Verify(Door):
    """The verdict on a code, for anybody."""

    rights = {"GET": Right.PASS, "HEAD": Right.PASS}
    throttle_classes = (PasserByThrottle,)

    @documented(
        "Verdicts",
        "Verify a code",
        answers={200: VerdictShape},
        problems=(400, 401, 406, 429, 503),
        public=True,
        parameters=[
            OpenApiParameter(
                "code",
                required=True,
                description="What the scanner read: element string (GS as %1D), bracketed text or "
                "Digital Link.",
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """A passer-by is told roles, a party of the chain names. What cannot be read is no error.

        The verdict is then SCAN_AGAIN, with what to do about it.
        """
        code = request.query_params.get("code", "")
        if not code:
            message = "code: what the scanner read."
            raise Refusal(HTTPStatus.BAD_REQUEST, "PARAMETER_MISSING", message)
        asking, at = request.auth.gln if isinstance(request.auth, Acting) else None, timezone.now()
        label = labelled(code, on=at.date())
        if label is None:
            said = _answer(verify_scan(scanned=code, at=at, asking=asking))
        else:
            found = check_container(container=label.container, at=at, asking=asking)
            said = _of_container(found, code)
        response = Response(VerdictShape(said).data)
        response["Cache-Control"] = "no-store"
        return response


def _of_container(found: ContainerResult, code: str) -> dict[str, Any]:
    """The verdict for its contents; lots, steps and readings are those of single packs."""
    answer = ScanResult(
        text=code, at=found.at, verdict=found.verdict, index_of={}, checkpoint=found.checkpoint
    )
    return {**_answer(answer), "inside": inside_of(found)}


def _answer(result: ScanResult) -> dict[str, Any]:
    verdict, key = result.verdict, result.scanned.key if result.scanned else None
    found = result.checkpoint
    shown = result.evidence_available and key is not None
    return {
        "verdict": verdict.code.value,
        "sentence": verdict.sentence,
        "ticks": {"genuine": verdict.genuine, "custody": verdict.custody, "fit": verdict.fit},
        "reasons": verdict.reasons,
        "checked_at": result.at,
        "read": result.read_back,
        "lot": result.lot,
        "steps": [_step(act, result) for act in result.acts],
        "legs": [_leg(leg, result) for leg in result.legs],
        "findings": [*result.findings, *map(_tampering, result.tampering)],
        "checkpoint": found
        and {"origin": found.origin, "size": found.size, "root": found.root.hex()},
        "complete_to": result.complete_to,
        "evidence": evidence_url(key.stream) if shown and key else None,
        "inside": None,
    }


def _step(act: Act, result: ScanResult) -> dict[str, Any]:
    told = {
        "index": result.index_of.get(act.entry_id),
        "type": act.statement.type,
        "at": act.at,
        "roles": _roles(act.signer),
        "key_custody": result.custody_of.get(act.entry_id),
    }
    if not result.named:
        return told
    return {
        **told,
        "signer": str(act.signer.gln),
        "signer_name": act.signer.name,
        "entry_id": act.entry_id,
        "statement": act.statement.as_body(),
    }


def _roles(party: Party) -> list[str]:
    return sorted(role.value for role in party.roles)


def _leg(leg: LegReadings, result: ScanResult) -> dict[str, Any]:
    judged = leg.judgement
    return {
        "index": result.index_of.get(leg.act.entry_id),
        "state": leg.state.value,
        "min_centi_c": judged.min_centi_c if judged else None,
        "max_centi_c": judged.max_centi_c if judged else None,
        "minutes_out": judged.minutes_out_worst_case if judged else None,
    }


def _tampering(sign: Any) -> dict[str, str]:
    return {"code": sign.code, "severity": "error", "message": sign.message}
