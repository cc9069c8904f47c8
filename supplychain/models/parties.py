"""Organisations: who they are, as the registry in the log says, and where to write to them."""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Organisation(models.Model):
    """A party that the registry admitted, projected from its `registry.party.admit` entry.

    Only `email` and `four_eyes` are ours: everything else repeats what an authority signed.
    """

    placement: ClassVar[Literal["reference"]] = "reference"

    gln = models.CharField(max_length=13, primary_key=True)
    name = models.CharField(max_length=200)
    roles = ArrayField(models.CharField(max_length=32))
    prefixes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    country = models.CharField(max_length=2)
    email = models.EmailField(blank=True, default="")
    four_eyes = models.BooleanField(
        default=False, db_default=False, help_text="A second person confirms what QA releases."
    )

    class Meta:
        ordering = ("name", "gln")

    def __str__(self) -> str:
        return f"{self.name} ({self.gln})"


class CompanyPrefix(models.Model):
    """A GS1 company prefix of a partner, as who runs the installation said; admitted or not."""

    placement: ClassVar[Literal["reference"]] = "reference"

    prefix = models.CharField(max_length=12, primary_key=True)
    gln = models.CharField(max_length=13)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("prefix",)

    def __str__(self) -> str:
        return f"{self.prefix} of {self.gln}"
