"""Temperature: what a hand-off said about it, and the readings behind it."""

from typing import ClassVar, Final, Literal

from django.db import models

ASKING: Final = ("REVIEW", "EXCURSION", "FREEZE")
"""States of which people have to know."""


class Leg(models.Model):
    """The conditions of one entry: a dispatch, a receipt, or a record of how goods were kept.

    Where goods were kept, `giver` and `receiver` are who has them; on the way, both ends of it.
    `seller` and `buyer` own them, where others do. `state` is the signed judgement, `EXCURSION`
    where the leg took more of a stability budget than was left, or `NO_DATA` with the stated
    `reason` for none.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    made_as = models.CharField(max_length=64)
    giver = models.CharField(max_length=13)
    receiver = models.CharField(max_length=13)
    seller = models.CharField(max_length=13, blank=True, default="", help_text="If not the giver.")
    buyer = models.CharField(max_length=13, blank=True, default="", help_text="If not receiver.")
    state = models.CharField(max_length=16)
    reason = models.CharField(max_length=32, blank=True, default="")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        indexes = (
            models.Index(
                fields=("giver", "at"), name="leg_giver_asks", condition=models.Q(state__in=ASKING)
            ),
            models.Index(
                fields=("receiver", "at"),
                name="leg_receiver_asks",
                condition=models.Q(state__in=ASKING),
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.reason}".strip()


class LegAnswer(models.Model):
    """That a party read that a temperature was outside, who did, and what he said to it."""

    placement: ClassVar[Literal["local"]] = "local"

    entry_id = models.CharField(max_length=64, help_text="The hand-off or record.")
    gln = models.CharField(max_length=13)
    by = models.CharField(max_length=100)
    comment = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(fields=("gln", "entry_id"), name="leg_answered_once"),
        )

    def __str__(self) -> str:
        return f"{self.by}: {self.comment}"


class Series(models.Model):
    """One logger's readings over one period, cited by an entry as series `n` of its conditions."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id", "n")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    n = models.SmallIntegerField()
    root = models.CharField(max_length=64)
    count = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    device = models.CharField(max_length=100)
    file = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("n",)
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.count} readings of {self.device}"


class SeriesChunk(models.Model):
    """Packed readings, some thousands a row, kept once per root however often cited."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "root", "chunk")
    stream_id = models.UUIDField()
    root = models.CharField(max_length=64)
    chunk = models.SmallIntegerField()
    packed = models.BinaryField()

    class Meta:
        ordering = ("chunk",)

    def __str__(self) -> str:
        return f"{self.root}/{self.chunk}"
