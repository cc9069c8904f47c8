"""Live trackers: what they sent and nobody sealed yet, sealed batches, and what they ride with."""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Tracker(models.Model):
    """A device of an organisation that sends its readings live: how far it has come.

    `batches` are sealed, up to `sealed_to`; `digest` is that of the newest one. `trouble` is what
    was last wrong with what it sent.
    """

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "name")
    gln = models.CharField(max_length=13)
    name = models.CharField(max_length=64)
    batches = models.IntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
    sealed_to = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True, help_text="The time of its newest reading.")
    heard_at = models.DateTimeField(null=True, help_text="When it last sent anything.")
    trouble = models.CharField(max_length=500, blank=True, default="")
    trouble_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TrackerHook(models.Model):
    """An address to which somebody's cloud posts readings, and the secret that it signs them with.

    The secret is encrypted as custodial keys are, and bound to the hook and its organisation.
    """

    placement: ClassVar[Literal["local"]] = "local"

    id = models.CharField(max_length=32, primary_key=True)
    gln = models.CharField(max_length=13)
    name = models.CharField(max_length=100)
    kek = models.CharField(max_length=64)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("gln", "name")

    def __str__(self) -> str:
        return f"{self.name} of {self.gln}"


class TrackerReading(models.Model):
    """A reading that waits to be sealed: `at` in seconds since 1970, hundredths of a degree."""

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "device", "at")
    gln = models.CharField(max_length=13)
    device = models.CharField(max_length=64)
    at = models.BigIntegerField()
    centi_c = models.SmallIntegerField()
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        indexes = (models.Index(fields=("arrived_at",), name="tracker_reading_waits"),)

    def __str__(self) -> str:
        return f"{self.centi_c / 100} °C"


class TrackerBatch(models.Model):
    """Sealed readings, packed; `digest` is what the next batch calls it by."""

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "device", "n")
    gln = models.CharField(max_length=13)
    device = models.CharField(max_length=64)
    n = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.IntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()
    sealed_at = models.DateTimeField()
    kid = models.CharField(max_length=43, blank=True, default="", help_text="The device's own key.")
    sig = models.BinaryField(default=bytes, help_text="Its countersignature, r and s.")

    class Meta:
        ordering = ("n",)
        indexes = (models.Index(fields=("gln", "device", "last_at"), name="tracker_batch_told"),)

    def __str__(self) -> str:
        return f"{self.device} batch {self.n}"


class TrackerLoad(models.Model):
    """Goods of one lot that a tracker rides with, as somebody who may sign said.

    `goods` are their outputs (`<entry id>#<n>`) when it was last looked. Batches up to `recorded`
    are settled, readings up to `told_to` signed. `until` is None while it goes on. `trouble` is
    why the newest batch could not be recorded yet, or why it ended.
    """

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    device = models.CharField(max_length=64)
    lot_stream = models.CharField(max_length=128)
    goods = ArrayField(models.CharField(max_length=72))
    place = models.CharField(max_length=100, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    recorded = models.IntegerField(default=0)
    told_to = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True, default="")
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("gln", "device", "lot_stream"),
                name="tracker_load_once",
                condition=models.Q(until__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.device} with {self.lot_stream}"
