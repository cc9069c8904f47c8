"""Lots: GTIN and lot number, born once."""

from typing import ClassVar, Literal

from django.db import models


class Lot(models.Model):
    """What the maker registered, projected from the `lot.register` entry."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    stream_id = models.UUIDField(primary_key=True)
    entry_id = models.CharField(max_length=64)
    gtin = models.CharField(max_length=14)
    lot = models.CharField(max_length=20)
    expiry = models.DateField()
    expiry_zone = models.CharField(max_length=6)
    extended_from = models.DateField(null=True, help_text="The expiry that packs say.")
    maker = models.CharField(max_length=13)
    quantity = models.BigIntegerField()
    name = models.CharField(max_length=500)
    strength = models.CharField(max_length=500)
    form = models.CharField(max_length=500)
    profile = models.CharField(max_length=100)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ("expiry", "gtin", "lot")
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="lot_has_units"),
        )
        indexes = (
            models.Index(fields=("maker", "expiry"), name="lot_maker"),
            models.Index(fields=("gtin", "lot"), name="lot_key"),
        )

    def __str__(self) -> str:
        return f"{self.gtin} / {self.lot}"
