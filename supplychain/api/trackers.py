"""Live trackers: what they send, what they ride with, and how they stand."""

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.encoding import unb64u
from ledger.core.links import MAX_OUTPUTS, OutputRef
from supplychain.api.answers import Answer
from supplychain.api.conditions import typed_series
from supplychain.api.documented import ENTRY_ID, READING, WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import (
    KEPT_STATES,
    READINGS_MAX,
    OfLot,
    Shape,
    Text,
    TypedReading,
    Whole,
    checked,
    lot_of,
    output,
)
from supplychain.domain.batches import NUMBER_MAX
from supplychain.domain.conditions import (
    AT_MAX,
    CENTI_C_MAX,
    DEVICE_LENGTH_MAX,
    Reading,
    Series,
)
from supplychain.domain.outputs import State
from supplychain.queries.trackers import TrackerLine, trackers_of
from supplychain.services.load_tracker import load_tracker
from supplychain.services.put_device import put_device
from supplychain.services.take_batch import take_batch
from supplychain.services.take_readings import take_readings
from supplychain.services.unload_tracker import unload_tracker

_LOT = {"gtin": "00614141000012", "lot": "A1"}
_BATCH = {
    "device": "TRK-7",
    "n": 1,
    "readings": [[1772438400, 510], [1772438700, 520]],
    "kid": "u" * 43,
    "sig": "A" * 86,
}
_READING = {"time": "2026-03-02T08:00:00Z", "value": "5.1", "unit": "C"}


class SentReadings(Shape):
    """Readings of one device, oldest first."""

    device = Text(DEVICE_LENGTH_MAX, help_text="What the organisation's list of loggers calls it.")
    readings = serializers.ListField(child=TypedReading(), min_length=1, max_length=READINGS_MAX)
    zone = Text(6, required=False, help_text="Where the times carry no offset, as `+01:00`.")


class SealedBatch(Shape):
    """A batch as its device sealed and signed it."""

    device = Text(DEVICE_LENGTH_MAX)
    n = Whole(min_value=1, max_value=NUMBER_MAX)
    previous = Text(64, default="", allow_blank=True, help_text="The digest of batch n - 1.")
    readings = serializers.ListField(
        child=serializers.ListField(
            child=Whole(min_value=-CENTI_C_MAX, max_value=AT_MAX), min_length=2, max_length=2
        ),
        min_length=1,
        max_length=READINGS_MAX,
        help_text="Pairs of seconds since 1970 and hundredths of a degree Celsius, as hashed.",
    )
    kid = Text(43, help_text="The device's key.")
    sig = Text(86, help_text="Its countersignature over the digest, r and s, base64url.")


class BatchShape(Answer):
    """It stands; the next batch names the digest."""

    n = serializers.IntegerField()
    digest = serializers.CharField()
    known = serializers.BooleanField(help_text="Whether it stood already.")


class TakenShape(Answer):
    """They are stored: `new` of them; the others were known."""

    new = serializers.IntegerField()
    known = serializers.IntegerField()


class NewDevice(Shape):
    """A device to write down."""

    device = Text(DEVICE_LENGTH_MAX)
    model = Text(100, default="", allow_blank=True)
    place = Text(100, default="", allow_blank=True)
    calibrated_on = serializers.DateField(required=False, allow_null=True, default=None)
    every_days = Whole(min_value=1, max_value=3650, default=365)


class DeviceShape(Answer):
    """A device as it is written down."""

    device = serializers.CharField(source="name")
    model = serializers.CharField()
    place = serializers.CharField()
    calibrated_on = serializers.DateField(allow_null=True)
    every_days = serializers.IntegerField()


class NewLoad(OfLot):
    """The goods that a tracker rides with: all of a lot in one state, or some outputs."""

    device = Text(DEVICE_LENGTH_MAX)
    state = serializers.ChoiceField([*KEPT_STATES, State.IN_TRANSIT.value], default="held")
    outputs = serializers.ListField(child=output(), default=list, max_length=MAX_OUTPUTS)
    since = serializers.DateTimeField(required=False, help_text="From when on; else from now on.")
    place = Text(100, default="", allow_blank=True, help_text="The vehicle, room or fridge.")


class NewUnload(OfLot):
    """The end of a ride."""

    device = Text(DEVICE_LENGTH_MAX)
    until = serializers.DateTimeField(required=False, help_text="Until when; else until now.")


class LoadShape(Answer):
    """Goods that a tracker rides with; `trouble` is why its newest batch is not signed yet."""

    device = serializers.CharField()
    lot = serializers.CharField(source="lot_stream", help_text="As `lot:<GTIN>/<lot>`.")
    place = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    batches = serializers.IntegerField(source="recorded")
    trouble = serializers.CharField()


class TrackerShape(Answer):
    """A live tracker: `waiting` readings are not sealed yet, `batches` are."""

    device = serializers.CharField(source="row.name")
    heard_at = serializers.DateTimeField(source="row.heard_at", allow_null=True)
    last_at = serializers.DateTimeField(source="row.last_at", allow_null=True)
    batches = serializers.IntegerField(source="row.batches")
    waiting = serializers.IntegerField()
    trouble = serializers.CharField(source="row.trouble")
    loads = LoadShape(many=True)


class Trackers(Door):
    """The organisation's live trackers."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Temperature",
        "List live trackers",
        answers={200: page_shape(TrackerShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """When each was last heard, what waits to be sealed, and the goods that it rides with."""
        rows = trackers_of(acting_of(request).gln)
        return answer_page(request, rows, TrackerShape, _words)

    @documented(
        "Temperature",
        "Write down a device",
        request=NewDevice,
        example={"device": "TRK-7", "model": "Polar 3", "calibrated_on": "2026-01-05"},
        answers={201: DeviceShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Only devices that are written down may send readings. The same name is changed."""
        given = checked(NewDevice, request)
        made = put_device(
            party=acting_of(request).gln,
            name=given.pop("device"),
            today=timezone.now().date(),
            **given,
        )
        return Response(DeviceShape(made).data, status.HTTP_201_CREATED)


class TrackerReadings(Door):
    """What a live tracker sends."""

    rights = {"POST": Right.REPORT}

    @documented(
        "Temperature",
        "Send readings of a live tracker",
        request=SentReadings,
        example={"device": "TRK-7", "readings": [_READING]},
        answers={200: TakenShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """All of them are stored, or none; one that is known already counts once.

        Of a moment to which another value is known they are refused: DUPLICATE_DIFFERS.
        """
        given, at = checked(SentReadings, request), timezone.now()
        series = typed_series(given, at)
        taken = take_readings(
            party=acting_of(request).gln,
            readings={given["device"]: series.readings},
            at=at,
            most=settings.TRACKER_BATCH_READINGS,
        )
        return Response(TakenShape(taken).data)


class TrackerBatches(Door):
    """What a live tracker with a key of its own sends."""

    rights = {"POST": Right.REPORT}

    @documented(
        "Temperature",
        "Send a signed batch of a live tracker",
        request=SealedBatch,
        example=_BATCH,
        answers={200: BatchShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """One after the other, each naming the one before. Sent again it is the same batch."""
        given = checked(SealedBatch, request)
        readings = [Reading(*pair) for pair in given["readings"]]
        taken = take_batch(
            party=acting_of(request).gln,
            series=Series.of(given["device"], readings),
            n=given["n"],
            previous=given["previous"],
            kid=given["kid"],
            sig=unb64u(given["sig"]),
            at=timezone.now(),
        )
        return Response(BatchShape(taken).data)


class TrackerLoads(Door):
    """The goods that a tracker rides with."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Temperature",
        "Load a tracker",
        request=NewLoad,
        example={**_LOT, "device": "TRK-7", "outputs": [f"{ENTRY_ID}#0"]},
        answers={201: LoadShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """From now on each sealed batch is signed for these goods in the organisation's name."""
        given, acting = checked(NewLoad, request), acting_of(request)
        load = load_tracker(
            party=acting.gln,
            device=given["device"],
            lot=lot_of(given),
            said_by=acting.name,
            at=timezone.now(),
            since=given.get("since"),
            state=State(given["state"]),
            outputs=tuple(map(OutputRef.parse, given["outputs"])),
            place=given["place"],
        )
        return Response(LoadShape(load).data, status.HTTP_201_CREATED)


class TrackerUnloads(Door):
    """The end of a ride."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Temperature",
        "Unload a tracker",
        request=NewUnload,
        example={**_LOT, "device": "TRK-7"},
        answers={200: LoadShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """What the tracker tells of a later time is not of these goods."""
        given = checked(NewUnload, request)
        load = unload_tracker(
            party=acting_of(request).gln,
            device=given["device"],
            lot=lot_of(given),
            at=timezone.now(),
            until=given.get("until"),
        )
        return Response(LoadShape(load).data)


def _words(line: TrackerLine) -> tuple[str, ...]:
    return (line.row.name, *(load.lot_stream for load in line.loads))
