"""Who may act for an organisation: people and programs."""

from typing import ClassVar, Literal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
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


class ReleaseProposal(models.Model):
    """What one person of QA would release, until a second one confirms it (four eyes).

    `named` is the person, `by` the log-in or token that proposed. It is open while `closed_at` is
    not set; `entry_id` is the release that came of it, empty where another took its place.
    """

    placement: ClassVar[Literal["local"]] = "local"

    gln = models.CharField(max_length=13)
    stream = models.CharField(max_length=200)
    state = models.CharField(max_length=16)
    outputs = ArrayField(models.CharField(max_length=80))
    reason = models.CharField(max_length=500)
    named = models.CharField(max_length=100)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    entry_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=("gln", "stream", "state"),
                name="proposal_open_once",
                condition=models.Q(closed_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.named}: {self.reason}"
