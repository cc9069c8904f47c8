"""Lots made of lots, projected from what both sides signed."""

from typing import ClassVar, Literal

from django.db import models


class Transformation(models.Model):
    """That the entry `entry_id` of a lot made so many units of the lot `into_stream`."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id", "into_stream")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    into_stream = models.UUIDField()
    operation = models.CharField(max_length=100)
    by = models.CharField(max_length=13)
    uses = models.BigIntegerField()
    makes = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("into_stream",), name="transformation_into"),)

    def __str__(self) -> str:
        return f"{self.uses} units into {self.makes}"


class Descent(models.Model):
    """That a lot was made of another, directly or not: each pair once, as deep as it goes."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "ancestor")
    stream_id = models.UUIDField()
    ancestor = models.UUIDField()

    class Meta:
        indexes = (models.Index(fields=("ancestor",), name="descent_of"),)
        verbose_name_plural = "descent"

    def __str__(self) -> str:
        return f"{self.stream_id} of {self.ancestor}"
