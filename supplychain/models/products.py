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
    profile = models.CharField(max_length=100)

    class Meta:
        ordering = ("name", "gtin")
        indexes = (models.Index(fields=("owner",), name="product_owner"),)

    def __str__(self) -> str:
        return f"{self.name} {self.strength} ({self.gtin})"


class ProfileDocument(models.Model):
    """A product's own storage profile, kept by the hash that statements cite.

    A document is never changed, since another one has another id; `by` is who brought it first.
    """

    placement: ClassVar[Literal["reference"]] = "reference"

    id = models.CharField(max_length=68, primary_key=True)
    document = models.BinaryField()
    by = models.CharField(max_length=13)
    added_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("by",), name="profile_of_a_maker"),)

    def __str__(self) -> str:
        return self.id
