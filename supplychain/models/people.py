"""Who may act for an organisation: people and programs."""

from typing import ClassVar, Literal

from django.conf import settings
from django.db import models


class Rank(models.TextChoices):
    """What a member may do, from least to most."""

    VIEWER = "viewer", "Viewer: sees"
    OPERATOR = "operator", "Operator: prepares"
    SIGNER = "signer", "Signer: moves goods in the organisation's name"
    QA = "qa", "QA: judges quality, holds and recalls"
    ADMINISTRATOR = "administrator", "Administrator: everything, and people"
    TRACKER = "tracker", "Tracker: hands in readings, and sees nothing"


OF_PEOPLE = [one for one in Rank.choices if one[0] != Rank.TRACKER]


class Membership(models.Model):
    """A person's place in one organisation."""

    placement: ClassVar[Literal["local"]] = "local"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership"
    )
    gln = models.CharField(max_length=13)
    role = models.CharField(max_length=16, choices=OF_PEOPLE)

    class Meta:
        indexes = (models.Index(fields=("gln",), name="membership_gln"),)

    def __str__(self) -> str:
        return f"{self.user} at {self.gln}: {self.role}"


class ApiToken(models.Model):
    """A program's way in; only the SHA-256 of the token is kept."""

    placement: ClassVar[Literal["local"]] = "local"

    digest = models.CharField(max_length=64, primary_key=True)
    gln = models.CharField(max_length=13)
    role = models.CharField(max_length=16, choices=Rank.choices)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("gln", "name")

    def __str__(self) -> str:
        return f"{self.name} of {self.gln}"
