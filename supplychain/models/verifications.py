"""Verification messages: what partners asked about packs, and what we asked them. Private."""

from typing import ClassVar, Literal

from django.core.validators import RegexValidator
from django.db import models

_PREFIX = RegexValidator(r"^[0-9]{4,12}\Z", "Expected 4 to 12 digits.")


class VerificationMessage(models.Model):
    """One question about a product identifier, and what came of it. Never in the log.

    `status` is that of HTTP, 0 where nobody answered. `guess`: it named no pack on record.
    """

    placement: ClassVar[Literal["local"]] = "local"

    asked_by_us = models.BooleanField()
    at = models.DateTimeField()
    gtin = models.CharField(max_length=14)
    lot = models.CharField(max_length=20)
    serial = models.CharField(max_length=20)
    expiry = models.DateField()
    requester = models.CharField(max_length=13)
    responder = models.CharField(max_length=13, blank=True, default="")
    context = models.CharField(max_length=40)
    corr_uuid = models.CharField(max_length=36)
    address = models.CharField(max_length=45, blank=True, default="")
    status = models.SmallIntegerField()
    verified = models.BooleanField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    info = models.CharField(max_length=40, blank=True, default="")
    guess = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at",)
        indexes = (
            models.Index(fields=("at",), name="verification_at"),
            models.Index(fields=("gtin", "serial"), name="verification_pack"),
            models.Index(
                fields=("at",), name="verification_addressed", condition=~models.Q(address="")
            ),
            models.Index(
                fields=("requester", "-at"),
                name="verification_guessed_by",
                condition=models.Q(guess=True),
            ),
            models.Index(
                fields=("address", "-at"),
                name="verification_guessed_from",
                condition=models.Q(guess=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.requester} about {self.gtin}/{self.serial}"


class Responder(models.Model):
    """Who answers for the products under a GS1 company prefix, and below which address."""

    placement: ClassVar[Literal["reference"]] = "reference"

    company_prefix = models.CharField(
        "GS1 company prefix", max_length=12, primary_key=True, validators=[_PREFIX]
    )
    gln = models.CharField("GLN", max_length=13)
    address = models.CharField(max_length=500)

    class Meta:
        ordering = ("company_prefix",)

    def __str__(self) -> str:
        return f"{self.company_prefix} → {self.address}"
