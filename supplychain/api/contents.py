"""What is in a case or pallet, for programs: how many packs have which verdict, and the trouble."""

from collections import Counter
from typing import Any

from rest_framework import serializers

from supplychain.api.answers import Answer
from supplychain.domain.reasons import Severity
from supplychain.domain.together import is_good
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.contents import ContainerResult, PackAnswer, UnitsAnswer


class TroubleShape(Answer):
    """A pack that wants an action, or units of a lot without serial numbers."""

    gtin = serializers.CharField()
    lot = serializers.CharField()
    serial = serializers.CharField(help_text="Empty for units without one.")
    units = serializers.IntegerField()
    container = serializers.CharField(help_text="The one that it is directly in.")
    verdict = serializers.ChoiceField([one.value for one in VerdictCode])
    sentence = serializers.CharField(help_text="What to do.")
    reasons = serializers.ListField(child=serializers.CharField())


class InsideShape(Answer):
    """The contents of a container, as far as the organisation may know of them."""

    container = serializers.CharField(help_text="`00/<SSCC>` or `01/<GTIN>/21/<serial>`.")
    packs = serializers.IntegerField(help_text="Those with serial numbers.")
    units = serializers.IntegerField(help_text="Those without.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many packs and units have which verdict."
    )
    troubles = TroubleShape(many=True)


def inside_of(result: ContainerResult) -> dict[str, Any]:
    """The contents of a checked container: only goods in trouble are named."""
    goods = result.goods
    counts = Counter[str]()
    for one in goods:
        counts[one.verdict.code.value] += one.count
    return {
        "container": str(result.container),
        "packs": len(result.packs),
        "units": sum(one.count for one in result.units),
        "counts": counts,
        "troubles": [_trouble(one) for one in goods if not is_good(one.verdict)],
    }


def _trouble(one: PackAnswer | UnitsAnswer) -> dict[str, Any]:
    packed, verdict = one.packed, one.verdict
    return {
        "gtin": str(packed.lot.gtin),
        "lot": str(packed.lot.lot),
        "serial": one.name,
        "units": one.count,
        "container": str(packed.container),
        "verdict": verdict.code.value,
        "sentence": verdict.sentence,
        "reasons": [each.code for each in verdict.reasons if each.severity is not Severity.INFO],
    }
