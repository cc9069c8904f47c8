"""Partners' files that were read, event by event."""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models

_OUTCOMES = ("accepted", "known", "refused", "exception")


class ImportedFile(models.Model):
    """A file that one party read; the same file twice is one row."""

    placement: ClassVar[Literal["local"]] = "local"

    party = models.CharField(max_length=13)
    sha256 = models.CharField(max_length=64)
    media = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("party", "sha256"), name="file_read_once"),)

    def __str__(self) -> str:
        return self.sha256


class ImportedEvent(models.Model):
    """What became of one event of a file."""

    placement: ClassVar[Literal["local"]] = "local"

    file = models.ForeignKey(ImportedFile, on_delete=models.CASCADE, related_name="events")
    number = models.IntegerField()
    place = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=9, choices=[(one, one) for one in _OUTCOMES])
    what = models.CharField(max_length=200)
    code = models.CharField(max_length=64, blank=True, default="")
    rule = models.CharField(max_length=3, blank=True, default="")
    category = models.CharField(max_length=20, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    fingerprint = models.CharField(
        max_length=64, blank=True, default="", help_text="The same for the same event in any file."
    )
    entries = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("file", "number"), name="event_reported_once"),
        )
        indexes = (models.Index(fields=("fingerprint",), name="event_fingerprint"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class CaptureJob(models.Model):
    """A file that a worker is to take over or look over, how far that is, and how it ended.

    `done` of `steps` is told while it runs. `code` and `message` say what is wrong with the file as
    a whole, `faults` what is wrong with its events, the first thousand of them; `counts` how many
    events had which outcome.
    """

    placement: ClassVar[Literal["local"]] = "local"

    id = models.UUIDField(primary_key=True)
    party = models.CharField(max_length=13)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True, default="")
    content = models.BinaryField(help_text="Empty once it was taken over.")
    on_error = models.CharField(max_length=8)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    steps = models.IntegerField(default=0)
    stands = models.BooleanField(default=True, help_text="Whether nothing was refused so far.")
    code = models.CharField(max_length=64, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    faults = models.JSONField(default=list)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ("created_at", "id")
        indexes = (
            models.Index(
                fields=("created_at",),
                name="capture_waits",
                condition=models.Q(finished_at__isnull=True),
            ),
            models.Index(fields=("party", "created_at"), name="capture_of_party"),
            models.Index(
                fields=("finished_at",),
                name="capture_looked_over",
                condition=models.Q(on_error="look"),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
