"""The shapes of answers. Each reads what a query or a service gives; none writes anything."""

from typing import Any

from rest_framework import serializers

Answer = serializers.Serializer[Any]


class FieldFault(Answer):
    """What is wrong with one member of a request."""

    field = serializers.CharField(help_text="The way to the member, as `conditions.csv`.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemShape(Answer):
    """A no, in RFC 9457's form. `code` never changes its meaning."""

    type = serializers.CharField(help_text="`urn:unbroken:problem:` and the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(help_text="One sentence for a person.")
    rule = serializers.CharField(required=False, help_text="The rule of custody, as `R4`.")


class FaultyRequestShape(ProblemShape):
    """A no to a request of which several members may be wrong."""

    def get_fields(self) -> Any:
        """Every fault, beside what each problem has; a name that the base takes for itself."""
        return {**super().get_fields(), "errors": FieldFault(many=True, required=False)}


class ReceiptShape(Answer):
    """An entry stands: `accepted` is durable, `logged` is covered by a signed checkpoint."""

    entry_id = serializers.CharField()
    stream = serializers.CharField(help_text="What it is about, as `lot:<GTIN>/<lot>`.")
    state = serializers.ChoiceField(["accepted", "logged"])
    known = serializers.BooleanField(help_text="Whether it stood already.")
    entry = serializers.URLField(help_text="Where its state is asked.")
    index = serializers.IntegerField(required=False, help_text="Its place in the log.")
    evidence = serializers.URLField(required=False, help_text="Where its evidence is fetched.")


class EntryShape(Answer):
    """Where an entry is. It is logged when `checkpoint_size` is above its `index`."""

    entry_id = serializers.CharField()
    stream = serializers.CharField()
    state = serializers.ChoiceField(["accepted", "logged"])
    index = serializers.IntegerField(allow_null=True)
    checkpoint_size = serializers.IntegerField()
    evidence = serializers.URLField(required=False)


class ReadingProofShape(Answer):
    """One reading of a signed series: docs/spec/conditions.md says how to check it."""

    entry = serializers.CharField()
    series = serializers.IntegerField()
    series_root = serializers.CharField()
    proof = serializers.DictField(help_text="index, count, at, centi_c and path.")


class ProfileShape(Answer):
    """A storage profile: its id, as products and statements cite it, and its name."""

    id = serializers.CharField()
    name = serializers.CharField()


class ProposalShape(Answer):
    """A release that waits for a second person."""

    id = serializers.IntegerField()
    gtin = serializers.CharField()
    lot = serializers.CharField()
    goods = serializers.CharField(help_text="The state that they are in.")
    outputs = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    decided_by = serializers.CharField(help_text="Who proposes it.")
    at = serializers.DateTimeField()


class ProductShape(Answer):
    """A product of the catalogue."""

    gtin = serializers.CharField()
    name = serializers.CharField()
    strength = serializers.CharField()
    form = serializers.CharField()
    profile = serializers.CharField()


class FlagShape(Answer):
    """A recall or a hold in force. `entry_id` is what lifts a hold."""

    entry_id = serializers.CharField()
    kind = serializers.ChoiceField(["recall", "hold"])
    recall_class = serializers.CharField(allow_blank=True)
    by = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class LotShape(Answer):
    """A lot in one line."""

    gtin = serializers.CharField(source="key.gtin")
    lot = serializers.CharField(source="key.lot")
    entry_id = serializers.CharField()
    name = serializers.CharField()
    strength = serializers.CharField()
    form = serializers.CharField()
    profile = serializers.CharField()
    expiry = serializers.DateField(source="expiry.on")
    expiry_zone = serializers.CharField(source="expiry.zone")
    maker = serializers.CharField()
    registered = serializers.IntegerField(help_text="Units that were made.")
    registered_at = serializers.DateTimeField()
    flags = FlagShape(many=True)


class LegShape(Answer):
    """What a hand-off said of its temperature."""

    entry_id = serializers.CharField()
    gtin = serializers.CharField(source="lot.key.gtin")
    lot = serializers.CharField(source="lot.key.lot")
    made_as = serializers.CharField()
    giver = serializers.CharField()
    receiver = serializers.CharField()
    state = serializers.CharField(
        help_text="IN_RANGE, REVIEW, EXCURSION, FREEZE, DATA_GAP or NO_DATA."
    )
    reason = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    at = serializers.DateTimeField()


class PartShape(Answer):
    """One output of an entry."""

    n = serializers.IntegerField()
    state = serializers.CharField()
    quantity = serializers.IntegerField()
    holder = serializers.CharField()
    holder_name = serializers.CharField()
    receiver = serializers.CharField(allow_blank=True)
    receiver_name = serializers.CharField(allow_blank=True)
    spent_by = serializers.CharField(allow_null=True)


class MovementShape(Answer):
    """One entry of a lot."""

    entry_id = serializers.CharField()
    what = serializers.CharField(help_text="The statement's type.")
    by = serializers.CharField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()
    shipment = serializers.CharField(allow_blank=True)
    outputs = PartShape(many=True)
    leg = LegShape(allow_null=True)


class LotDetailShape(Answer):
    """A lot with the organisation's own trade in it."""

    lot = LotShape()
    held = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    inbound = serializers.IntegerField()
    outbound = serializers.IntegerField()
    movements = MovementShape(many=True)


class PlaceShape(Answer):
    """How many units are with somebody in one state."""

    holder = serializers.CharField()
    holder_name = serializers.CharField()
    state = serializers.CharField()
    receiver = serializers.CharField(allow_blank=True)
    receiver_name = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField()


class WhereaboutsShape(Answer):
    """Where all units of a lot are; the places add up to what was made."""

    lot = LotShape()
    balanced = serializers.BooleanField()
    places = PlaceShape(many=True)


class ShipmentShape(Answer):
    """Units on the way. `output` is what a receipt, a void or a loss names."""

    output = serializers.CharField()
    gtin = serializers.CharField(source="lot.key.gtin")
    lot = serializers.CharField(source="lot.key.lot")
    name = serializers.CharField(source="lot.name")
    quantity = serializers.IntegerField()
    giver = serializers.CharField()
    giver_name = serializers.CharField()
    receiver = serializers.CharField()
    receiver_name = serializers.CharField()
    shipment = serializers.CharField()
    dispatch = serializers.CharField(help_text="The entry that sent them.")
    dispatched_at = serializers.DateTimeField()
    rest = serializers.BooleanField(help_text="Whether a part of the dispatch has arrived.")
    trackers = serializers.ListField(
        child=serializers.CharField(),
        help_text="The giver's that told of the journey: a receipt may rest on one.",
    )


class ReceiptsShape(Answer):
    """The receipts of an act that made an entry for each of several lots."""

    receipts = ReceiptShape(many=True)


class PackedShape(Answer):
    """A pack in a container, or units of a lot without serial numbers."""

    gtin = serializers.CharField(source="lot.gtin")
    lot = serializers.CharField(source="lot.lot")
    serial = serializers.CharField(default="", help_text="Empty for units without one.")
    units = serializers.IntegerField(default=1)
    container = serializers.CharField(help_text="The one that it is directly in.")
    output = serializers.CharField()
    state = serializers.CharField()


class PackShape(Answer):
    """A pack that the organisation has."""

    serial = serializers.CharField()
    salt = serializers.CharField(help_text="16 bytes in hex: docs/spec/sets.md.")
    output = serializers.CharField(help_text="`<entry id>#<number>`.")
    state = serializers.CharField()
    container = serializers.CharField(help_text="What it is packed in; empty for nothing.")


class StockShape(Answer):
    """How much of a lot the organisation holds, in smallest saleable units."""

    lot = LotShape()
    held = serializers.IntegerField()
    quarantined = serializers.IntegerField()


class SurplusShape(Answer):
    """What the receipt of somebody found too much, for its giver to admit."""

    receipt = serializers.CharField(help_text="As `surpluses` takes it.")
    lot = LotShape()
    receiver = serializers.CharField()
    receiver_name = serializers.CharField()
    quantity = serializers.IntegerField()
    packs = serializers.ListField(child=serializers.CharField(), source="serials")


class AttentionShape(Answer):
    """What waits for a person of the organisation."""

    to_receive = ShipmentShape(many=True)
    short = ShipmentShape(many=True)
    quarantined = StockShape(many=True)
    blocked = StockShape(many=True)
    excursions = LegShape(many=True)
    expiring = StockShape(many=True)
    came_back = StockShape(many=True, help_text="To be checked before it is stock again.")
    too_many = SurplusShape(many=True, help_text="What receivers found beyond a dispatch.")


class ReceiverShape(Answer):
    """An organisation to which goods may be sent."""

    gln = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
