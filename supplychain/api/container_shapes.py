"""The shapes of requests about cases and pallets."""

from rest_framework import serializers

from supplychain.api.shapes import PACKS_A_REQUEST, ConditionsShape, OfLot, Shape, Text, units


def containers() -> serializers.ListField:
    """Names of containers."""
    name = "`00/<SSCC>` or `01/<GTIN>/21/<serial>`."
    return serializers.ListField(child=Text(40), min_length=1, max_length=100, help_text=name)


class PacksOfLot(OfLot):
    """Packs of one lot."""

    packs = serializers.ListField(child=Text(20), min_length=1, max_length=PACKS_A_REQUEST)


class UnitsOfLot(OfLot):
    """Units of a lot without serial numbers."""

    quantity = units()


class NewPacking(Shape):
    """What goes into a container."""

    container = Text(40)
    packs = serializers.ListField(child=PacksOfLot(), required=False, max_length=50)
    units = serializers.ListField(
        child=UnitsOfLot(),
        required=False,
        max_length=50,
        help_text="Of lots without serial numbers, out of what is loose.",
    )
    children = serializers.ListField(child=Text(40), required=False, max_length=100)


class NewUnpacking(Shape):
    """A container to empty."""

    container = Text(40)


class NewContainerShipment(Shape):
    """Cases and pallets to send."""

    containers = containers()
    receiver = Text(13, help_text="The receiver's GLN.")
    shipment = Text(100, help_text="The shipment's number.")
    order = Text(100, required=False, help_text="Sealed: later holders cannot read it.")
    conditions = ConditionsShape()


class NewContainerReceipt(Shape):
    """Cases and pallets that arrived, by their labels."""

    containers = containers()
    conditions = ConditionsShape()
    note = Text(allow_blank=True, default="")
