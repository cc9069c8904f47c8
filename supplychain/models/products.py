"""Products: a maker's catalogue."""

from typing import ClassVar, Literal

from django.db import models


class Product(models.Model):
    """A trade item that its owner has put into the catalogue.

    A convenience for forms: what a scan shows comes from the signed `lot.register` entry.
    """

    placement: ClassVar[Literal["reference"]] = "reference"

    gtin = models.CharField(max_length=14, primary_key=True)
    owner = models.CharField(max_length=13)
    name = models.CharField(max_length=200)
    strength = models.CharField(max_length=100)
    form = models.CharField(max_length=100)
    profile = models.CharField(max_length=64)

    class Meta:
        ordering = ("name", "gtin")
        indexes = (models.Index(fields=("owner",), name="product_owner"),)

    def __str__(self) -> str:
        return f"{self.name} {self.strength} ({self.gtin})"
