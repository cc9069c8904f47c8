"""What is to be told to whom: an outbox of rows, so that a lost message delays and never loses."""

from typing import ClassVar, Literal

from django.db import models


class Notice(models.Model):
    """A message to one organisation about one entry; sent once in effect."""

    placement: ClassVar[Literal["local"]] = "local"

    kind = models.CharField(max_length=16)
    gln = models.CharField(max_length=13)
    email = models.EmailField(blank=True, default="")
    stream = models.CharField(max_length=128)
    entry_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(fields=("kind", "gln", "entry_id"), name="notice_once"),
        )
        indexes = (
            models.Index(
                fields=("due_at",), name="notice_due", condition=models.Q(sent_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return self.subject


class CheckpointCursor(models.Model):
    """How far the follow-up work of a name has come: every index below `size` is done."""

    placement: ClassVar[Literal["local"]] = "local"

    name = models.CharField(max_length=32, primary_key=True)
    size = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.size}"
