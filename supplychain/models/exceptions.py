"""The exceptions inbox: private to the party that found them, and none of the log."""

from typing import ClassVar, Literal

from django.db import models


class ExceptionCase(models.Model):
    """A case (see `domain.exception_cases`), who looks after it, and how it ended.

    `source` is what it arose of, `receipt:<entry>#<n>`, `epcis:<sha256>#<event>` or `hand:<nonce>`:
    the same never makes two cases.
    """

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    source = models.CharField(max_length=90)
    kind = models.CharField(max_length=24)
    partner = models.CharField(max_length=13, blank=True, default="")
    gtin = models.CharField(max_length=14, blank=True, default="")
    lot = models.CharField(max_length=20, blank=True, default="")
    found_lot = models.CharField(max_length=20, blank=True, default="")
    serial = models.CharField(max_length=20, blank=True, default="")
    expected = models.BigIntegerField(null=True)
    found = models.BigIntegerField(null=True)
    shipment = models.CharField(max_length=100, blank=True, default="")
    order = models.CharField(max_length=100, blank=True, default="")
    file = models.CharField(max_length=64, blank=True, default="")
    words = models.CharField(max_length=500, blank=True, default="")
    wanted = models.CharField(max_length=24)
    entry_id = models.CharField(max_length=64, blank=True, default="")
    output = models.SmallIntegerField(null=True)
    opened_at = models.DateTimeField()
    owner = models.CharField(max_length=150, blank=True, default="", help_text="A user's name.")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True, default="")
    closed_as = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (models.UniqueConstraint(fields=("gln", "source"), name="case_once"),)
        indexes = (
            models.Index(
                fields=("gln",),
                name="case_open",
                condition=models.Q(closed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} at {self.gln}"
