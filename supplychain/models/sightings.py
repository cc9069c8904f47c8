"""Sightings: that a site scanned a pack. Private, never in the log, swept after a while."""

from typing import ClassVar, Literal

from django.db import models


class Sighting(models.Model):
    """One scan of one pack at one site; the code itself is kept only as its SHA-256."""

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    code = models.CharField(max_length=64)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=24)

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=("gln", "code", "at"), name="sighting_pack"),
            models.Index(fields=("at",), name="sighting_at"),
        )

    def __str__(self) -> str:
        return f"{self.verdict} at {self.gln}"
