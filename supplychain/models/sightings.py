"""Sightings: that a site scanned a pack; and the doubts that they raise.

Private, never in the log, swept after a while.
"""

from typing import ClassVar, Literal

from django.db import models


class Sighting(models.Model):
    """One scan of one pack at one site; the code itself is kept only as its SHA-256.

    `pack` is that of GTIN and serial alone, empty where the scan says nothing of where the pack
    is. `expected`: by the records of that moment it might be there.
    """

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    code = models.CharField(max_length=64)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=24)
    pack = models.CharField(max_length=64, blank=True, default="")
    expected = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=("gln", "code", "at"), name="sighting_pack"),
            models.Index(fields=("at",), name="sighting_at"),
            models.Index(
                fields=("pack", "-at"), name="sighting_places", condition=~models.Q(pack="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.verdict} at {self.gln}"


class PackDoubt(models.Model):
    """That a sighting at `site` puts a pack into two places; `other` is the other one (R13).

    It stands until somebody who may has settled it.
    """

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("pack", "doubt", "site", "other")
    pack = models.CharField(max_length=64)
    doubt = models.CharField(max_length=8)
    site = models.CharField(max_length=13)
    other = models.CharField(max_length=13)
    gtin = models.CharField(max_length=14)
    serial = models.CharField(max_length=20)
    lot = models.CharField(max_length=20)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=13, blank=True, default="")
    settled_why = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("at",), name="pack_doubt_at"),)

    def __str__(self) -> str:
        return f"{self.gtin}/{self.serial}: {self.doubt}"
