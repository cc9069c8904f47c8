"""Idempotency keys: which request a program sent under which key."""

from typing import ClassVar, Literal

from django.db import models


class RequestKey(models.Model):
    """A key that a party's program chose, and the SHA-256 of the request that came with it."""

    placement: ClassVar[Literal["local"]] = "local"

    pk = models.CompositePrimaryKey("gln", "key")
    gln = models.CharField(max_length=13)
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="request_key_at"),)

    def __str__(self) -> str:
        return f"{self.key} of {self.gln}"
