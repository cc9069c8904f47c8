"""Who may open what a party has sealed, and who did: projected from the owner's own stream."""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DisclosureGrant(models.Model):
    """That `grantee` may open these members; `revoked_by` names the entry that ended it.

    Of all that the owner signed about the lot where `entries` are none.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    owner = models.CharField(max_length=13)
    grantee = models.CharField(max_length=13)
    gtin = models.CharField(max_length=14)
    lot = models.CharField(max_length=20)
    members = ArrayField(models.CharField(max_length=20))
    entries = ArrayField(models.CharField(max_length=64), default=list)
    at = models.DateTimeField()
    revoked_by = models.CharField(max_length=64, null=True)  # noqa: DJ001  NULL is "in force"

    class Meta:
        ordering = ("at", "entry_id")
        indexes = (
            models.Index(
                fields=("grantee",),
                name="disclosure_to_a_party",
                condition=models.Q(revoked_by__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner} to {self.grantee}"


class DisclosureRead(models.Model):
    """That the operator opened these members of these entries to `reader`."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    owner = models.CharField(max_length=13)
    reader = models.CharField(max_length=13)
    grant = models.CharField(max_length=64, blank=True, default="", help_text="None: an authority.")
    gtin = models.CharField(max_length=14)
    lot = models.CharField(max_length=20)
    members = ArrayField(models.CharField(max_length=20))
    entries = ArrayField(models.CharField(max_length=64))
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "entry_id")

    def __str__(self) -> str:
        return f"{self.reader} read of {self.owner}"
