"""The shapes of requests: which members there are and of what kind. Rules are the services' own.

Nothing is trimmed, converted or left out: what is signed is what was sent.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from ledger.core.links import MAX_OUTPUTS
from supplychain.domain.conditions import DEVICE_LENGTH_MAX
from supplychain.domain.conditions_claim import SERIES_MAX, NoReadings
from supplychain.domain.handoff_statements import KEPT
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.members import QUANTITY_MAX, TEXT_MAX
from supplychain.domain.sales import Sale
from supplychain.domain.statements import LossKind, RecallClass
from supplychain.formats.column_mapping import DecimalMark
from supplychain.formats.local_times import DateOrder
from supplychain.formats.tables import HEADER_ROW_MAX, Delimiter, Encoding
from supplychain.recording.stating import IGNORE_MIN_MAX

CSV_MAX = 3 * 1024 * 1024
FILE_MAX = 3 * 1024 * 1024
READINGS_MAX = 1000
PACKS_A_REQUEST = 100_000
_UNKNOWN_MAX = 20
_UNITS = ("C", "F")
KEPT_STATES = [state.value for state in KEPT]


class Shape(serializers.Serializer[Any]):
    """An object with these members and no others."""

    def to_internal_value(self, data: Any) -> Any:
        """Check the members; one that is not known is a fault like any other."""
        unknown = self._unknown(data)
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, Mapping):
                raise serializers.ValidationError({**error.detail, **unknown}) from None
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unknown(self, data: Any) -> dict[str, Any]:
        names = [name for name in data if name not in self.fields] if _is_object(data) else []
        fault = serializers.ErrorDetail("This member is not known here.", "unknown")
        return {name[:40]: [fault] for name in names[:_UNKNOWN_MAX]}


def _is_object(data: Any) -> bool:
    return isinstance(data, Mapping)


class Text(serializers.CharField):
    """Text as it stands; numbers and booleans are none."""

    def __init__(self, max_length: int = TEXT_MAX, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        """Take text only."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number written as one; booleans, text and 5.0 are none."""

    def to_internal_value(self, data: Any) -> int:
        """Take integers only."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Reading(serializers.CharField):
    """A number, or the text in which a person typed it."""

    def to_internal_value(self, data: Any) -> str:
        """Take numbers and text."""
        if isinstance(data, bool) or not isinstance(data, int | Decimal | str):
            self.fail("invalid")
        return super().to_internal_value(str(data))


def units(lowest: int = 1, **options: Any) -> Whole:
    """A quantity in smallest saleable units."""
    return Whole(min_value=lowest, max_value=QUANTITY_MAX, **options)


def gtin() -> Text:
    """A GTIN; the domain checks its digits."""
    return Text(14, min_length=14, help_text="GTIN-14, with its check digit.")


def output() -> Text:
    """The name of an output."""
    return Text(68, help_text="`<entry id>#<number>`, as lists of shipments give it.")


def serials() -> serializers.ListField:
    """Serial numbers of packs; the domain checks each."""
    return serializers.ListField(
        child=Text(20),
        required=False,
        min_length=1,
        max_length=PACKS_A_REQUEST,
        help_text="Serial numbers, where the lot has them: as many as the quantity says.",
    )


class TypedReading(Shape):
    """A reading as somebody typed it."""

    time = Text(40, help_text="ISO 8601, as `2026-11-21T08:00:00Z`; without an offset in `zone`.")
    value = Reading(max_length=20, help_text="As `5.1`.")
    unit = serializers.ChoiceField(_UNITS)


class MappingShape(Shape):
    """How a table is to be read; every member is a person's word, none is guessed."""

    encoding = serializers.ChoiceField([one.value for one in Encoding])
    delimiter = serializers.ChoiceField([one.value for one in Delimiter])
    decimal = serializers.ChoiceField([one.value for one in DecimalMark])
    header_row = Whole(
        min_value=0, max_value=HEADER_ROW_MAX, help_text="The header's line; 0: columns by number."
    )
    date = Text(TEXT_MAX, required=False, help_text="The column of the day, where it has its own.")
    time = Text(TEXT_MAX, help_text="The column of the time.")
    temperature = Text(TEXT_MAX, help_text="The column of the temperature.")
    order = serializers.ChoiceField([one.value for one in DateOrder])
    unit = serializers.ChoiceField(_UNITS)
    zone = Text(6, required=False, help_text="Where the times carry no offset, as `+01:00`.")


class AboutFile(Shape):
    """What a person says of a logger's file, where it does not say so itself."""

    zone = Text(6, required=False, help_text="For times without an offset, as `+01:00`.")
    unit = serializers.ChoiceField(_UNITS, required=False, help_text="Where the CSV names none.")
    order = serializers.ChoiceField(
        [one.value for one in DateOrder], required=False, help_text="Where the file proves none."
    )
    device = Text(64, required=False, help_text="The logger's number, where the file has none.")
    calibrated = serializers.DateField(required=False)
    mapping = MappingShape(required=False, help_text="For a table of no known make.")
    model = Text(
        64,
        required=False,
        help_text="The model whose tables were read before and are like it.",
    )
    since = serializers.DateTimeField(
        required=False, help_text="Readings before it are of other times, and not taken."
    )
    until = serializers.DateTimeField(required=False, help_text="The same for those after it.")


class NewPreview(AboutFile):
    """A logger's file to look at."""

    file = Text(FILE_MAX, help_text="The file, untouched, in base64.")


class ConditionsShape(AboutFile):
    """Exactly one of `none`, `readings`, `csv`, `file`, `files`; of a hand-off also `tracker`."""

    none = serializers.ChoiceField([one.value for one in NoReadings], required=False)
    tracker = Text(
        DEVICE_LENGTH_MAX,
        required=False,
        help_text="Of a receipt: a device of the giver's that told of the journey. Of a dispatch: "
        "one of your own that rides with the goods.",
    )
    readings = serializers.ListField(
        child=TypedReading(), required=False, min_length=1, max_length=READINGS_MAX
    )
    csv = Text(CSV_MAX, required=False, help_text="A file with `time,temperature_c` per line.")
    file = Text(FILE_MAX, required=False, help_text="A logger's file, untouched, in base64.")
    files = serializers.ListField(
        child=NewPreview(),
        required=False,
        min_length=1,
        max_length=SERIES_MAX,
        help_text="Files of several loggers, or several of one, each with what is said of it.",
    )
    ignore_start_min = Whole(
        min_value=0,
        max_value=IGNORE_MIN_MAX,
        required=False,
        help_text="Minutes at the start in which the logger was not with the goods yet.",
    )
    ignore_end_min = Whole(
        min_value=0,
        max_value=IGNORE_MIN_MAX,
        required=False,
        help_text="Minutes at the end in which it was with them no more.",
    )
    market = Text(
        2, required=False, help_text="The country whose rules count, where the profile has a mean."
    )
    read_out_at = serializers.DateTimeField(
        required=False, help_text="When the logger was read out, by a clock that is right."
    )


class NewProduct(Shape):
    """A product to put into the catalogue."""

    gtin = gtin()
    name = Text(200)
    strength = Text(100)
    form = Text(100)
    profile = Text(100, help_text="The id of a storage profile, shipped or brought.")


class NewProfile(Shape):
    """A storage profile to bring; docs/spec/conditions.md says what a document may have."""

    document = serializers.DictField()


def _owner(words: str) -> Text:
    return Text(13, required=False, help_text=f"{words} A GLN; sealed.")


class OfLot(Shape):
    """What says something about a lot."""

    gtin = gtin()
    lot = Text(20)


class NewLot(OfLot):
    """A lot to bring into the world."""

    quantity = units()
    expiry = serializers.DateField(help_text="The last good day.")
    expiry_zone = Text(6, default="+00:00", help_text="In which zone that day ends.")
    packs = serials()


class NewShipment(OfLot):
    """A dispatch."""

    quantity = units()
    receiver = Text(13, help_text="The receiver's GLN.")
    shipment = Text(100, help_text="The shipment's number.")
    order = Text(100, required=False, help_text="Sealed: later holders cannot read it.")
    packs = serials()
    conditions = ConditionsShape()
    seller = _owner("Who owned them until now, if not you.")
    buyer = _owner("Who bought them, if not the receiver; yourself, if nobody did.")


class NewReceipt(OfLot):
    """What arrived of a dispatch."""

    output = output()
    received = units(0)
    damaged = units(0, default=0)
    conditions = ConditionsShape()
    note = Text(allow_blank=True, default="")
    packs = serials()
    damaged_packs = serials()
    over = units(0, default=0, help_text="Beyond all that was sent: its giver has to admit it.")
    over_packs = serials()
    seller = _owner("Who sold them, if not the giver.")
    buyer = _owner("Who owns them now, if not you.")


class OfKept(OfLot):
    """What says something about goods in stock: all of a lot in one state, or some outputs."""

    state = serializers.ChoiceField(KEPT_STATES, default="held")
    outputs = serializers.ListField(child=output(), default=list, max_length=MAX_OUTPUTS)


class NewKept(OfKept):
    """How goods were kept."""

    conditions = ConditionsShape()
    place = Text(100, default="", help_text="The room or fridge, as the organisation calls it.")
    to = serializers.DateTimeField(help_text="Until when the readings have to cover the stay.")

    def get_fields(self) -> dict[str, Any]:
        """Its first member is a word that Python keeps for itself."""
        since = serializers.DateTimeField(help_text="Since when.")
        return super().get_fields() | {"from": since}


class NewRelease(OfKept):
    """A decision that goods are fit."""

    reason = Text()
    decided_by = Text(100, default="", help_text="Sealed. The token's name where it is not given.")


class NewConfirmation(Shape):
    """A second person's yes to a proposed release."""

    confirmed_by = Text(100, default="", help_text="Sealed. The token's name where it is left out.")


class NewWithdrawal(Shape):
    """The end of a proposal that nobody confirms."""

    proposal = Whole(min_value=1, max_value=2**63 - 1, help_text="Its id.")


class NewVoid(OfLot):
    """A dispatch to take back."""

    output = output()
    reason = Text()
    quantity = units(required=False, help_text="All of it, unless some go on.")
    packs = serials()


class NewDispense(OfLot):
    """Units for patients."""

    quantity = units()
    packs = serials()


class NewDestruction(OfLot):
    """Units to destroy."""

    quantity = units()
    reason = Text()
    quarantined = serializers.BooleanField(default=False, help_text="From quarantine.")
    packs = serials()


class NewLoss(OfLot):
    """Units lost or stolen."""

    quantity = units()
    kind = serializers.ChoiceField([one.value for one in LossKind])
    reason = Text()
    output = Text(68, required=False, help_text="Where the loss was on the way: which output.")
    packs = serials()


class NewRecall(OfLot):
    """A lot to call back."""

    recall_class = serializers.ChoiceField([one.value for one in RecallClass])
    reason = Text()


class NewHold(OfLot):
    """A lot to stop."""

    reason = Text()


class NewLift(OfLot):
    """A hold to end."""

    hold = Text(64, min_length=64, help_text="The entry that placed the hold.")
    reason = Text()


def checked(shape: type[Shape], request: Request) -> Any:
    """The request's members by name, of the right kind. Raises ValidationError."""
    reader = shape(data=request.data)
    reader.is_valid(raise_exception=True)
    return reader.validated_data


def packs_of(given: Mapping[str, Any], name: str = "packs") -> tuple[Serial, ...] | None:
    """The packs that a checked request names; None where it names none. Raises Invalid."""
    return tuple(map(Serial.parse, given[name])) if name in given else None


def sale_of(given: Mapping[str, Any]) -> Sale:
    """Who owns goods before and after a hand-off, where it is said. Raises Invalid."""
    return Sale.decode(given)


def lot_of(given: Mapping[str, Any]) -> LotKey:
    """The lot that a checked request is about. Raises Invalid."""
    return LotKey(Gtin.parse(given["gtin"]), LotNumber.parse(given["lot"]))
