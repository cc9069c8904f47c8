"""The shapes of requests that change what goods are, or what is known of a lot."""

from rest_framework import serializers

from supplychain.api.shapes import (
    KEPT_STATES,
    ConditionsShape,
    OfLot,
    Shape,
    Text,
    Whole,
    gtin,
    serials,
    units,
)
from supplychain.domain.members import QUANTITY_MAX
from supplychain.domain.statements import TransformKind, Undo
from supplychain.domain.transform_statements import LOTS_MAX, OPERATION_MAX

_UNDONE = [state.value for state in Undo.rests]


class NewChange(OfLot):
    """Units in stock that come into another state, and why."""

    quantity = units()
    reason = Text()
    packs = serials()


class NewKeptChange(NewChange):
    """The same of units in one of the states in which goods are kept."""

    state = serializers.ChoiceField(KEPT_STATES, default="held")


class PrintedShape(Shape):
    """What somebody read off packs that came back."""

    gtin = gtin()
    lot = Text(20)
    expiry = serializers.DateField(help_text="The last good day, as it is printed.")


class NewStockAgain(NewChange):
    """Units that are to be stock again. Those that came back need what is `printed` on them."""

    printed = PrintedShape(required=False)
    state = serializers.ChoiceField(
        [state for state in KEPT_STATES if state != "held"],
        required=False,
        help_text="Where they are: returned where something is printed, else quarantined.",
    )


class NewUndo(NewChange):
    """An end that was a mistake."""

    state = serializers.ChoiceField(_UNDONE, default="dispensed")
    supplied = serializers.BooleanField(help_text="Whether a patient has them; then nothing is.")


class NewReturn(NewKeptChange):
    """Units to send back."""

    supplier = Text(13, help_text="The GLN of a party that these goods came from.")
    shipment = Text(100, help_text="The shipment's number.")
    conditions = ConditionsShape()


class IntoShape(OfLot):
    """A lot that is made, of how many units of the old one, and how many it has."""

    uses = units()
    makes = units()


class NewTransformation(OfLot):
    """What becomes of units of a lot."""

    kind = serializers.ChoiceField([one.value for one in TransformKind])
    operation = Text(OPERATION_MAX, help_text="The same for every lot that goes into it.")
    into = serializers.ListField(child=IntoShape(), min_length=1, max_length=LOTS_MAX)
    lost = units(0, default=0)
    reason = Text()
    packs = serials()
    lost_packs = serials()


class NewRecallLift(OfLot):
    """A recall to end."""

    recall = Text(64, min_length=64, help_text="The entry that issued the recall.")
    reason = Text()


class NewExpiry(OfLot):
    """A later day."""

    expiry = serializers.DateField(help_text="The last good day from now on.")
    expiry_zone = Text(6, default="+00:00", help_text="In which zone that day ends.")
    reason = Text()


class NewCorrection(OfLot):
    """What was wrong in an entry."""

    entry = Text(64, min_length=64)
    reason = Text(help_text="What was wrong, in words.")


class NewSurplus(OfLot):
    """What was sent too much."""

    receipt = Text(64, min_length=64, help_text="The receipt that found it.")
    reason = Text()


class RecallAnswerShape(OfLot):
    """What a party found of a recalled lot."""

    recall = Text(64, min_length=64)
    found = Whole(min_value=0, max_value=QUANTITY_MAX, help_text="How many units.")
    note = Text(allow_blank=True, default="")


class ExcursionAnswerShape(OfLot):
    """That a temperature was read."""

    entry = Text(64, min_length=64, help_text="The hand-off or stay that was outside.")
    by = Text(100, help_text="Who read it.")
    comment = Text()
